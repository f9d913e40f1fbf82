"""What contacts say of their own days: name, zone, hours, holidays that they keep and don't, days off."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.day import person_days
from clients.links import Purpose
from clients.models import AccountManager, AuditEntry, Contact, DayOff
from holidays_app.models import CalendarChange, HolidayCalendar
from holidays_app.selectors import calendar_days
from holidays_app.services import ensure_place_calendar
from tests.clients.sending import sent_by
from tests.outreach.private import visitor
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

WISHES, HOLIDAYS = "/you/wishes/", "/you/wishes/holidays/"


@pytest.fixture
def contact() -> Contact:
    return make_contact(make_client(country="RO"), full_name="Ion Sample", calendar=ensure_place_calendar(country="RO"))


@pytest.fixture
def browser(contact: Contact) -> Browser:
    return visitor(contact, Purpose.HOME)


def send(browser: Browser, **changes: Any) -> Any:
    return browser.post(WISHES, sent_by(browser.get(WISHES), **changes))


def test_contact_says_who_they_are_and_when_they_work(browser: Browser, contact: Contact) -> None:
    response = send(
        browser,
        full_name="Ioana Sample",
        native_name="Ioana",
        time_zone="Asia/Calcutta",
        clock="12",
        **{"working_hours-mon-0-from": "10:00", "working_hours-mon-0-until": "18:30"},
    )
    assert response.status_code == 302
    contact.refresh_from_db()
    assert (contact.full_name, contact.native_name, contact.clock) == ("Ioana Sample", "Ioana", "12")
    assert contact.time_zone == "Asia/Kolkata"
    assert contact.working_hours["mon"] == [["10:00", "18:30"]]
    assert contact.working_hours["tue"] == [["09:00", "17:00"]]
    entry = AuditEntry.objects.get()
    assert entry.actor_id is None
    assert set(entry.details["fields"]) == {"full_name", "native_name", "time_zone", "clock", "working_hours"}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("full_name", "x" * 10_000, "at most 120"),
        ("full_name", "", "required"),
        ("full_name", "Win at https://casino.example/now", "no address of the web"),
        ("address_as", "www.casino.example", "no address of the web"),
        ("native_name", "casino.example/x", "no address of the web"),
        ("full_name", "Ion\u2028Sample", "line breaks"),
        ("time_zone", "Mars/Olympus", "is not a time zone"),
        ("working_hours-mon-0-from", "25:00", "is not a time"),
    ],
)
def test_what_can_not_be_is_named_kept_and_stored_nowhere(
    field: str, value: str, said: str, browser: Browser, contact: Contact
) -> None:
    before = Contact.objects.values().get()
    response = send(browser, **{field: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert value[:500] in page or field == "time_zone"
    assert Contact.objects.values().get() == before


def test_names_with_dots_are_names(browser: Browser, contact: Contact) -> None:
    assert send(browser, full_name="Dr. A.B. Sample-O’Neil, Ph.D.").status_code == 302


# Holidays


def off_dates(contact: Contact, year: int) -> set[dt.date]:
    contact.refresh_from_db()
    assert contact.calendar is not None
    return set(calendar_days(contact.calendar, dt.date(year, 1, 1), dt.date(year, 12, 31)).holidays)


def test_a_holiday_that_is_not_kept_is_a_working_day_from_then_on_for_nobody_else(
    browser: Browser, contact: Contact
) -> None:
    colleague = make_contact(contact.client, calendar=contact.calendar)
    page = browser.get(HOLIDAYS)
    rows = page.context["page"].rows
    assert all(row.is_kept for row in rows)
    without = next(row.date for row in rows if row.date.weekday() < 5)
    kept = [row.date.isoformat() for row in rows if row.date != without]
    form = sent_by(page, kept=kept, act="holidays")
    assert browser.post(HOLIDAYS, form).status_code == 303
    assert without not in off_dates(contact, without.year)
    assert without in off_dates(colleague, without.year)
    noon = dt.datetime.combine(without, dt.time(10), dt.UTC)
    (day,) = person_days([contact], now=noon, language="en")
    assert day.state == "working"
    assert [row.date for row in browser.get(HOLIDAYS).context["page"].rows if not row.is_kept] == [without]
    # Kept again, it is the place's own calendar that they have.
    again = sent_by(browser.get(HOLIDAYS), kept=[row.date.isoformat() for row in rows], act="holidays")
    assert browser.post(HOLIDAYS, again).status_code == 303
    contact.refresh_from_db()
    assert contact.calendar == colleague.calendar
    assert not HolidayCalendar.objects.filter(is_personal=True).exists()


def test_days_of_another_place_and_religion_are_looked_at_and_then_chosen(browser: Browser, contact: Contact) -> None:
    address = f"{HOLIDAYS}?country=IN&categories=public&categories=optional"
    page = browser.get(address)
    contact.refresh_from_db()
    assert contact.calendar is not None
    assert contact.calendar.country == "RO"
    kept = [row.date.isoformat() for row in page.context["page"].rows]
    form = sent_by(page, kept=kept, act="holidays", country="IN", categories=["public", "optional"])
    assert browser.post(HOLIDAYS, form).status_code == 303
    contact.refresh_from_db()
    assert (contact.calendar.country, contact.calendar.is_personal) == ("IN", True)
    assert set(contact.calendar.categories) == {"public", "optional"}
    assert browser.post(HOLIDAYS, sent_by(browser.get(HOLIDAYS), act="none")).status_code == 303
    contact.refresh_from_db()
    assert contact.calendar is None
    assert not HolidayCalendar.objects.filter(is_personal=True).exists()


def test_local_changes_of_the_organisations_calendar_stay(browser: Browser, contact: Contact) -> None:
    shared = HolidayCalendar.objects.create(name="Sample Sails", country="RO")
    today = timezone.now().date()
    day = today + dt.timedelta(days=40)
    CalendarChange.objects.create(calendar=shared, kind="closure", first_date=day, last_date=day, name="Regatta")
    Contact.objects.update(calendar=shared)
    page = browser.get(HOLIDAYS)
    rows = page.context["page"].rows
    form = sent_by(page, kept=[row.date.isoformat() for row in rows[1:]], act="holidays")
    assert browser.post(HOLIDAYS, form).status_code == 303
    assert day in off_dates(contact, day.year)
    assert rows[0].date not in off_dates(contact, rows[0].date.year)


@pytest.mark.parametrize("query", ["country=XX", "country=DE&subdivision=QQ", "country=RO&categories=klingon"])
def test_place_that_does_not_exist_is_refused(query: str, browser: Browser) -> None:
    assert browser.get(f"{HOLIDAYS}?{query}").status_code == 422


def test_personal_calendar_is_offered_to_nobody_else(browser: Browser, contact: Contact) -> None:
    manager: AccountManager = make_account_manager(make_team(), is_staff=True)
    rows = browser.get(HOLIDAYS).context["page"].rows
    kept = [row.date.isoformat() for row in rows[1:]]
    browser.post(HOLIDAYS, sent_by(browser.get(HOLIDAYS), kept=kept, act="holidays"))
    mine = HolidayCalendar.objects.get(is_personal=True)
    desk = Browser()
    desk.force_login(manager)
    other = make_contact(contact.client)
    assert f'value="{mine.pk}"' in desk.get(f"/clients/contacts/{contact.pk}/edit/").content.decode()
    offered = desk.get(f"/clients/contacts/{other.pk}/edit/").context["form"].fields["calendar"].queryset
    assert mine not in offered
    assert f"/calendars/{mine.pk}/" not in desk.get("/calendars/").content.decode()


def test_days_off_are_added_changed_and_taken_back(browser: Browser, contact: Contact) -> None:
    def save(**changes: Any) -> int:
        row = {f"days_off-0-{name}": value for name, value in changes.items()}
        form = sent_by(browser.get(HOLIDAYS), act="days_off", **row)
        return int(browser.post(HOLIDAYS, form).status_code)

    assert save(first_date="2127-03-01", last_date="2127-02-01") == 422
    assert not DayOff.objects.exists()
    assert save(first_date="2127-03-01", last_date="2127-03-05", reason="Skiing") == 303
    assert DayOff.objects.get().contact == contact
    assert save(DELETE="on") == 303
    assert not DayOff.objects.exists()
    assert AuditEntry.objects.filter(actor_id=None, details__contact=contact.pk).count() == 2
