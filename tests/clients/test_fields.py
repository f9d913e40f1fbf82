"""Form fields of their own: what they offer, and what they take."""

import pytest

from clients.fields import CalendarField, LanguageWidget, TimeZoneField, TimeZoneSelect, lead_time, zone_choices
from holidays_app.models import HolidayCalendar
from holidays_app.services import ensure_place_calendar


def test_zones_of_the_clients_country_come_first() -> None:
    (_blank, (country, near), (_elsewhere, others)) = zone_choices("BR")
    assert country == "Brazil"
    assert ("America/Sao_Paulo", "Sao Paulo — America/Sao_Paulo") in near
    assert ("Europe/Bucharest", "Bucharest — Europe/Bucharest") in others
    assert not set(near) & set(others)


def test_an_old_zone_that_is_stored_is_shown_under_its_new_name() -> None:
    assert TimeZoneField().prepare_value("Asia/Calcutta") == "Asia/Kolkata"


def test_a_zone_without_a_city_is_taken_and_shown_but_not_on_offer() -> None:
    field = TimeZoneField()
    assert field.clean("Etc/GMT+11") == "Etc/GMT+11"
    assert isinstance(field.widget, TimeZoneSelect)
    option = '<option value="Etc/GMT+11" selected>UTC−11</option>'
    assert option in field.widget.render("time_zone", "Etc/GMT+11")
    assert "Etc/" not in field.widget.render("time_zone", "Mars/Olympus")


def test_a_language_is_suggested_by_what_its_speakers_call_it() -> None:
    html = LanguageWidget().render("language", "es-CO", {"id": "id_language"})
    assert '<option value="es-CO" label="español (Colombia)" lang="es-CO">' in html


@pytest.mark.django_db
def test_calendars_are_sorted_by_title() -> None:
    for country in ("DE", "AT", "JP"):
        ensure_place_calendar(country=country)
    HolidayCalendar.objects.create(name="Aardvark works", country="ZA")
    labels = [label for _, label in CalendarField().widget.choices]
    assert labels == ["None: no holidays are kept", "Aardvark works", "Austria", "Germany", "Japan"]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (15, "15 minutes before"),
        (60, "1 hour before"),
        (90, "90 minutes before"),
        (1440, "1 day before"),
        (2880, "2 days before"),
    ],
)
def test_a_lead_time_is_told_in_its_largest_whole_unit(minutes: int, words: str) -> None:
    assert lead_time(minutes) == words
