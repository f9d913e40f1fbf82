"""The calendar pages, as an account manager sees them."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from holidays_app.calendars import Calendar, countries, known_until
from holidays_app.models import CalendarChange, HolidayCalendar
from holidays_app.services import ensure_place_calendar, personal_calendar
from tests.people import make_account_manager

pytestmark = pytest.mark.django_db


def signed_in(language: str = "en-GB") -> Client:
    client = Client()
    client.force_login(make_account_manager(language=language))
    return client


@pytest.fixture
def reader() -> Client:
    return signed_in()


def text_of(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


@pytest.mark.parametrize("path", ["", "1/", "1/2026/", "country/", "country/ES/2026/", "country/ES/CT/2026/"])
def test_pages_are_for_those_who_have_signed_in(path: str, client: Client) -> None:
    response = client.get(f"/calendars/{path}")
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("path", ["", "country/", "country/ES/2026/"])
def test_pages_only_read(path: str, reader: Client) -> None:
    assert reader.post(f"/calendars/{path}").status_code == 405


def test_every_country_can_be_chosen_by_its_name(reader: Client) -> None:
    options = re.findall(r'<option value="([A-Z]{2})">', reader.get("/calendars/").content.decode())
    assert sorted(options) == list(countries())


def test_year_of_any_country_can_be_looked_at(reader: Client) -> None:
    for country in countries()[::10]:
        response = reader.get(reverse("holidays_app:country_year", args=[country, 2026]))
        assert response.status_code == 200, country
        assert response.content.count(b"<table") == 12


def test_year_of_a_subdivision_names_its_own_holidays(reader: Client) -> None:
    text = text_of(reader.get("/calendars/country/ES/CT/2026/").content)
    assert "Spain · Cataluña 2026" in text
    assert "Fri 11 Sept National Day of Catalonia" in text


def test_year_in_spanish_is_all_in_spanish() -> None:
    text = text_of(signed_in("es-ES").get("/calendars/country/DE/BY/2026/").content)
    assert "Alemania · Bayern 2026" in text
    assert "Diciembre" in text or "diciembre" in text
    assert "inglés" in text


def test_names_in_another_language_are_marked_and_explained() -> None:
    html = signed_in("es-ES").get("/calendars/country/DE/2026/").content.decode()
    assert '<bdi lang="en-US">Christmas Day</bdi>' in html
    html = signed_in("es-ES").get("/calendars/country/ES/2026/").content.decode()
    assert '<bdi lang="es">Natividad del Señor</bdi>' in html


@pytest.mark.parametrize(("language", "first"), [("en-GB", "Monday"), ("en-US", "Sunday"), ("es-CO", "domingo")])
def test_weeks_start_as_in_the_readers_locale(language: str, first: str) -> None:
    html = signed_in(language).get("/calendars/country/RO/2026/").content.decode()
    assert re.findall(r'<abbr title="([^"]+)"', html)[0] == first


def test_half_days_estimates_and_working_weekends_are_marked_in_the_grid_and_in_words(reader: Client) -> None:
    china = reader.get("/calendars/country/CN/2026/").content
    assert b"cal-day--workday" in china
    assert "Sat 14 Feb Working day" in text_of(china)
    assert "Tue 17 Feb – Thu 19 Feb Chinese New Year" in text_of(china).replace("\u2009", " ")
    assert "Thu 24 Dec Christmas Eve (from 1pm) half day" in text_of(reader.get("/calendars/country/IS/2026/").content)
    morocco = reader.get("/calendars/country/MA/2030/").content
    assert b"cal-day--estimated" in morocco
    assert "estimated" in text_of(morocco)


def test_weekend_of_a_past_year_is_that_of_its_time(reader: Client) -> None:
    def first_weekend_day(year: int) -> str:
        html = reader.get(f"/calendars/country/AE/{year}/").content.decode()
        february = html.split('<h2 id="month-2">')[1]
        found = re.search(r'cal-day--rest">(\d+)<', february)
        assert found
        return found[1]

    # 5 February 2021 is a Friday, 5 February 2022 a Saturday.
    assert first_weekend_day(2021) == "5"
    assert first_weekend_day(2022) == "5"
    assert first_weekend_day(2023) == "4"


def test_kinds_of_holiday_can_be_chosen(reader: Client) -> None:
    response = reader.get("/calendars/country/?country=CH&categories=half_day&categories=public&year=2026")
    assert response.status_code == 302
    assert response["Location"] == "/calendars/country/CH/2026/?categories=half_day&categories=public"
    html = reader.get(response["Location"]).content.decode()
    assert len(re.findall(r'value="(?:half_day|public)"[^>]*checked', html)) == 2
    assert "/calendars/country/CH/2027/?categories=half_day&amp;categories=public" in html


def test_picker_leads_to_the_place_that_was_chosen(reader: Client) -> None:
    response = reader.get("/calendars/country/", {"country": "DE", "subdivision": "BY", "year": "2026"})
    assert response["Location"] == "/calendars/country/DE/BY/2026/"
    response = reader.get("/calendars/country/", {"country": "FR", "subdivision": "Zone A", "year": "2026"})
    assert reader.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({}, "This field is required"),
        ({"country": "XX", "year": "2026"}, "“XX” is not a country"),
        ({"country": "<b>", "year": "2026"}, "“&lt;b&gt;” is not a country"),
        ({"country": "DE", "subdivision": "CT", "year": "2026"}, "Germany has no subdivision “CT”"),
        (
            {"country": "DE", "categories": "bank", "year": "2026"},
            "Germany has no holidays of the kind “bank”",
        ),
        ({"country": "DE", "year": "1066"}, "Germany are known from 1991 to 2100"),
        ({"country": "DE", "year": "0"}, "greater than or equal to 1"),
        ({"country": "DE", "year": "soon"}, "whole number"),
        ({"country": "DE\x00", "year": "2026"}, "Null characters"),
    ],
)
def test_picker_says_what_is_wrong_with_a_choice(query: dict[str, str], says: str, reader: Client) -> None:
    response = reader.get("/calendars/country/", query)
    assert response.status_code == 400
    assert says in response.content.decode()


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("country/XX/2026/", 404, "“XX” is not a country"),
        ("country/uk/2026/", 404, "“uk” is not a country"),
        ("country/ES/BY/2026/", 404, "Spain has no subdivision “BY”"),
        ("country/ES/2026/?categories=bank", 400, "Spain has no holidays of the kind “bank”"),
        ("country/LK/2102/", 404, "Sri Lanka are known from 2003 to"),
        ("country/ES/0/", 404, "Spain are known from 2008 to 2100"),
        ("country/ES/99999999/", 404, "Spain are known from 2008 to 2100"),
        ("country/ES/-1/", 404, ""),
        ("4711/", 404, ""),
        ("4711/2026/", 404, ""),
    ],
)
def test_address_of_nothing_known_says_so(path: str, status: int, says: str, reader: Client) -> None:
    response = reader.get(f"/calendars/{path}")
    assert response.status_code == status
    assert says in response.content.decode()


def test_year_unknown_of_a_kept_calendar_leads_to_the_nearest_known(reader: Client) -> None:
    calendar = ensure_place_calendar(country="LK")
    last = known_until("LK").year
    response = reader.get(f"/calendars/{calendar.pk}/{last + 1}/")
    assert response.status_code == 404
    assert f'href="/calendars/{calendar.pk}/{last}/"' in response.content.decode()
    assert (
        f'href="/calendars/{calendar.pk}/{last + 1}/"'
        not in reader.get(f"/calendars/{calendar.pk}/{last}/").content.decode()
    )


def test_kept_calendar_shows_its_local_changes(reader: Client) -> None:
    calendar = HolidayCalendar.objects.create(country="ES", name="Example Foods")
    kinds = CalendarChange.Kind
    for kind, day, name in (
        (kinds.CLOSURE, "2026-08-10", "Company holiday"),
        (kinds.REMOVED, "2026-12-08", ""),
        (kinds.WORKDAY, "2026-09-12", ""),
    ):
        calendar.changes.create(kind=kind, first_date=day, last_date=day, name=name)
    text = text_of(reader.get(f"/calendars/{calendar.pk}/2026/").content)
    assert "Example Foods 2026" in text
    assert "Mon 10 Aug Company holiday" in text
    assert "Sat 12 Sept Working day" in text
    assert "Immaculate Conception" not in text


def test_list_shows_every_calendar_with_its_next_day_off(reader: Client) -> None:
    calendar = ensure_place_calendar(country="ES", subdivision="CT")
    text = text_of(reader.get("/calendars/").content)
    assert "Spain · Cataluña" in text
    assert "local change" not in text
    year_page = reader.get(f"/calendars/{calendar.pk}/")
    assert re.fullmatch(rf"/calendars/{calendar.pk}/20\d\d/", year_page["Location"])


def test_holidays_that_one_person_keeps_are_on_no_page(reader: Client) -> None:
    kept = personal_calendar(owner="contact-7", current=None, place=Calendar("DE"), not_kept=[dt.date(2027, 5, 6)])
    assert kept.is_personal
    for name, *arguments in (("calendar", kept.pk), ("year", kept.pk, 2027)):
        assert reader.get(reverse(f"holidays_app:{name}", args=arguments)).status_code == 404
    assert "one person" not in reader.get("/calendars/").content.decode()


def test_number_of_queries_does_not_grow_with_the_calendars(
    reader: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for country in countries()[:40]:
        calendar = ensure_place_calendar(country=country)
        calendar.changes.create(
            kind=CalendarChange.Kind.CLOSURE, first_date="2026-01-01", last_date="2026-01-01", name="Ours"
        )
    reader.get("/calendars/")
    # The session, its account manager, the switch, the calendars, and their changes.
    with django_assert_num_queries(5):
        reader.get("/calendars/")


def test_name_with_markup_is_shown_and_not_obeyed(reader: Client) -> None:
    HolidayCalendar.objects.create(country="ES", name="<script>alert(1)</script>")
    html = reader.get("/calendars/").content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html
