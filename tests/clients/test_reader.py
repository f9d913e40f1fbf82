"""Dates and times as their reader writes them. Expected texts are CLDR's, written by hand."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation

from clients.models import Contact
from clients.reader import Reader, offset_label, reader_of, zone_label
from clients.templatetags.days import week_hours
from clients.templatetags.reading import spoken_to

AFTERNOON = dt.datetime(2026, 12, 8, 14, 30, tzinfo=dt.UTC)
SUMMER = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
BRITON = Reader("en-GB", "Europe/London")


def plain(text: str) -> str:
    """With ordinary spaces in place of the thin and unbreakable ones that CLDR uses."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("language", "clock", "time"),
    [
        ("en-GB", "", "14:30"),
        ("en-US", "", "2:30 PM"),
        ("en-US", "24", "14:30"),
        ("en-GB", "12", "2:30 pm"),
        ("es-ES", "", "14:30"),
        ("es-CO", "", "2:30 p. m."),
        ("es-CO", "24", "14:30"),
        ("de", "", "14:30"),
        ("ja", "", "14:30"),
    ],
)
def test_a_time_follows_the_language_unless_the_reader_says_otherwise(language: str, clock: str, time: str) -> None:
    assert plain(Reader(language, "UTC", clock).time(AFTERNOON)) == time


def test_midnight_and_noon_are_told_apart_on_both_clocks() -> None:
    midnight = dt.time(0, 5)
    assert plain(Reader("en-US", "UTC").wall_time(midnight)) == "12:05 AM"
    assert plain(Reader("en-US", "UTC").wall_time(dt.time(12, 5))) == "12:05 PM"
    assert Reader("en-US", "UTC", "24").wall_time(midnight) == "00:05"


@pytest.mark.parametrize(
    ("language", "short", "long", "full"),
    [
        ("en-GB", "Tue 8 Dec", "Tuesday, 8 December", "Tuesday, 8 December 2026"),
        ("en-US", "Tue, Dec 8", "Tuesday, December 8", "Tuesday, December 8, 2026"),
        ("es-CO", "mar, 8 de dic", "martes, 8 de diciembre", "martes, 8 de diciembre de 2026"),
        ("de", "Di., 8. Dez.", "Dienstag, 8. Dezember", "Dienstag, 8. Dezember 2026"),
    ],
)
def test_a_date_has_its_weekday_and_only_in_full_its_year(language: str, short: str, long: str, full: str) -> None:
    reader = Reader(language, "UTC")
    date = dt.date(2026, 12, 8)
    assert (reader.short_day(date), reader.long_day(date), reader.full_date(date)) == (short, long, full)


@pytest.mark.parametrize(
    ("zone", "at", "label"),
    [
        ("Asia/Kathmandu", AFTERNOON, "Kathmandu (GMT+5:45)"),
        ("America/St_Johns", AFTERNOON, "St John’s (GMT−3:30)"),
        ("America/St_Johns", SUMMER, "St John’s (GMT−2:30)"),
        ("Europe/London", AFTERNOON, "London (GMT)"),
        ("Europe/London", SUMMER, "London (GMT+1)"),
        ("Pacific/Kiritimati", AFTERNOON, "Kiritimati (GMT+14)"),
        ("Australia/Lord_Howe", AFTERNOON, "Lord Howe Island (GMT+11)"),
        ("Australia/Lord_Howe", SUMMER, "Lord Howe Island (GMT+10:30)"),
        ("Asia/Calcutta", AFTERNOON, "Kolkata (GMT+5:30)"),
    ],
)
def test_a_zone_is_labelled_with_its_city_and_the_offset_of_that_day(zone: str, at: dt.datetime, label: str) -> None:
    assert zone_label(zone, at, "en-GB") == label


def test_a_minus_is_a_minus_and_no_hyphen() -> None:
    assert offset_label("America/New_York", AFTERNOON) == "GMT\u22125"


def test_a_day_is_that_of_the_readers_wall() -> None:
    late = dt.datetime(2026, 12, 8, 23, 30, tzinfo=dt.UTC)
    assert BRITON.day_of(late) == dt.date(2026, 12, 8)
    assert BRITON.in_zone("Asia/Tokyo").day_of(late) == dt.date(2026, 12, 9)
    assert BRITON.moment(late) == "Tue 8 Dec, 23:30"


