"""A weekly series in a real browser: planned, booked and kept, with and without JavaScript."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from clients.models import AccountManager, Contact, DayOff
from scheduling.meetings.models import Meeting, Series
from tests.browser.conftest import Axe, OpenPage
from tests.meetings.weekly import WEEK, book_weekly
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery staple"
WEEKS = 5


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Quill", email="mara@dayband.example", password=PASSWORD)


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    client = make_client(manager.teams.get(), name="Kumo Paper")
    return make_contact(client, full_name="Haruka Mori", time_zone="Asia/Tokyo")


def sign_in(page: Page) -> None:
    page.goto("/")
    page.locator("input[name=login]").fill("mara@dayband.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mara")


def plan_and_book(page: Page, contact: Contact) -> None:
    page.goto(f"/clients/{contact.client_id}/")
    page.get_by_role("link", name="Plan a series").first.click()
    expect(page.get_by_role("heading", name="Plan a weekly series")).to_be_visible()
    page.get_by_text("Change", exact=True).click()
    page.get_by_label("Weeks", exact=True).fill(str(WEEKS))
    page.get_by_role("button", name="Plan the series").click()
    expect(page.get_by_role("region", name="Every week").locator("tbody tr")).to_have_count(WEEKS)
    page.get_by_label("Title").fill("Weekly sync")
    page.get_by_role("button", name="Book all and send the invitations").click()
    expect(page.get_by_role("heading", name="Weekly sync", level=1)).to_be_visible()


def test_planning_booking_and_mending_a_series(page: Page, axe: Axe, manager: AccountManager, contact: Contact) -> None:
    sign_in(page)
    plan_and_book(page, contact)
    broken = Meeting.objects.all()[2]
    date = broken.start_at.astimezone(contact.zone).date()
    DayOff.objects.create(contact=contact, first_date=date, last_date=date, reason="decree")
    page.reload()
    expect(page.get_by_text("1 meeting does not suit everybody any more")).to_be_visible()
    # From here on a phone.
    assert axe.on_any_screen(page) == []
    page.get_by_role("button", name="Move to").first.click()
    expect(page.get_by_text("Moved. Everybody is told of the new time.")).to_be_visible()
    broken.refresh_from_db()
    assert broken.start_at.astimezone(contact.zone).date() != date
    page.get_by_role("link", name="All meetings of this series").click()
    page.get_by_role("link", name="Cancel all that follow").click()
    expect(page.get_by_role("button", name="Cancel them and tell everybody")).to_be_visible()


def test_a_series_is_planned_booked_and_moved_without_javascript(
    open_page: OpenPage, manager: AccountManager, contact: Contact
) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page)
    plan_and_book(page, contact)
    series = Series.objects.get()
    assert series.meetings.count() == WEEKS
    page.get_by_role("link", name="Move all that follow").first.click()
    page.get_by_role("button", name="Move all and tell everybody").click()
    # The best plan is what is booked already.
    expect(page.get_by_text("The series keeps these times already.")).to_be_visible()
    page.get_by_text("Change", exact=True).click()
    for day in ("Mon", "Tue", "Wed", "Thu"):
        page.get_by_role("checkbox", name=day).uncheck()
    page.get_by_role("button", name="Plan the series").click()
    page.get_by_role("button", name="Move all and tell everybody").click()
    expect(page.get_by_role("heading", name="Weekly sync", level=1)).to_be_visible()
    assert {meeting.start_date.weekday() for meeting in series.meetings.all()} <= {4, 5}
    assert dt.timedelta(minutes=45) == series.meetings.all()[0].end_at - series.meetings.all()[0].start_at


def test_who_meets_at_another_time_since_clocks_change_is_told_in_good_time(
    page: Page, axe: Axe, manager: AccountManager, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_at = next_change_of_clocks("Europe/London", timezone.now() + 3 * WEEK)
    at_five = (2, dt.time(17))
    start_date = change_at.date() - 2 * WEEK
    book_weekly(manager, contact, start_date=start_date, walls=[at_five] * 5, times=[at_five], now=change_at - 3 * WEEK)
    sign_in(page)
    monkeypatch.setattr("scheduling.desk.views.timezone", SimpleNamespace(now=lambda: change_at - dt.timedelta(days=2)))
    page.goto("/")
    expect(page.get_by_text("Clocks change in London on")).to_be_visible()
    expect(page.get_by_role("link", name="Weekly sync").first).to_be_visible()
    axe(page)


def next_change_of_clocks(time_zone: str, after_at: dt.datetime) -> dt.datetime:
    """The first midnight in UTC by which the zone has another offset than before."""
    zone = ZoneInfo(time_zone)
    midnight = after_at.replace(hour=0, minute=0, second=0, microsecond=0)
    while midnight.astimezone(zone).utcoffset() == after_at.astimezone(zone).utcoffset():
        midnight += dt.timedelta(days=1)
    return midnight
