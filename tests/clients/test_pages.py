"""The client list: what it shows, what narrows it, and what it makes of bad input."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.models import AccountManager, Client, Contact, DayOff, Team
from holidays_app.services import ensure_place_calendar
from tests.clients.conftest import signed_in
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

LIST = "/clients/"


def page_of(browser: Browser, query: str = "", **headers: str) -> str:
    response = browser.get(f"{LIST}{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def at_work(own_contact: Contact) -> Contact:
    """Somebody who is always at work."""
    own_contact.working_hours = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    own_contact.save()
    return own_contact


def test_a_client_is_shown_with_its_people_and_their_time(browser: Browser, at_work: Contact) -> None:
    page = page_of(browser)
    assert "Own Ltd" in page
    assert "Cluj · Romania" in page
    assert "Ion Own" in page
    local = timezone.now().astimezone(at_work.zone)
    shown = {f"{moment:%H:%M}" for moment in (local, local - dt.timedelta(minutes=1))}
    assert any(f"<bdi>{time}</bdi>" in page for time in shown)
    assert "Bucharest (GMT+" in page
    assert "At work" in page


@pytest.mark.parametrize(("date", "hours"), [("2026-03-29", 23), ("2026-03-30", 24), ("2026-10-25", 25)])
def test_the_strip_goes_from_midnight_to_midnight(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, date: str, hours: int
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime.fromisoformat(f"{date}T12:00Z"))
    AccountManager.objects.update(time_zone="Europe/London")
    context = browser.get(LIST).context
    assert context["day_end"] - context["day_start"] == dt.timedelta(hours=hours)


def test_somebody_on_leave_is_away_and_not_at_work(browser: Browser, at_work: Contact) -> None:
    today = timezone.now().date()
    DayOff.objects.create(
        contact=at_work, first_date=today - dt.timedelta(days=1), last_date=today + dt.timedelta(days=1)
    )
    page = page_of(browser)
    assert "Away" in page
    assert "At work" not in page


def test_the_next_holiday_is_named_in_the_readers_language(team: Team, own_contact: Contact) -> None:
    Contact.objects.update(calendar=ensure_place_calendar(country="MX"))
    reader = make_account_manager(team, language="es-MX", time_zone="America/Mexico_City")
    page = page_of(signed_in(reader))
    assert "Own Ltd" in page
    assert any(
        name in page
        for name in ("Navidad", "Año Nuevo", "Constitución", "Benito Juárez", "Trabajo", "Independencia", "Revolución")
    )


def test_a_reader_of_another_language_reads_times_their_way(team: Team, at_work: Contact) -> None:
    american = make_account_manager(team, language="en-US", time_zone="America/New_York")
    assert re.search(r"<bdi>\d+:\d\d\s[AP]M</bdi>", page_of(signed_in(american)))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=own", True),
        ("?q=ion", True),
        ("?q=cluj", True),
        ("?q=nobody", False),
        ("?country=RO", True),
        ("?country=JP", False),
        ("?segment=standard", True),
        ("?segment=key", False),
        ("?q=own&country=RO&segment=standard", True),
    ],
)
def test_the_list_is_narrowed_without_a_script(
    browser: Browser, own_contact: Contact, team: Team, query: str, *, found: bool
) -> None:
    make_client(team, name="Another", country="JP", segment="key")
    assert ("Own Ltd" in page_of(browser, query)) is found


def test_the_list_is_narrowed_by_team(own_contact: Contact, foreign_contact: Contact) -> None:
    both = signed_in(make_account_manager(own_contact.client.team, foreign_contact.client.team))
    page = page_of(both, f"?team={own_contact.client.team_id}")
    assert "Own Ltd" in page
    assert "Foreign Ltd" not in page


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?q=%00", "q"),
        ("?q=" + "x" * 10_000, "q"),
        ("?team=abc", "team"),
        ("?team=999999999999999999999999", "team"),
        ("?country=XX", "country"),
        ("?country=%00", "country"),
        ("?segment=vip", "segment"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_at_its_field(
    browser: Browser, own_contact: Contact, query: str, field: str
) -> None:
    response = browser.get(LIST + query)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in response.content.decode()


def test_a_foreign_team_is_no_team(browser: Browser, own_contact: Contact, foreign_contact: Contact) -> None:
    assert browser.get(f"{LIST}?team={foreign_contact.client.team_id}").status_code == 400


@pytest.mark.parametrize("number", ["abc", "0", "-1", "999999", "1e9", "", "٣", "%00", "1;DROP"])
def test_a_page_that_does_not_exist_is_the_nearest_one(browser: Browser, own_contact: Contact, number: str) -> None:
    assert "Own Ltd" in page_of(browser, f"?page={number}")


@pytest.mark.parametrize("text", ["%25", "_", "\\", "'", '"', "%27%3B--", "<script>", "🙂", "%F0%9F", "ß", "İ"])
def test_any_text_can_be_searched_for(browser: Browser, own_contact: Contact, text: str) -> None:
    assert "Own Ltd" not in page_of(browser, f"?q={text}")


def test_htmx_is_given_the_results_alone_and_a_restored_page_the_whole(browser: Browser, own_contact: Contact) -> None:
    part = page_of(browser, "?q=own", **{"HX-Request": "true"})
    assert "Own Ltd" in part
    assert "<html" not in part
    whole = page_of(browser, "?q=own", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in whole
    assert "HX-Request" in browser.get(LIST).headers["Vary"]


def test_pages_keep_the_filter(browser: Browser, team: Team) -> None:
    for number in range(45):
        make_client(team, name=f"Client {number:02}", country="JP" if number < 30 else "RO")
    first = page_of(browser, "?country=JP")
    assert "30 clients" in first
    assert 'href="?country=JP&amp;page=2"' in first
    second = page_of(browser, "?country=JP&page=2")
    assert "Client 29" in second
    assert "Client 30" not in second


def test_a_client_without_contacts_says_what_to_do(browser: Browser, own_client: Client) -> None:
    page = page_of(browser)
    assert reverse("clients:contact_create", args=[own_client.pk]) in page


def test_contacts_beyond_the_fourth_are_counted(browser: Browser, own_client: Client) -> None:
    for number in range(6):
        make_contact(own_client, full_name=f"Person {number}")
    page = page_of(browser)
    assert "2 more contacts" in page
    assert "Person 3" in page
    assert "Person 4" not in page


def test_an_empty_list_says_what_to_do_next(browser: Browser, own_client: Client) -> None:
    assert "No client fits" in page_of(browser, "?q=nobody")
    Client.objects.all().delete()
    assert "Add the first organisation" in page_of(browser)
    lone = make_account_manager()
    assert "Ask an admin to add you" in page_of(signed_in(lone))


def test_names_are_isolated_from_the_direction_of_the_page_and_escaped(browser: Browser, team: Team) -> None:
    client = make_client(team, name="شركة & Co")
    Contact.objects.bulk_create([Contact(client=client, full_name="<b>Bold</b>", time_zone="UTC", language="en")])
    page = page_of(browser)
    assert "<bdi>شركة &amp; Co</bdi>" in page
    assert "<b>Bold" not in page


def test_the_number_of_queries_does_not_depend_on_the_number_of_clients(
    browser: Browser, manager: AccountManager, team: Team
) -> None:
    calendars = [ensure_place_calendar(country=country) for country in ("RO", "JP", "MX", "EG")]

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(browser)
        return len(captured)

    def add(count: int) -> None:
        for number in range(count):
            client = make_client(make_team() if number % 5 == 0 else team)
            manager.teams.add(client.team)
            for calendar in calendars:
                contact = make_contact(client, calendar=calendar)
                DayOff.objects.create(contact=contact, first_date="2026-01-01", last_date="2026-01-05")

    add(2)
    few = queries()
    add(18)
    assert queries() == few
    assert few <= 11