@pytest.mark.parametrize(
    ("days", "text"), [(0, "14:30"), (1, "Wed 14:30"), (-6, "Wed 14:30"), (7, "Tue 15 Dec, 14:30")]
)
def test_a_moment_near_now_is_told_in_short(days: int, text: str) -> None:
    assert BRITON.moment_near(AFTERNOON + dt.timedelta(days), AFTERNOON) == text


@pytest.mark.parametrize(("language", "first"), [("en-GB", 0), ("en-US", 6), ("ar-SA", 6), ("ar-EG", 5), ("es-ES", 0)])
def test_a_week_begins_as_usual_in_the_language(language: str, first: int) -> None:
    assert Reader(language, "UTC").first_weekday == first


def test_a_week_begins_as_the_reader_says() -> None:
    assert Reader("en-GB", "UTC", week_start="sat").first_weekday == 5


def test_a_range_of_dates_says_the_month_and_year_once_where_it_can() -> None:
    start = dt.date(2026, 11, 30)
    assert plain(BRITON.date_range(start, dt.date(2026, 12, 11))) == "30 Nov – 11 Dec 2026"


@pytest.mark.parametrize(
    ("language", "read"),
    [("es-CO", "es-CO"), ("en-AU", "en-AU"), ("ja-JP", "ja-JP"), ("pt-BR", "en"), ("zh-Hant-TW", "en")],
)
def test_somebody_without_texts_in_their_language_reads_english(language: str, read: str) -> None:
    assert reader_of(Contact(language=language, time_zone="Asia/Tokyo")).language == read


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en-GB", "Mon–Tue 09:00–12:00 and 13:30–17:00 · Sat 10:00–14:00"),
        ("de", "Mo–Di 09:00–12:00 und 13:30–17:00 · Sa 10:00–14:00"),
        ("ja", "月～火 9:00～12:00、13:30～17:00 · 土 10:00～14:00"),
        ("ar-EG", "السبت 10:00 ص–2:00 م · الاثنين–الثلاثاء 9:00 ص–12:00 م و1:30 م–5:00 م"),
    ],
)
def test_hours_of_a_week_are_joined_as_the_language_joins_them(language: str, text: str) -> None:
    whole: list[list[str]] = [["09:00", "12:00"], ["13:30", "17:00"]]
    hours = {"mon": whole, "tue": whole, "sat": [["10:00", "14:00"]]}
    assert plain(week_hours(hours, Reader(language, "UTC"))) == text


def test_a_day_and_its_time_are_joined_as_the_language_joins_them() -> None:
    assert Reader("ja", "UTC").with_time("3月2日", "9:00") == "3月2日 9:00"
    assert "،" in Reader("ar-EG", "UTC").with_time("2 مارس", "9:00")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en-CA", "Until <bdi>2:30 p.m.</bdi> &lt;"), ("en-GB", "Until <bdi>14:30</bdi>. &lt;")],
)
def test_a_sentence_has_one_full_stop_whatever_its_time_ends_with(language: str, said: str) -> None:
    sentence = "{% filter one_full_stop %}Until <bdi>{{ at|time:reader }}</bdi>. {{ sign }}{% endfilter %}"
    at = dt.datetime(2026, 3, 2, 14, 30, tzinfo=dt.UTC)
    values = {"at": at, "reader": Reader(language, "UTC"), "sign": "<"}
    assert plain(Template(f"{{% load reading %}}{sentence}").render(Context(values))) == said


@pytest.mark.parametrize(
    ("language", "address_as", "said"),
    [("ja", "", "鈴木花子様"), ("ja", "鈴木先生", "鈴木先生"), ("en", "", "鈴木花子")],
)
def test_a_page_speaks_to_somebody_as_they_wish_or_as_their_language_does(
    language: str, address_as: str, said: str
) -> None:
    with translation.override(language):
        assert spoken_to(Contact(full_name="鈴木花子", address_as=address_as)) == said
