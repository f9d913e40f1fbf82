"""Facts of law against the library, and what every calendar must be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holidays_app.calendars import (
    Calendar,
    UnknownCalendar,
    UnsupportedYear,
    categories,
    countries,
    country_name,
    days_between,
    default_working_hours,
    is_off,
    known_until,
    languages,
    names_language,
    subdivision_name,
    subdivisions,
    supported_years,
    weekend,
    year_days,
)

MON_FRI = ["mon", "tue", "wed", "thu", "fri"]
SUN_THU = ["mon", "tue", "wed", "thu", "sun"]
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6


# Facts, each with its source


def test_corpus_christi_is_kept_in_bavaria_and_not_in_berlin() -> None:
    # Bayern: Feiertagsgesetz, Art. 1 (1) 1; Berlin's Gesetz über die Sonn- und Feiertage does not list it.
    corpus_christi = date(2026, 6, 4)
    assert is_off(Calendar("DE", "BY"), corpus_christi)
    assert not is_off(Calendar("DE", "BE"), corpus_christi)


def test_peace_festival_is_kept_in_the_city_of_augsburg_only() -> None:
    # Bayern: Feiertagsgesetz, Art. 1 (2).
    assert is_off(Calendar("DE", "Augsburg"), date(2026, 8, 8))
    assert not is_off(Calendar("DE", "BY"), date(2026, 8, 8))


def test_national_day_of_catalonia_is_kept_in_catalonia_and_not_in_madrid() -> None:
    # Llei 1/1980, del 12 de juny; Madrid keeps 2 May (Ley 8/1984).
    assert is_off(Calendar("ES", "CT"), date(2026, 9, 11))
    assert not is_off(Calendar("ES", "MD"), date(2026, 9, 11))
    assert is_off(Calendar("ES", "MD"), date(2025, 5, 2))
    assert not is_off(Calendar("ES", "CT"), date(2025, 5, 2))


def test_china_works_on_the_weekends_that_pay_for_the_spring_festival() -> None:
    # State Council General Office, arrangement for 2026: off 1-3 January, at work on the 4th;
    # off 15-23 February, at work on the 14th and the 28th.
    days = days_between(Calendar("CN"), date(2026, 1, 1), date(2026, 3, 7))
    assert days.workdays == {date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)}
    assert {date(2026, 2, day) for day in (16, 17, 18, 19, 20, 23)} <= set(days.holidays)


def test_japan_keeps_substitute_holidays_and_the_day_between_two_holidays() -> None:
    # Act on National Holidays, article 3: (2) 6 May since 3 May is a Sunday, (3) 22 September between two.
    days = year_days(Calendar("JP"), 2026)
    assert {date(2026, 5, 6), date(2026, 9, 22)} <= set(days.holidays)


def test_christmas_eve_is_a_half_day_in_iceland() -> None:
    # Act 88/1971 on the forty-hour working week, article 6: from 13:00 on 24 and 31 December.
    days = year_days(Calendar("IS"), 2026)
    assert set(days.half_days) == {date(2026, 12, 24), date(2026, 12, 31)}
    assert date(2026, 12, 24) not in days.holidays
    assert date(2026, 12, 25) in days.holidays


def test_eve_of_republic_day_is_half_and_republic_day_whole_in_turkey() -> None:
    # Law 2429, article 1: from 13:00 on 28 October, and all of 29 October.
    days = year_days(Calendar("TR"), 2026)
    assert date(2026, 10, 28) in days.half_days
    assert date(2026, 10, 29) in days.holidays


def test_eid_is_estimated_in_morocco_and_throne_day_is_not() -> None:
    # The first of Shawwal is proclaimed upon sighting; Throne Day is 30 July by decree 2-00-166.
    days = year_days(Calendar("MA"), 2030, "en")
    eid = next(day for day, name in days.holidays.items() if "Fitr" in name)
    assert eid in days.estimated
    assert date(2030, 7, 30) in days.holidays
    assert date(2030, 7, 30) not in days.estimated


def test_emirates_rest_on_saturday_and_sunday_since_2022() -> None:
    # Announced by the Government of the UAE on 7 December 2021; before, Friday and Saturday.
    assert weekend("AE") == {SATURDAY, SUNDAY}
    assert weekend("AE", on_date=date(2021, 6, 1)) == {FRIDAY, SATURDAY}
    assert list(default_working_hours("AE")) == MON_FRI


def test_saudi_arabia_works_from_sunday_to_thursday() -> None:
    # Royal decree of 23 June 2013.
    assert weekend("SA") == {FRIDAY, SATURDAY}
    assert list(default_working_hours("SA")) == SUN_THU


def test_libya_of_whose_weekend_the_library_says_nothing_rests_as_cldr_says() -> None:
    assert weekend("LY") == {FRIDAY, SATURDAY}
    assert list(default_working_hours("LY")) == SUN_THU


@pytest.mark.parametrize("country", ["IN", "UG", "AQ"])
def test_saturday_is_no_default_office_day_where_cldr_names_one_day_or_none(country: str) -> None:
    assert weekend(country) == {SATURDAY, SUNDAY}


def test_kelantan_rests_on_friday_and_saturday_and_the_rest_of_malaysia_does_not() -> None:
    assert weekend("MY", "03") == {FRIDAY, SATURDAY}
    assert weekend("MY") == {SATURDAY, SUNDAY}


@pytest.mark.parametrize("country", ["HK", "VE", "PY", "NE", "CD", "AI", "KN", "TK"])
def test_a_single_rest_day_in_the_law_does_not_make_saturday_a_default_office_day(country: str) -> None:
    assert list(default_working_hours(country)) == MON_FRI


def test_iran_rests_on_friday_only_as_the_law_and_cldr_both_say() -> None:
    assert weekend("IR") == {FRIDAY}


def test_default_working_hours_are_nine_to_five() -> None:
    assert default_working_hours("RO") == {day: [["09:00", "17:00"]] for day in MON_FRI}


# Every calendar


def test_all_250_countries_have_a_calendar_for_2026() -> None:
    assert len(countries()) == 250
    for country in countries():
        days = year_days(Calendar(country, None, categories(country)), 2026, "es-MX")
        assert all(day.year == 2026 and name for day, name in {**days.holidays, **days.half_days}.items())
        assert list(days.holidays) == sorted(days.holidays)
        assert not set(days.holidays) & set(days.half_days)
        assert not days.workdays & (set(days.holidays) | set(days.half_days))
        assert days.estimated <= set(days.holidays) | set(days.half_days)
        assert all(day.year == 2026 for day in days.workdays)


@pytest.mark.parametrize("country", ["AU", "CA", "CH", "DE", "ES", "GB", "IN", "IT", "MY", "NZ", "US"])
def test_every_subdivision_keeps_what_the_whole_country_keeps_or_says_otherwise(country: str) -> None:
    for subdivision in subdivisions(country):
        assert year_days(Calendar(country, subdivision), 2026).holidays
        assert subdivision_name(country, subdivision)


@pytest.mark.parametrize("country", countries())
def test_first_and_last_supported_years_can_be_read_and_the_next_ones_cannot(country: str) -> None:
    known = supported_years(country)
    for year in (known[0], known[-1]):
        # The library warns of years for which it lacks data, and a warning is an error here.
        assert year_days(Calendar(country), year).language
    for year in (known[0] - 1, known[-1] + 1):
        with pytest.raises(UnsupportedYear) as refused:
            year_days(Calendar(country), year)
        assert str(known[0]) in str(refused.value)
        assert str(known[-1]) in str(refused.value)
    assert known_until(country) == date(known[-1], 12, 31)


def test_the_years_of_india_are_still_those_the_library_has_data_for() -> None:
    known = supported_years("IN")
    for year in (known[0] - 1, known[-1] + 1):
        with pytest.warns(UserWarning, match=f"only from {known[0]} to {known[-1]}"):
            holidays.country_holidays("IN", years=year)


@pytest.mark.parametrize("country", countries())
def test_estimated_dates_are_the_ones_the_library_labels_and_no_label_is_left_in_a_name(country: str) -> None:
    entity = getattr(holidays, country)
    label = getattr(entity, "estimated_label", "")
    kinds = tuple(kind for kind in categories(country) if kind != "half_day")
    year = min(2031, supported_years(country)[-1])
    for language in languages(country):
        library = entity(years=year, language=language.replace("-", "_"), categories=kinds)
        word = library.tr(label).replace("%s", "").strip(" ()（）")
        labelled = {day for day, name in library.items() if word and word in name}
        days = year_days(Calendar(country, None, kinds), year, language)
        assert days.language == language
        assert days.estimated.intersection(days.holidays) == labelled
        assert set(days.holidays) == set(library)
        assert not word or not any(word in name for name in days.holidays.values())


@given(st.dates(date(2010, 1, 1), date(2025, 12, 31)), st.integers(0, 800), st.sampled_from(countries()))
def test_days_between_are_the_days_of_the_years_that_lie_between(first: date, length: int, country: str) -> None:
    last = date.fromordinal(first.toordinal() + length)
    known = supported_years(country)
    if first.year < known[0] or last.year > known[-1]:
        with pytest.raises(UnsupportedYear):
            days_between(Calendar(country), first, last)
        return
    days = days_between(Calendar(country), first, last)
    years = [year_days(Calendar(country), year) for year in range(first.year, last.year + 1)]
    for part in ("holidays", "half_days", "workdays", "estimated"):
        expected = {day for year in years for day in getattr(year, part) if first <= day <= last}
        assert set(getattr(days, part)) == expected


def test_reversed_dates_are_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        days_between(Calendar("ES"), date(2026, 2, 1), date(2026, 1, 1))


def test_range_that_leaves_the_known_years_is_refused_as_a_whole() -> None:
    last = known_until("LK")
    with pytest.raises(UnsupportedYear):
        days_between(Calendar("LK"), last, date(last.year + 1, 1, 1))


# Kinds of holiday


def test_half_days_do_not_depend_on_the_kinds_asked_for_and_are_never_days_off() -> None:
    plain = year_days(Calendar("IS"), 2026)
    with_half_days = year_days(Calendar("IS", None, ("public", "half_day")), 2026)
    only_half_days = year_days(Calendar("IS", None, ("half_day",)), 2026)
    assert plain.half_days == with_half_days.half_days == only_half_days.half_days
    assert plain.holidays == with_half_days.holidays
    assert not only_half_days.holidays


def test_more_kinds_of_holiday_only_add_days() -> None:
    public = year_days(Calendar("CH", "ZH"), 2026).holidays
    every = year_days(Calendar("CH", "ZH", categories("CH")), 2026).holidays
    assert set(public) < set(every)


# Bad input


@pytest.mark.parametrize(
    ("calendar", "field"),
    [
        (Calendar("XX"), "country"),
        (Calendar("es"), "country"),
        (Calendar("Spain"), "country"),
        (Calendar(""), "country"),
        (Calendar("ES\x00"), "country"),
        (Calendar("ES", "BY"), "subdivision"),
        (Calendar("ES", ""), "subdivision"),
        (Calendar("AG", "10"), "subdivision"),
        (Calendar("FR", "GES"), "subdivision"),
        (Calendar("ES", None, ("bank",)), "categories"),
        (Calendar("ES", None, ("public", "PUBLIC")), "categories"),
        (Calendar("ES", None, ()), "categories"),
    ],
)
def test_what_a_country_lacks_is_refused_by_field(calendar: Calendar, field: str) -> None:
    with pytest.raises(UnknownCalendar) as refused:
        year_days(calendar, 2026)
    assert refused.value.field == field
    assert refused.value.message


@pytest.mark.parametrize("alias", ["UK", "GBR"])
def test_alias_of_a_country_has_the_days_of_the_country(alias: str) -> None:
    assert year_days(Calendar(alias), 2026) == year_days(Calendar("GB"), 2026)
    assert alias not in countries()


def test_subdivision_may_be_given_by_its_name() -> None:
    assert year_days(Calendar("DE", "Bayern"), 2026) == year_days(Calendar("DE", "BY"), 2026)


# Languages


@pytest.mark.parametrize(
    ("country", "requested", "named_in"),
    [
        ("ES", None, "es"),
        ("ES", "es-MX", "es"),
        ("MX", "es", "es"),
        ("ES", "ro", "en-US"),
        ("DE", "en-GB", "en-US"),
        ("GB", "en-AU", "en-US"),
        ("GB", "en-GB", "en-GB"),
        ("IN", "hi-IN", "hi"),
        ("NO", "nb", "no"),
        ("PH", "tl", "fil"),
        ("TW", "zh-Hans", "zh-CN"),
        ("CN", "zh-Hant-HK", "zh-TW"),
        ("HK", "zh-HK", "zh-HK"),
        ("BR", "pt-PT", "pt-BR"),
        ("NZ", "de", "en"),
        ("ES", "", "en-US"),
        ("ES", "not a language", "en-US"),
    ],
)
def test_names_are_in_the_nearest_language_and_say_so(country: str, requested: str | None, named_in: str) -> None:
    assert names_language(country, requested) == named_in
    assert year_days(Calendar(country), 2026, requested).language == named_in


def test_same_holiday_is_named_in_each_language() -> None:
    christmas = date(2026, 12, 25)
    names = {tag: year_days(Calendar("ES"), 2026, tag).holidays[christmas] for tag in ("es", "en", "ca")}
    assert names == {"es": "Natividad del Señor", "en": "Christmas Day", "ca": "Nativitat del Senyor"}


def test_language_of_the_process_changes_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "uk")
    # A place that no other test builds, so that it is built here.
    assert year_days(Calendar("ES", "CE"), 2018).holidays[date(2018, 12, 25)] == "Natividad del Señor"


def test_dates_within_english_names_cannot_be_read_two_ways() -> None:
    names = year_days(Calendar("CN"), 2026, "en").holidays
    assert names[date(2026, 1, 2)] == "Day off (substituted from 2026-01-04)"


def test_every_country_has_a_name_in_english_and_spanish() -> None:
    for country in countries():
        assert country_name(country, "en") != country
        assert country_name(country, "es") != country
    assert country_name("DE", "es-CO") == "Alemania"
    assert country_name("DE", "xx-nonsense") == "Germany"


@pytest.mark.parametrize(
    ("country", "code", "name"),
    [("ES", "CT", "Cataluña"), ("FR", "971", "Guadeloupe"), ("CH", "UR", "Uri"), ("NL", "Noord", "Noord")],
)
def test_subdivision_has_the_name_the_country_writes(country: str, code: str, name: str) -> None:
    assert subdivision_name(country, code) == name


# Cost


def test_a_year_is_built_once_and_shared() -> None:
    calendar = Calendar("AT", "9")
    assert year_days(calendar, 2026, "de") is year_days(Calendar("AT", "9"), 2026, "de-AT")
    with pytest.raises(TypeError):
        year_days(calendar, 2026).holidays[date(2026, 3, 3)] = "Mine"  # type: ignore[index]


def test_threads_that_ask_at_once_are_told_the_same() -> None:
    wanted = [Calendar(country) for country in countries()[::10]] * 4
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda calendar: year_days(calendar, 2019, "en"), wanted))
    assert found == [year_days(calendar, 2019, "en") for calendar in wanted]
