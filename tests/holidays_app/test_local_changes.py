"""Calendars that are kept: their validation, their local changes, and what it costs to read them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from holidays_app.calendars import (
    Calendar,
    CalendarDays,
    UnsupportedYear,
    countries,
    days_between,
    known_until,
)
from holidays_app.models import CalendarChange, HolidayCalendar
from holidays_app.selectors import calendar_days, days_for_calendars, known_calendar_days, with_changes
from holidays_app.services import ensure_place_calendar

Kind = CalendarChange.Kind
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def change(kind: Kind, first: date, last: date | None = None, name: str = "Ours", pk: int = 1) -> CalendarChange:
    return CalendarChange(pk=pk, kind=kind, first_date=first, last_date=last or first, name=name)


def merged(*changes: CalendarChange, place: str = "CN") -> CalendarDays:
    return with_changes(days_between(Calendar(place), FIRST, LAST), changes, FIRST, LAST)


# Local changes


def test_closure_is_a_day_off_with_its_own_name() -> None:
    days = merged(change(Kind.CLOSURE, date(2026, 8, 10), date(2026, 8, 12), "Summer closure"))
    assert [days.holidays[date(2026, 8, day)] for day in (10, 11, 12)] == ["Summer closure"] * 3
    assert date(2026, 8, 13) not in days.holidays


def test_removed_holiday_becomes_an_ordinary_day() -> None:
    days = merged(change(Kind.REMOVED, date(2026, 1, 1)))
    assert date(2026, 1, 1) not in {*days.holidays, *days.half_days, *days.workdays}
    assert date(2026, 1, 2) in days.holidays


def test_removed_half_day_becomes_an_ordinary_day() -> None:
    womens_day = date(2026, 3, 8)
    assert womens_day in merged().half_days
    assert womens_day not in merged(change(Kind.REMOVED, womens_day)).half_days


def test_removed_substitute_working_day_becomes_an_ordinary_weekend() -> None:
    assert date(2026, 2, 28) not in merged(change(Kind.REMOVED, date(2026, 2, 28))).workdays


def test_extra_working_day_takes_the_place_of_a_holiday() -> None:
    days = merged(change(Kind.WORKDAY, date(2026, 1, 2)))
    assert date(2026, 1, 2) in days.workdays
    assert date(2026, 1, 2) not in days.holidays


def test_local_half_day_takes_the_place_of_a_whole_one() -> None:
    days = merged(change(Kind.HALF_DAY, date(2026, 1, 1), name="Morning shift"))
    assert days.half_days[date(2026, 1, 1)] == "Morning shift"
    assert date(2026, 1, 1) not in days.holidays


def test_what_is_decided_locally_is_no_estimate() -> None:
    days = days_between(Calendar("MA"), date(2030, 1, 1), date(2030, 12, 31))
    eid = min(days.estimated)
    decreed = with_changes(days, [change(Kind.CLOSURE, eid, name="By decree")], date(2030, 1, 1), date(2030, 12, 31))
    assert eid in decreed.holidays
    assert eid not in decreed.estimated


def test_of_two_changes_to_one_date_the_one_written_last_holds() -> None:
    day = date(2026, 8, 10)
    closure, workday = change(Kind.CLOSURE, day, pk=1), change(Kind.WORKDAY, day, pk=2)
    assert day in merged(workday, closure).workdays
    closure.pk = 3
    assert day in merged(workday, closure).holidays


def test_change_outside_the_dates_asked_for_is_not_told() -> None:
    days = with_changes(
        days_between(Calendar("CN"), FIRST, FIRST), [change(Kind.CLOSURE, date(2026, 8, 1))], FIRST, FIRST
    )
    assert list(days.holidays) == [FIRST]


dates = st.dates(FIRST - timedelta(5), LAST + timedelta(5))
changes = st.lists(st.tuples(st.sampled_from(Kind), dates, st.integers(0, 20)), max_size=12)


@given(st.sampled_from(["CN", "TR", "MA", "ES", "US"]), changes)
def test_merged_calendar_is_the_library_without_what_is_changed_and_with_what_is_added(
    place: str, drawn: list[tuple[Kind, date, int]]
) -> None:
    rows = [
        change(kind, first, first + timedelta(length), name=f"{pk}", pk=pk)
        for pk, (kind, first, length) in enumerate(drawn, start=1)
    ]
    library = days_between(Calendar(place), FIRST, LAST)
    days = with_changes(library, reversed(rows), FIRST, LAST)
    for day in (FIRST + timedelta(step) for step in range(365)):
        last = next((row for row in reversed(rows) if row.first_date <= day <= row.last_date), None)
        if last is None:
            expected = (library.holidays.get(day), library.half_days.get(day), day in library.workdays)
        else:
            expected = (
                last.name if last.kind == Kind.CLOSURE else None,
                last.name if last.kind == Kind.HALF_DAY else None,
                last.kind == Kind.WORKDAY,
            )
        assert (days.holidays.get(day), days.half_days.get(day), day in days.workdays) == expected
        assert (day in days.estimated) == (last is None and day in library.estimated)
    assert list(days.holidays) == sorted(days.holidays)


# Reading


@pytest.mark.django_db
def test_days_of_many_calendars_take_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for country in countries()[:30]:
        calendar = HolidayCalendar.objects.create(country=country)
        calendar.changes.create(kind=Kind.CLOSURE, first_date=FIRST, last_date=FIRST, name="Ours")
    rows = list(HolidayCalendar.objects.all())
    with django_assert_num_queries(1):
        days = days_for_calendars(rows, FIRST, LAST, "en")
    assert {pk: table.holidays[FIRST] for pk, table in days.items()} == {row.pk: "Ours" for row in rows}


@pytest.mark.django_db
def test_days_of_no_calendars_take_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert days_for_calendars([], FIRST, LAST) == {}


@pytest.mark.django_db
def test_same_calendar_twice_is_read_for_both() -> None:
    ensure_place_calendar(country="ES")
    twice = [HolidayCalendar.objects.get(), HolidayCalendar.objects.get()]
    assert len(days_for_calendars(twice, FIRST, LAST)) == 1


@pytest.mark.django_db
def test_unsupported_year_is_refused_unless_asked_for_what_is_known() -> None:
    calendar = ensure_place_calendar(country="LK")
    last_known = known_until("LK")
    new_year = last_known + timedelta(1)
    calendar.changes.create(kind=Kind.CLOSURE, first_date=new_year, last_date=new_year, name="By decree")
    christmas = date(last_known.year, 12, 25)
    with pytest.raises(UnsupportedYear):
        calendar_days(calendar, christmas, new_year)
    assert list(known_calendar_days(calendar, christmas, new_year, "en").holidays) == [christmas, new_year]
    assert known_calendar_days(calendar, new_year, new_year, "en").holidays == {new_year: "By decree"}
    assert known_calendar_days(calendar, new_year, new_year, "si").language == "si-LK"


# Validation


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"country": "XX"}, "country", "RO"),
        ({"country": "UK"}, "country", "two letters"),
        ({"country": "ES", "subdivision": "BY"}, "subdivision", "AN, AR"),
        ({"country": "AG", "subdivision": "10"}, "subdivision", "Leave this empty"),
        ({"country": "ES", "categories": ["bank"]}, "categories", "public"),
        ({"country": "ES", "categories": []}, "categories", "blank"),
        ({"country": "ES", "name": "<b>Ours</b>"}, "name", "characters"),
        ({"country": "ES", "name": "Ours\u0007"}, "name", "characters"),
        ({"country": "ES", "name": "Ours\nand theirs"}, "name", "characters"),
    ],
)
@pytest.mark.django_db
def test_calendar_of_nothing_known_is_refused_at_its_field(values: dict[str, object], field: str, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        HolidayCalendar(**values).full_clean()
    assert field in refused.value.message_dict
    assert says in " ".join(refused.value.message_dict[field])


@pytest.mark.django_db
def test_calendars_of_one_place_need_different_names() -> None:
    HolidayCalendar.objects.create(country="ES", name="Ours")
    HolidayCalendar(country="ES", name="Theirs").full_clean()
    with pytest.raises(ValidationError, match="already"):
        HolidayCalendar(country="ES", name="Ours").full_clean()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": Kind.CLOSURE, "first_date": LAST, "last_date": FIRST, "name": "Ours"}, "last_date"),
        (
            {"kind": Kind.CLOSURE, "first_date": FIRST, "last_date": date(2036, 1, 1), "name": "Ours"},
            "last_date",
        ),
        ({"kind": Kind.CLOSURE, "first_date": FIRST}, "name"),
        ({"kind": Kind.HALF_DAY, "first_date": FIRST}, "name"),
        ({"kind": "holiday", "first_date": FIRST, "name": "Ours"}, "kind"),
        ({"kind": Kind.CLOSURE, "name": "Ours"}, "first_date"),
    ],
)
@pytest.mark.django_db
def test_change_that_makes_no_sense_is_refused_at_its_field(values: dict[str, object], field: str) -> None:
    calendar = ensure_place_calendar(country="ES")
    with pytest.raises(ValidationError) as refused:
        CalendarChange(calendar=calendar, **values).full_clean()
    assert set(refused.value.message_dict) == {field}


@pytest.mark.django_db
def test_change_without_a_last_day_lasts_a_day() -> None:
    calendar = ensure_place_calendar(country="ES")
    row = CalendarChange(calendar=calendar, kind=Kind.REMOVED, first_date=FIRST)
    row.full_clean()
    row.save()
    assert row.last_date == FIRST


@pytest.mark.parametrize(
    "values",
    [
        {"kind": Kind.CLOSURE, "first_date": LAST, "last_date": FIRST, "name": "Ours"},
        {"kind": Kind.CLOSURE, "first_date": FIRST, "last_date": FIRST, "name": ""},
    ],
)
@pytest.mark.django_db
def test_database_refuses_a_senseless_change_whatever_the_code_does(values: dict[str, object]) -> None:
    calendar = ensure_place_calendar(country="ES")
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarChange.objects.create(calendar=calendar, **values)


# Places


@pytest.mark.django_db
def test_place_calendar_is_made_once_and_kept_with_its_changes() -> None:
    first = ensure_place_calendar(country="ES", subdivision="CT")
    first.changes.create(kind=Kind.CLOSURE, first_date=FIRST, last_date=FIRST, name="By decree")
    HolidayCalendar.objects.create(country="ES", subdivision="CT", name="A company's")
    assert ensure_place_calendar(country="ES", subdivision="CT") == first
    assert ensure_place_calendar(country="ES") != first
    assert HolidayCalendar.objects.count() == 3


@pytest.mark.django_db
def test_place_that_does_not_exist_has_no_calendar_made() -> None:
    for country, subdivision in (("XX", None), ("ES", "BY")):
        with pytest.raises(ValidationError):
            ensure_place_calendar(country=country, subdivision=subdivision)
    assert not HolidayCalendar.objects.exists()


@pytest.mark.parametrize(("language", "title"), [("en", "Germany · Bayern"), ("es", "Alemania · Bayern")])
def test_calendar_without_a_name_is_called_by_its_place_in_the_readers_language(language: str, title: str) -> None:
    with translation.override(language):
        assert str(HolidayCalendar(country="DE", subdivision="BY")) == title
        assert str(HolidayCalendar(country="DE", subdivision="BY", name="Ours")) == "Ours"
