"""Days off in the forms of contacts and of one's own day."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.forms import MOST_ROWS
from clients.models import AuditEntry, Contact, DayOff
from tests.clients.sending import Sent, changed, sent_by

pytestmark = pytest.mark.django_db


def send(browser: Browser, url: str, **values: str) -> Any:
    changes = {f"days_off-0-{name}": value for name, value in values.items()}
    return browser.post(url, changed(sent_by(browser.get(url)), **changes))


def test_a_day_off_is_added_changed_and_deleted(browser: Browser, own_contact: Contact, contact_url: str) -> None:
    added = send(browser, contact_url, first_date="2126-08-03", last_date="2126-08-14", reason="Beach")
    assert added.status_code == 302
    day_off = own_contact.days_off.get()
    assert (day_off.first_date, day_off.last_date) == (dt.date(2126, 8, 3), dt.date(2126, 8, 14))
    send(browser, contact_url, last_date="2126-08-10")
    day_off.refresh_from_db()
    assert day_off.last_date == dt.date(2126, 8, 10)
    send(browser, contact_url, DELETE="on")
    assert not own_contact.days_off.exists()
    entries = AuditEntry.objects.order_by("pk").values_list("action", "subject_type", "details")
    assert list(entries) == [(action, "clients.dayoff", {}) for action in ("create", "update", "delete")]


def test_a_single_day_needs_no_last_day(browser: Browser, own_contact: Contact, contact_url: str) -> None:
    send(browser, contact_url, first_date="2026-08-03")
    assert own_contact.days_off.get().last_date == dt.date(2026, 8, 3)


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"first_date": "2026-08-03", "last_date": "2026-08-02"}, "last_date", "before the first day"),
        ({"first_date": "2026-08-03", "last_date": "2027-08-04"}, "last_date", "a year at most"),
        ({"first_date": "0001-01-01", "last_date": "9999-12-31"}, "last_date", "a year at most"),
        ({"first_date": "2026-02-30"}, "first_date", "valid date"),
        ({"first_date": "tomorrow"}, "first_date", "valid date"),
        ({"last_date": "2026-08-03"}, "first_date", "required"),
        ({"first_date": "2026-08-03", "reason": "<i>ill</i>"}, "reason", "< and >"),
    ],
)
def test_dates_that_make_no_sense_are_refused_at_their_field(
    browser: Browser,
    own_contact: Contact,
    contact_url: str,
    values: dict[str, str],
    field: str,
    message: str,
) -> None:
    response = send(browser, contact_url, full_name="Changed", **values)
    assert response.status_code == 422
    (errors,) = response.context["days_off"].errors
    assert list(errors) == [field]
    assert message in errors[field][0]
    assert not DayOff.objects.exists()
    own_contact.refresh_from_db()
    assert own_contact.full_name == "Ion Own"


def test_a_form_without_its_counters_is_refused(browser: Browser, contact_url: str, contact_sent: Sent) -> None:
    without = {name: value for name, value in contact_sent.items() if not name.startswith("days_off")}
    assert browser.post(contact_url, without).status_code == 422
    assert browser.post(contact_url, {**without, "days_off-TOTAL_FORMS": "x"}).status_code == 422


def test_a_million_rows_are_not_read(browser: Browser, contact_url: str, contact_sent: Sent) -> None:
    many = changed(contact_sent, **{"days_off-TOTAL_FORMS": "1000000"})
    assert browser.post(contact_url, many).status_code == 422


def test_those_that_were_over_before_last_year_stay_and_are_not_shown(
    browser: Browser, own_contact: Contact, contact_url: str
) -> None:
    new_year = dt.date(timezone.now().year - 1, 1, 1)
    for last_date in (new_year - dt.timedelta(days=1), new_year):
        own_contact.days_off.create(first_date=last_date - dt.timedelta(days=3), last_date=last_date)
    assert [row.instance.last_date for row in browser.get(contact_url).context["days_off"].initial_forms] == [new_year]
    send(browser, contact_url, reason="Beach")
    assert list(own_contact.days_off.values_list("reason", flat=True)) == ["", "Beach"]


def test_a_form_full_of_days_off_says_so_and_is_saved(browser: Browser, own_contact: Contact, contact_url: str) -> None:
    today = timezone.now().date()
    dates = [today + dt.timedelta(days=number) for number in range(MOST_ROWS - 1)]
    DayOff.objects.bulk_create(DayOff(contact=own_contact, first_date=date, last_date=date) for date in dates)
    page = browser.get(contact_url)
    assert "room for no more" not in page.content.decode()
    last = changed(sent_by(page), **{f"days_off-{MOST_ROWS - 1}-first_date": "2126-08-03"})
    assert browser.post(contact_url, last).status_code == 302
    full = browser.get(contact_url)
    assert "room for no more" in full.content.decode()
    assert browser.post(contact_url, changed(sent_by(full), job_title="Director")).status_code == 302
    own_contact.refresh_from_db()
    assert (own_contact.job_title, own_contact.days_off.count()) == ("Director", MOST_ROWS)
