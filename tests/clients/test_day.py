"""What a person's day is like at an instant."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.day import DayState, Holiday, PersonDay, person_days
from clients.models import Contact, DayOff
from holidays_app.models import CalendarChange, HolidayCalendar
from holidays_app.services import ensure_place_calendar
from scheduling.engine import Band
from tests.people import make_account_manager, make_client, make_contact

pytestmark = pytest.mark.django_db

Hours = dict[str, list[list[str]]]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def day_at(at: str, country: str = "", **values: Any) -> PersonDay:
    """The day of a contact in Bucharest, nine to five, at an instant in UTC."""
    calendar = ensure_place_calendar(country=country) if country else None
    contact = make_contact(**{"calendar": calendar, **values})
    return of(contact, at)


def of(person: Any, at: str, language: str = "en", holidays: int = 1) -> PersonDay:
    (day,) = person_days([person], now=utc(at), language=language, holidays=holidays)
    return day


@pytest.mark.parametrize(
    ("at", "state", "changes_at"),
    [
        # Bucharest is two hours ahead: 09:00 to 17:00 is 07:00 to 15:00 in UTC.
        ("2026-01-14 06:59", DayState.OFF, "2026-01-14 07:00"),
        ("2026-01-14 07:00", DayState.WORKING, "2026-01-14 15:00"),
        ("2026-01-14 14:59", DayState.WORKING, "2026-01-14 15:00"),
        ("2026-01-14 15:00", DayState.OFF, "2026-01-15 07:00"),
        ("2026-01-16 15:00", DayState.OFF, "2026-01-19 07:00"),
        ("2026-01-18 12:00", DayState.OFF, "2026-01-19 07:00"),
        # Summer time has begun on Sunday the 29th: the same wall, an hour earlier in UTC.
        ("2026-03-27 15:00", DayState.OFF, "2026-03-30 06:00"),
    ],
)
def test_working_hours_run_on_the_persons_own_wall(at: str, state: DayState, changes_at: str) -> None:
    day = day_at(at)
    assert (day.state, day.changes_at) == (state, utc(changes_at))


def test_a_lunch_break_is_off() -> None:
    hours: Hours = {"wed": [["09:00", "12:00"], ["13:00", "17:00"]]}
    day = day_at("2026-01-14 10:30", working_hours=hours)
    assert (day.state, day.changes_at) == (DayState.OFF, utc("2026-01-14 11:00"))


def test_a_night_shift_that_began_yesterday_is_work() -> None:
    hours: Hours = {"tue": [["22:00", "06:00"]]}
    day = day_at("2026-01-14 02:00", working_hours=hours)
    assert (day.state, day.changes_at) == (DayState.WORKING, utc("2026-01-14 04:00"))


def test_a_holiday_is_off_and_named() -> None:
    day = day_at("2026-12-01 10:00", "RO")
    assert day.state is DayState.HOLIDAY
    assert day.holiday_today == Holiday(dt.date(2026, 12, 1), "National Day", language="en-US")
    assert day.changes_at == utc("2026-12-02 07:00")


def test_holidays_are_named_in_the_readers_language() -> None:
    contact = make_contact(calendar=ensure_place_calendar(country="MX"), time_zone="America/Mexico_City")
    names = [of(contact, "2026-12-20 18:00", language).next_holidays[0].name for language in ("en", "es")]
    assert names == ["Christmas Day", "Navidad"]


def test_the_next_holidays_come_in_order_across_the_year() -> None:
    contact = make_contact(calendar=ensure_place_calendar(country="RO"))
    day = of(contact, "2026-12-25 22:30", holidays=3)
    # It is the 26th in Bucharest already.
    assert [holiday.date for holiday in day.next_holidays] == [
        dt.date(2026, 12, 26),
        dt.date(2027, 1, 1),
        dt.date(2027, 1, 2),
    ]


def test_the_day_of_a_holiday_is_the_persons_own() -> None:
    contact = make_contact(calendar=ensure_place_calendar(country="JP"), time_zone="Asia/Tokyo")
    assert of(contact, "2026-11-02 14:59").state is DayState.OFF
    assert of(contact, "2026-11-02 15:00").state is DayState.HOLIDAY


def test_a_half_day_ends_at_one() -> None:
    calendar = HolidayCalendar.objects.create(name="Own", country="RO")
    date = dt.date(2026, 1, 14)
    CalendarChange.objects.create(calendar=calendar, kind="half_day", first_date=date, last_date=date, name="Inventory")
    contact = make_contact(calendar=calendar)
    morning, afternoon = of(contact, "2026-01-14 10:00"), of(contact, "2026-01-14 11:00")
    assert (morning.state, morning.changes_at) == (DayState.WORKING, utc("2026-01-14 11:00"))
    assert afternoon.state is DayState.HOLIDAY
    assert afternoon.holiday_today == Holiday(date, "Inventory", is_half=True, language="en-US")


def test_a_substitute_working_day_is_worked() -> None:
    # China works on Saturday 14 February 2026 for the Spring Festival.
    china = ensure_place_calendar(country="CN")
    contact = make_contact(calendar=china, time_zone="Asia/Shanghai")
    assert of(contact, "2026-02-14 03:00").state is DayState.WORKING
    assert of(contact, "2026-02-21 03:00").state is not DayState.WORKING


def test_an_estimated_holiday_says_so() -> None:
    day = day_at("2030-04-10 10:00", "ID", time_zone="Asia/Jakarta")
    assert day.next_holiday is not None
    assert day.next_holiday.is_estimated


def test_a_day_off_is_away_with_its_reason_and_the_next_working_day_is_found_behind_it() -> None:
    contact = make_contact()
    DayOff.objects.create(contact=contact, first_date="2026-01-14", last_date="2026-06-30", reason="Sabbatical")
    day = of(contact, "2026-01-15 10:00")
    assert (day.state, day.away_reason, day.changes_at) == (DayState.AWAY, "Sabbatical", utc("2026-07-01 06:00"))
    assert of(contact, "2026-01-13 10:00").away_reason is None


def test_somebody_without_hours_never_works() -> None:
    day = day_at("2026-01-14 10:00", working_hours={})
    assert (day.state, day.changes_at) == (DayState.OFF, None)


def test_somebody_who_works_around_the_clock_never_stops() -> None:
    hours: Hours = {day: [["00:00", "00:00"]] for day in (*WEEKDAYS, "sat", "sun")}
    day = day_at("2026-01-14 10:00", working_hours=hours)
    assert (day.state, day.changes_at) == (DayState.WORKING, None)


def test_a_year_that_the_calendar_does_not_know_is_said_not_to_be_known() -> None:
    # India's holidays are known up to 2035.
    day = day_at("2035-12-30 10:00", "IN", time_zone="Asia/Kolkata")
    assert not day.holidays_known
    assert day.next_holidays == ()
    assert day_at("2026-01-14 10:00", "RO").holidays_known
    assert day_at("2026-01-14 10:00").holidays_known


def test_what_is_known_of_a_calendar_holds_although_the_year_ahead_is_not() -> None:
    calendar = ensure_place_calendar(country="IN")
    inventory, next_year = dt.date(2035, 12, 27), dt.date(2036, 1, 3)
    for date in (inventory, next_year):
        CalendarChange.objects.create(
            calendar=calendar, kind="closure", first_date=date, last_date=date, name="Inventory"
        )
    contact = make_contact(calendar=calendar, time_zone="Asia/Kolkata")
    states = [of(contact, f"{date} 06:00").state for date in ("2035-10-02", inventory, "2035-12-28", next_year)]
    assert states == [DayState.HOLIDAY, DayState.HOLIDAY, DayState.WORKING, DayState.HOLIDAY]


def test_an_account_manager_has_a_day_too() -> None:
    manager = make_account_manager(time_zone="Asia/Kathmandu")
    DayOff.objects.create(account_manager=manager, first_date="2026-01-15", last_date="2026-01-15")
    day = of(manager, "2026-01-14 03:30")
    assert (day.local_at.hour, day.local_at.minute) == (9, 15)
    assert day.state is DayState.WORKING
    assert of(manager, "2026-01-15 03:30").away_reason == ""


def test_a_contact_and_an_account_manager_of_one_number_keep_their_own_days_off() -> None:
    contact = make_contact()
    manager = make_account_manager(pk=contact.pk)
    DayOff.objects.create(contact=contact, first_date="2026-01-14", last_date="2026-01-14")
    days = person_days([contact, manager], now=utc("2026-01-14 10:00"), language="en")
    assert [day.state for day in days] == [DayState.AWAY, DayState.WORKING]


def test_stretches_cover_the_time_without_gaps_and_name_its_comfort() -> None:
    day = day_at("2026-01-14 10:00", preferred_hours={"wed": [["10:00", "12:00"]]})
    start, end = utc("2026-01-13 22:00"), utc("2026-01-14 22:00")
    stretches = day.stretches(start, end)
    assert [stretches[0].start_at, stretches[-1].end_at] == [start, end]
    assert all(first.end_at == second.start_at for first, second in itertools.pairwise(stretches))
    ideal = [stretch for stretch in stretches if stretch.band is Band.IDEAL]
    assert [(stretch.start_at, stretch.end_at) for stretch in ideal] == [
        (utc("2026-01-14 08:00"), utc("2026-01-14 10:00"))
    ]
    assert stretches[0].band is None


def test_the_number_of_queries_does_not_depend_on_the_number_of_people() -> None:
    def queries(count: int) -> int:
        calendars = [ensure_place_calendar(country=country) for country in ("RO", "JP", "MX")]
        client = make_client()
        for number in range(count):
            contact = make_contact(client, calendar=calendars[number % 3])
            DayOff.objects.create(contact=contact, first_date="2026-01-14", last_date="2026-01-20")
        people = list(Contact.objects.filter(client=client).select_related("calendar"))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            person_days(people, now=utc("2026-01-14 10:00"), language="en", holidays=5)
        return len(captured)

    assert queries(3) == queries(30) == 2
