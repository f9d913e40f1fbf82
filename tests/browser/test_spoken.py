"""What a screen reader has to say of the two pages on which times are chosen: their accessibility trees."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from clients.links import Purpose
from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import sign_in
from tests.meetings.offered import Cast, make_cast, send
from tests.outreach.private import path_of

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast(address_as="Claire", full_name="Claire Tremblay")


def test_each_offered_time_is_told_with_its_day_its_comfort_and_the_hosts_clock(
    open_page: OpenPage, cast: Cast
) -> None:
    now = timezone.now()
    tuesday = now.replace(hour=15, minute=0, second=0, microsecond=0) + (8 - now.weekday()) * DAY
    offer = send(cast, now=now, times=[tuesday, tuesday + DAY, tuesday + 2 * DAY])
    page = open_page()
    page.goto(path_of(cast.contact, Purpose.OFFER, offer.pk))
    expect(page.get_by_role("main")).to_match_aria_snapshot(r"""
        - heading "Claire, when shall we talk?" [level=1]
        - paragraph: "Quarterly review with Maya Okafor: 45 minutes, Video call"
        - region "Your day":
          - paragraph: /All times are your local time in Toronto\./
          - img "Tall and gold is your working day; the numbers are the offered times."
        - group "Pick one of 3 times":
          - heading "Pick one of 3 times" [level=2]
          - radio /^Tuesday, .+ 1\d:00.a\.m\..+ in your working hours \d:00.p\.m\. for Maya in London$/ [checked]
          - radio /^Wednesday, /
          - radio /^Thursday, /
        - button "Confirm this time"
        - link "None of these suits me"
        - complementary "About the meeting":
          - paragraph:
            - link /@dayband.example/
    """)


def test_proposed_times_are_told_in_the_order_in_which_they_are_decided(
    open_page: OpenPage, live_server: LiveServer, cast: Cast
) -> None:
    page = open_page()
    sign_in(page, cast.manager, live_server.url)
    page.goto(f"/meetings/propose/?contacts={cast.contact.pk}&colleagues={cast.manager.pk}&duration=45")
    expect(page.get_by_role("main")).to_match_aria_snapshot(r"""
        - status
        - heading "Propose fair times" [level=1]
        - navigation "Day shown on the ribbon"
        - region /, hour by hour$/:
          - img:
            - slider "Time on the ribbon"
          - list:
            - listitem:
              - img /^Claire Tremblay, Toronto. works 09:00–17:00 local time, which is .+ for you\. .+ ideal, cost 0\.$/
            - listitem:
              - img /^Maya Okafor, London. works 09:00–17:00 local time/
          - group "Step the time along the ribbon":
            - link "Earlier by a quarter of an hour"
            - combobox "Another time this day"
            - button "Show"
            - link "Later by a quarter of an hour"
        - region "Best times found":
          - list:
            - listitem:
              - heading /\d\d:\d\d–\d\d:\d\d$/ [level=3]
              - paragraph: Ideal for everybody.
        - region /^Why /:
          - table "What each person gives up for this time":
            - rowgroup:
              - row "Person Their time Reason Cost"
            - rowgroup:
              - row /^Claire .+ Toronto Inside the working hours .+ 0$/
        - region "Who has carried the awkward hours"
        - region "Book this time":
          - textbox "Title"
          - combobox "Channel"
          - button "Book and send the invitations"
          - group "Or let the client choose":
            - checkbox [checked]
            - button "Send 3 options"
    """)
