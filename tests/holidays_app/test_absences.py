"""Who is off when."""

from datetime import date

import pytest
from babel import Locale
from django.template import Context, Template
from pytest_django import DjangoAssertNumQueries

from clients.reader import Reader
from holidays_app.absences import Absence, Cause, Leave, Reason, absences
from holidays_app.calendars import known_until
from holidays_app.chart import Bar, Scale, absence_chart
from holidays_app.models import CalendarChange, HolidayCalendar
from holidays_app.services import ensure_place_calendar

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 12, 1), date(2027, 1, 15)


def test_people_who_are_off_for_one_reason_stand_together() -> None:
    spain, mexico = ensure_place_calendar(country="ES"), ensure_place_calendar(country="MX")
    people = [("Ana", spain), ("Bea", spain), ("Carla", mexico), ("Dora", None)]
    found = absences(people, FIRST, LAST, "es")
    assert (
        Absence(
            date(2026, 12, 8),
            date(2026, 12, 8),
            Cause(Reason.HOLIDAY, "Inmaculada Concepción", language="es"),
            ("Ana", "Bea"),
        )
        in found
    )
    assert found == sorted(found, key=lambda absence: absence.first_date)
    assert not any("Dora" in absence.people for absence in found)


def test_dates_in_a_row_are_one_absence_and_a_gap_makes_two() -> None:
    calendar = HolidayCalendar.objects.create(country="NL", name="A company's")
    for first, last in ((date(2026, 12, 21), date(2026, 12, 23)), (date(2026, 12, 28), date(2026, 12, 30))):
        calendar.changes.create(kind=CalendarChange.Kind.CLOSURE, first_date=first, last_date=last, name="Closed")
    found = absences([("Ana", calendar)], FIRST, LAST, "en")
    assert [(each.first_date.day, each.last_date.day) for each in found if each.cause.name == "Closed"] == [
        (21, 23),
        (28, 30),
    ]


def test_half_days_and_estimates_are_told_as_such() -> None:
    iceland, morocco = ensure_place_calendar(country="IS"), ensure_place_calendar(country="MA")
    eve = absences([("Ana", iceland)], date(2026, 12, 24), date(2026, 12, 24), "en")
    assert [each.cause.reason for each in eve] == [Reason.HALF_DAY]
    year = absences([("Bea", morocco)], date(2030, 1, 1), date(2030, 12, 31), "en")
    assert {each.cause.is_estimated for each in year} == {True, False}


def test_days_off_hide_the_holiday_and_are_cut_to_the_dates_asked_for() -> None:
    spain = ensure_place_calendar(country="ES")
    away = {
        "Ana": [
            Leave(date(2026, 11, 1), date(2026, 12, 10), "Leave"),
            Leave(date(2027, 3, 1), date(2027, 3, 2)),
        ]
    }
    found = absences([("Ana", spain), ("Bea", spain)], FIRST, LAST, "en", away)
    assert found[0] == Absence(FIRST, date(2026, 12, 10), Cause(Reason.LEAVE, "Leave"), ("Ana",))
    assert [each.people for each in found if each.first_date == date(2026, 12, 8)] == [("Bea",)]
    assert all(each.last_date <= LAST for each in found)


def test_dates_for_which_nothing_is_known_are_said_to_be_unknown() -> None:
    sri_lanka = ensure_place_calendar(country="LK")
    last_known = known_until("LK")
    start, end = date(last_known.year, 12, 20), date(last_known.year + 1, 1, 10)
    unknown = [each for each in absences([("Ana", sri_lanka)], start, end, "en") if each.cause.reason == Reason.UNKNOWN]
    assert [(each.first_date, each.last_date) for each in unknown] == [(date(end.year, 1, 1), end)]


def test_any_number_of_people_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for country in ("ES", "MX", "IS", "MA"):
        ensure_place_calendar(country=country)
    calendars = list(HolidayCalendar.objects.all())
    people = [(f"{calendar.country} {number}", calendar) for calendar in calendars for number in range(50)]
    with django_assert_num_queries(1):
        absences(people, FIRST, LAST, "en")


def test_every_calendar_object_of_one_row_is_served_by_one_lookup() -> None:
    ensure_place_calendar(country="ES")
    ana, bea = HolidayCalendar.objects.get(), HolidayCalendar.objects.get()
    found = absences([("Ana", ana), ("Bea", bea)], date(2026, 12, 8), date(2026, 12, 8), "en")
    assert [each.people for each in found] == [("Ana", "Bea")]


@pytest.mark.parametrize(
    ("language", "day", "name"),
    [("en-GB", "Tue 8 Dec", "Immaculate Conception"), ("es-ES", "mar, 8 dic", "Inmaculada Concepción")],
)
def test_list_speaks_the_readers_language(language: str, day: str, name: str) -> None:
    found = absences([("Ana", ensure_place_calendar(country="ES"))], FIRST, LAST, language)
    html = Template("{% load absences %}{% absence_list found %}").render(
        Context({"found": found, "reader": Reader(language, "UTC")})
    )
    assert day in html
    assert name in html
    assert "Ana" in html


def test_chart_puts_dates_where_they_are_and_names_the_months_that_have_room() -> None:
    eighth = Absence(date(2026, 12, 8), date(2026, 12, 8), Cause(Reason.HOLIDAY, "Ours"), ("Ana",))
    chart = absence_chart([eighth], Scale(FIRST, LAST, is_mirrored=False), Locale("es"))
    # 8 December is the eighth of 46 days.
    assert chart.rows == {"Ana": [Bar("15.217%", "2.174%", "holiday")]}
    assert [month.name for month in chart.months] == ["dic", "ene"]
    assert len(chart.mondays) == 6
    narrow = Scale(date(2026, 11, 28), date(2027, 1, 3), is_mirrored=False)
    assert [month.name for month in absence_chart([eighth], narrow, Locale("es")).months] == ["dic"]


def test_chart_runs_from_the_right_where_the_language_does() -> None:
    scale = Scale(FIRST, LAST, is_mirrored=True)
    assert scale.bar(date(2026, 12, 8), date(2026, 12, 8), "holiday").x == "82.609%"
    assert scale.bar(LAST, LAST, "holiday").x == "0.000%"
