"""Offers in Chromium: from the propose page through the client's mail to one tap on a phone, and back."""

import re

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from clients.links import Purpose
from scheduling.meetings.models import Meeting, Offer
from scheduling.meetings.models.meeting import Status
from tests.browser.client_pages import afternoons
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_every_page import sign_in
from tests.meetings.offered import Cast, make_cast, send
from tests.outreach.private import path_of
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast(address_as="Claire", full_name="Claire Tremblay", email="claire@client.example")


def link_in_mail(smtp_server: SmtpServer) -> str:
    """The path behind the button of the client's mail."""
    call_command("tick")
    mail = next(one for one in smtp_server.messages if "claire@client.example" in str(one["To"]))
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"one tap: https?://[^/]+(/p/\S+)", body.get_content())
    assert found
    return found[1]


def test_an_offer_is_sent_chosen_with_a_tap_on_a_phone_and_taken_back(
    open_page: OpenPage, live_server: LiveServer, smtp_server: SmtpServer, cast: Cast
) -> None:
    desk = open_page()
    sign_in(desk, cast.manager, live_server.url)
    desk.goto(f"/meetings/propose/?contacts={cast.contact.pk}&colleagues={cast.manager.pk}&duration=45")
    desk.get_by_label("Title").fill("Quarterly review")
    desk.get_by_role("button", name="Send 3 options").click()
    expect(desk.get_by_text("Sent. Each contact gets the times")).to_be_visible()
    link = link_in_mail(smtp_server)

    phone = open_page(width=PHONE, height=844, locale="en-CA", java_script_enabled=False)
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Claire, when shall we talk?")
    expect(phone.get_by_role("radio")).to_have_count(3)
    phone.get_by_role("button", name="Confirm this time").locator("visible=true").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Claire, we have a date")
    meeting = Meeting.objects.get()
    assert meeting.status == Status.CONFIRMED
    desk.reload()
    expect(desk.get_by_role("link", name="Open the meeting")).to_be_visible()

    phone.get_by_role("button", name="Take it back").click()
    expect(phone.get_by_text("Taken back: the meeting is cancelled")).to_be_visible()
    meeting.refresh_from_db()
    assert meeting.status == Status.CANCELLED
    assert Offer.objects.get().meeting is None


def test_what_the_device_says_is_unfolded_where_it_covers_nothing(open_page: OpenPage, cast: Cast) -> None:
    now = timezone.now()
    offer = send(cast, now=now, times=afternoons(now))
    page = open_page(time_zone="Asia/Calcutta")
    stay = page.get_by_role("button", name="Stay with Toronto")
    page.goto(path_of(cast.contact, Purpose.OFFER, offer.pk))
    expect(stay).to_be_visible()
    # A week of times takes the whole width.
    page.goto(f"/you/offers/{offer.pk}/times/")
    expect(page.get_by_text("Are you in Kolkata?")).to_be_visible()
    expect(stay).to_be_hidden()
