"""The list of all series, and the way from a proposal to a series with the same people."""

import datetime as dt
import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.models import AccountManager, Contact, Team
from scheduling.meetings.models import Meeting, Series
from scheduling.meetings.models.meeting import Status
from tests.meetings.weekly import DAY, WEEK, book_weekly
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

TUESDAY_AT_NOON = (1, dt.time(12))


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def manager(team: Team) -> AccountManager:
    return make_account_manager(team)


@pytest.fixture
def contact(team: Team) -> Contact:
    return make_contact(make_client(team, name="Northwind Example"))


@pytest.fixture
def browser(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


def booked(manager: AccountManager, contact: Contact, title: str, *, weeks_ahead: int) -> Series:
    now = timezone.now()
    return book_weekly(
        manager,
        contact,
        start_date=now.date() + weeks_ahead * WEEK,
        walls=[TUESDAY_AT_NOON] * 2,
        times=[TUESDAY_AT_NOON],
        title=title,
        now=now,
    )


def test_series_are_listed_by_their_next_meeting_and_those_that_are_over_last(
    browser: Browser, manager: AccountManager, contact: Contact
) -> None:
    late, over, soon = (
        booked(manager, contact, title, weeks_ahead=weeks) for title, weeks in (("Late", 9), ("Over", 6), ("Soon", 3))
    )
    Meeting.objects.filter(series=over).update(status=Status.CANCELLED)
    Meeting.objects.filter(pk=soon.meetings.order_by("start_at")[0].pk).update(status=Status.CANCELLED)
    response = browser.get(reverse("meetings:series_list"))
    assert [row.series for row in response.context["rows"]] == [soon, late, over]
    assert [row.to_come for row in response.context["rows"]] == [1, 2, 0]
    assert response.context["rows"][0].next_at == soon.meetings.order_by("start_at")[1].start_at
    page = response.content.decode()
    assert page.count("Tuesday") >= 3
    assert ">over<" in page
    assert reverse("meetings:series_list") in browser.get(reverse("meetings:list")).content.decode()


def test_a_long_list_has_pages_and_asks_no_more_of_the_database(
    browser: Browser, manager: AccountManager, contact: Contact
) -> None:
    address = reverse("meetings:series_list")
    first = booked(manager, contact, "Weekly sync", weeks_ahead=3)
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    meeting = first.meetings.order_by("start_at")[0]
    for number in range(50):
        first.pk, first.uid, first.title = None, f"copy-{number}", f"Copy {number}"
        first.save(force_insert=True)
        meeting.pk, meeting.uid, meeting.series = None, f"copy-{number}", first
        meeting.start_at += DAY
        meeting.end_at += DAY
        meeting.save(force_insert=True)
    with CaptureQueriesContext(connection) as many:
        response = browser.get(address)
    assert len(response.context["rows"]) == 50
    assert len(many) == len(few)
    assert [row.series.title for row in browser.get(address, {"page": 2}).context["rows"]] == ["Copy 49"]


def test_a_proposal_leads_to_a_series_with_the_same_people(
    browser: Browser, manager: AccountManager, contact: Contact
) -> None:
    asked = {"contacts": contact.pk, "colleagues": manager.pk, "duration": 45}
    page = browser.get(reverse("meetings:propose"), asked).content.decode()
    link = next(html.unescape(one) for one in re.findall(r'href="([^"]+)"', page) if "series/plan" in one)
    assert parse_qs(urlsplit(link).query) == {name: [str(value)] for name, value in asked.items()}
    assert [one.name for one in browser.get(link).context["page"].people] == [manager.full_name, contact.full_name]
