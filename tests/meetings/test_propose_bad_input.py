"""What the propose page answers to nonsense: at the field, what would be right, status 4xx, and nothing half shown."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.models import AccountManager, Contact
from holidays_app.calendars import supported_years
from holidays_app.models import HolidayCalendar
from scheduling.meetings.models import Meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

DURATION = "Choose a duration of 15, 30, 45 … up to 480 minutes."


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), time_zone="UTC")


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    return make_contact(make_client(manager.teams.get()), time_zone="UTC")


@pytest.fixture
def browser(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


@pytest.fixture
def good(manager: AccountManager, contact: Contact) -> dict[str, Any]:
    return {"contacts": [contact.pk], "colleagues": [manager.pk]}


def in_days(days: int) -> dt.date:
    return timezone.now().date() + dt.timedelta(days=days)


def refused(browser: Browser, data: dict[str, Any]) -> tuple[int, dict[str, list[str]]]:
    """The status and what is said at each field; nothing else of the answer is shown."""
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(reverse("meetings:propose"), data)
    assert all(query["sql"].startswith("SELECT") for query in queries)
    assert response.context["page"] is None
    content = response.content.decode()
    assert 'class="quad' not in content
    errors: dict[str, list[str]] = response.context["form"].errors
    for messages in errors.values():
        for message in messages:
            assert message in content.replace("&#x27;", "'")
    return response.status_code, {field: list(messages) for field, messages in errors.items()}


@pytest.mark.parametrize("duration", ["0", "7", "-15", "495", "100000", "45.5", "abc", "", "１５", "٤٥", "1e3"])
def test_duration_that_is_no_quarter_of_an_hour_or_too_long(
    browser: Browser, good: dict[str, Any], duration: str
) -> None:
    if duration in {"１５", "٤٥"}:
        # Digits of other scripts are numbers all the same.
        assert browser.get(reverse("meetings:propose"), {**good, "duration": duration}).status_code == 200
        return
    assert refused(browser, {**good, "duration": duration}) == (422, {"duration": [DURATION]})


@pytest.mark.parametrize(
    ("first", "last", "field", "message"),
    [
        (-1, 5, "first", "Choose a day from today on."),
        (5, 4, "last", "Choose a last day that is not before the first day."),
        (1, 3650, "last", "Choose at most 366 days; these are more."),
        (700, 750, "last", "Choose a day no later than "),
        ("soon", 5, "first", "Choose a day, such as 2026-12-08."),
        ("2026-02-30", 5, "first", "Choose a day, such as 2026-12-08."),
        ("", 5, "first", "Choose a day."),
        (1, "0001-01-01", "last", "Choose a last day that is not before the first day."),
        (1, "9999-12-31", "last", "Choose at most 366 days; these are more."),
    ],
)
def test_days_that_make_no_horizon(
    browser: Browser, good: dict[str, Any], first: int | str, last: int | str, field: str, message: str
) -> None:
    dates = {name: in_days(day) if isinstance(day, int) else day for name, day in (("first", first), ("last", last))}
    status, errors = refused(browser, {**good, **dates})
    assert status == 422
    assert list(errors) == [field]
    assert errors[field][0].startswith(message)


def test_a_year_of_366_days_is_not_too_much(browser: Browser, good: dict[str, Any]) -> None:
    response = browser.get(reverse("meetings:propose"), {**good, "first": in_days(1), "last": in_days(366)})
    assert response.status_code == 200


def test_nobody_to_meet(browser: Browser) -> None:
    assert refused(browser, {"duration": 45}) == (
        422,
        {
            "contacts": ["Choose at least one contact."],
            "colleagues": ["Choose at least one colleague to hold the meeting."],
        },
    )


def test_two_hundred_people(browser: Browser, manager: AccountManager, contact: Contact) -> None:
    client = contact.client
    names = [f"Person {number}" for number in range(199)]
    Contact.objects.bulk_create(Contact(client=client, full_name=name, time_zone="UTC") for name in names)
    data = {"contacts": list(Contact.objects.values_list("pk", flat=True)), "colleagues": [manager.pk]}
    assert refused(browser, data) == (422, {"contacts": ["Choose at most 50 people; these are 201."]})


def test_foreign_people_are_told_like_unknown_ones(browser: Browser, good: dict[str, Any]) -> None:
    foreign = make_contact()
    theirs = make_account_manager(make_team())
    message = "Choose among the people you look after; one of these is not among them."
    for pk in (foreign.pk, 10**9, 10**30, -1, "abc", "1 OR 1=1", "\x00"):
        assert refused(browser, {**good, "contacts": [*good["contacts"], pk]}) == (404, {"contacts": [message]})
    for pk in (theirs.pk, 10**9):
        assert refused(browser, {**good, "colleagues": [pk]}) == (404, {"colleagues": [message]})
    content = browser.get(reverse("meetings:propose"), {**good, "contacts": [foreign.pk]}).content.decode()
    assert foreign.full_name not in content
    assert foreign.client.name not in content


def test_foreign_clients_are_told_like_unknown_ones(browser: Browser) -> None:
    foreign = make_contact().client
    for pk in (foreign.pk, 10**9, 10**30, "abc"):
        status, errors = refused(browser, {"client": pk})
        assert status == 404
        assert errors["__all__"] == ["Choose a client that you look after."]


def test_a_client_without_contacts_is_told_so(browser: Browser, manager: AccountManager) -> None:
    client = make_client(manager.teams.get(), name="Empty Example")
    response = browser.get(reverse("meetings:propose"), {"client": client.pk})
    assert response.status_code == 422
    assert "has no contacts yet" in response.content.decode()


@pytest.mark.parametrize("policy", ["", "fair", "CLIENT_FIRST"])
def test_unknown_policy(browser: Browser, good: dict[str, Any], policy: str) -> None:
    status, errors = refused(browser, {**good, "policy": policy})
    assert (status, list(errors)) == (422, ["policy"])


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ("noon", "Give a date and time with its offset"),
        ("2026-12-08T12:00:00", "Give a date and time with its offset"),
        ("0001-01-01T00:00:00+14:00", "Give a date and time with its offset"),
        ("9999-12-31T23:45:00Z", "Give a date and time with its offset"),
        ("2199-12-31T23:45:00Z", "This time lies outside of the days chosen."),
        ("2020-01-01T12:00:00Z", "This time lies outside of the days chosen."),
    ],
)
def test_a_time_to_show_that_makes_no_sense(browser: Browser, good: dict[str, Any], at: str, message: str) -> None:
    status, errors = refused(browser, {**good, "at": at})
    assert (status, list(errors)) == (422, ["at"])
    assert errors["at"][0].startswith(message)


def test_a_time_off_the_quarter(browser: Browser, good: dict[str, Any]) -> None:
    at = f"{in_days(3)}T12:07:00Z"
    assert refused(browser, {**good, "at": at}) == (422, {"at": ["Choose a start on a quarter of an hour."]})


def test_a_day_to_show_that_is_none_of_those_chosen(browser: Browser, good: dict[str, Any]) -> None:
    assert refused(browser, {**good, "day": in_days(100)}) == (422, {"day": ["This day is none of the days chosen."]})


def test_holidays_that_nobody_knows_yet(browser: Browser, good: dict[str, Any], contact: Contact) -> None:
    # Poya days follow the moon as it is announced, so that Sri Lanka's holidays are known for few years.
    contact.calendar = HolidayCalendar.objects.create(country="LK")
    contact.save()
    known = supported_years("LK")[-1]
    status, errors = refused(browser, {**good, "first": in_days(300), "last": in_days(660)})
    assert status == 422
    assert errors == {"last": [f"The holidays of Sri Lanka are known until {known} only."]}


@pytest.mark.parametrize("meeting", ["", "0", "abc", "-1", "99999999", str(10**30)])
def test_unknown_meeting(browser: Browser, meeting: str) -> None:
    assert browser.get(reverse("meetings:propose"), {"meeting": meeting}).status_code == 404


def test_only_reading_is_answered(browser: Browser) -> None:
    assert browser.post(reverse("meetings:propose")).status_code == 405
    assert browser.head(reverse("meetings:propose")).status_code == 200


def test_a_tampered_booking_shows_the_form_with_what_is_wrong(browser: Browser, good: dict[str, Any]) -> None:
    data = {
        **good,
        "duration_minutes": "7",
        "start_at": "never",
        "policy": "shared",
        "title": "Kept",
        "channel": "video",
    }
    response = browser.post(reverse("meetings:book"), data)
    assert response.status_code == 422
    assert DURATION in response.content.decode()
    assert not Meeting.objects.exists()


def test_a_tampered_time_alone_keeps_the_booking_and_offers_others(browser: Browser, good: dict[str, Any]) -> None:
    data = {
        **good,
        "duration_minutes": "45",
        "start_at": "never",
        "policy": "shared",
        "title": "Kept",
        "channel": "video",
    }
    response = browser.post(reverse("meetings:book"), data)
    assert response.status_code == 422
    content = response.content.decode()
    assert 'value="Kept"' in content
    assert "Give a date and time with its offset" in content
    assert content.count('name="start_at"') == 5


values = st.text(max_size=12) | st.integers(-(10**20), 10**20).map(str) | st.dates().map(str) | st.datetimes().map(str)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    garbage=st.dictionaries(
        st.sampled_from(["contacts", "colleagues", "client", "duration", "first", "last", "policy", "day", "at"]),
        values,
        min_size=1,
        max_size=4,
    )
)
def test_no_garbage_breaks_the_page(browser: Browser, good: dict[str, Any], garbage: dict[str, str]) -> None:
    response = browser.get(reverse("meetings:propose"), {**good, **garbage})
    assert response.status_code in {200, 404, 422}
