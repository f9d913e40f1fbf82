"""Visits to clients' pages: another language or zone for a while, and the way back in for who has lost the link."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.links import Purpose, link_for
from clients.models import AccountManager, Contact
from scheduling.meetings.models import Meeting
from scheduling.outreach.letters import Supplies, letter_of
from scheduling.outreach.linking import shown_link
from scheduling.outreach.models import LinkRequest, Message
from scheduling.outreach.selectors import correspondences
from scheduling.outreach.services import plan
from scheduling.outreach.views.visits import ASKED_AT_MOST
from tests.clients.sending import sent_by
from tests.outreach.private import visitor
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

HOME, ZONE, LOST = "/you/", "/you/zone/", "/you/lost/"


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Test")


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    client = make_client(manager.teams.get(), name="Sample Sails")
    return make_contact(client, full_name="Ion Sample", language="en-GB", email="ion@client.example")


@pytest.fixture
def meeting(manager: AccountManager, contact: Contact) -> Meeting:
    now = timezone.now()
    # 22:30 in Bucharest is the next day in Kolkata.
    start_at = (now + dt.timedelta(days=5)).replace(hour=20, minute=30, second=0, microsecond=0)
    return make_meeting(manager, [contact], start_at=start_at, booked_at=now, title="Weekly sync")


@pytest.fixture
def browser(contact: Contact) -> Browser:
    return visitor(contact, Purpose.HOME)


def choose_zone(browser: Browser, **fields: str) -> str:
    """What the page says that follows."""
    response = browser.post(ZONE, sent_by(browser.get(ZONE), **fields))
    assert response.status_code == 303, response.content.decode()
    return browser.get(response["Location"]).content.decode()


# Zones


@pytest.mark.parametrize(("named", "city"), [("Asia/Calcutta", "Kolkata"), ("europe/KIEV", "Kyiv")])
def test_device_elsewhere_is_noticed_by_any_name_of_its_zone(browser: Browser, named: str, city: str) -> None:
    # Sofia's clocks are those of Bucharest.
    browser.get(ZONE)
    Contact.objects.update(time_zone="Europe/Berlin")
    page = browser.get(HOME, {"device_zone": named}).content.decode()
    assert f"Are you in <bdi>{city}</bdi>?" in page
    assert "Berlin (GMT+1)" in page or "Berlin (GMT+2)" in page


@pytest.mark.parametrize("how_long", ["visit", "always"])
def test_device_without_a_city_is_taken_at_its_word(browser: Browser, how_long: str) -> None:
    asked = browser.get(HOME, {"device_zone": "Etc/GMT+11"})
    assert "Are you in <bdi>UTC−11</bdi>?" in asked.content.decode()
    assert "Etc/GMT+11" in sent_by(asked)["time_zone"]
    response = browser.post(ZONE, sent_by(asked, time_zone="Etc/GMT+11", how_long=how_long))
    assert "Times are shown in UTC−11 (GMT−11) now." in browser.get(response["Location"]).content.decode()


@pytest.mark.parametrize("zone", ["Europe/Bucharest", "Europe/Sofia", "Nowhere/Atlantis", "", "x" * 10_000])
def test_nothing_is_said_of_a_device_whose_clock_shows_the_same_or_whose_zone_nobody_knows(
    browser: Browser, zone: str
) -> None:
    response = browser.get(HOME, {"device_zone": zone})
    assert (response.status_code, response.content) == (204, b"")


def test_wrong_clock_of_a_device_is_told_and_changes_no_time(browser: Browser, meeting: Meeting) -> None:
    before = browser.get(HOME).context["page"].coming[0].attendance.meeting.start_at
    ahead = timezone.now() + dt.timedelta(hours=2)
    page = browser.get(HOME, {"device_zone": "Europe/Bucharest", "device_at": ahead.isoformat()}).content.decode()
    assert re.search(r"1(19|20) minutes ahead", page)
    late = browser.get(HOME, {"device_zone": "", "device_at": "2001-01-01T00:00:00Z"}).content.decode()
    assert "minutes behind" in late
    assert browser.get(HOME, {"device_zone": "", "device_at": "yesterday"}).status_code == 204
    assert browser.get(HOME).context["page"].coming[0].attendance.meeting.start_at == before


def test_zone_for_this_visit_moves_the_day_shown_and_no_meeting(
    browser: Browser, contact: Contact, meeting: Meeting
) -> None:
    there = meeting.start_at + dt.timedelta(hours=5, minutes=30)
    page = choose_zone(browser, time_zone="Asia/Calcutta", how_long="visit")
    assert "Times are shown in Kolkata (GMT+5:30) now." in page
    assert "No meeting has moved" in page
    assert "02:00" in page
    assert f"{there:%A} {there.day} {there:%B}" in page.replace(",", "")
    contact.refresh_from_db()
    assert contact.time_zone == "Europe/Bucharest"
    start_at = meeting.start_at
    meeting.refresh_from_db()
    assert meeting.start_at == start_at
    assert "Bucharest" in visitor(contact, Purpose.HOME).get(HOME).content.decode()
    # Who has said which zone they want is not asked again.
    assert browser.get(HOME, {"device_zone": "Asia/Tokyo"}).status_code == 204


def test_zone_from_now_on_is_the_profiles(browser: Browser, contact: Contact, meeting: Meeting) -> None:
    choose_zone(browser, time_zone="America/Bogota", how_long="visit")
    choose_zone(browser, time_zone="Asia/Tokyo", how_long="always")
    contact.refresh_from_db()
    assert contact.time_zone == "Asia/Tokyo"
    assert "Tokyo (GMT+9)" in browser.get(HOME).content.decode()


def test_zone_that_does_not_exist_is_refused_with_what_would_be_right(browser: Browser, contact: Contact) -> None:
    for zone in ("Mars/Olympus", "x" * 10_000, ""):
        response = browser.post(ZONE, sent_by(browser.get(ZONE), time_zone=zone, how_long="always"))
        assert response.status_code == 422, zone
        assert "time zone" in response.content.decode()
    contact.refresh_from_db()
    assert contact.time_zone == "Europe/Bucharest"


def test_who_has_no_link_to_the_whole_page_chooses_for_the_visit_alone(contact: Contact) -> None:
    browser = visitor(contact, Purpose.WISHES)
    response = browser.post(ZONE, sent_by(browser.get(ZONE), time_zone="Asia/Tokyo", how_long="always"))
    assert response.status_code == 303
    contact.refresh_from_db()
    assert contact.time_zone == "Europe/Bucharest"
    assert "Tokyo (GMT+9)" in browser.get("/you/wishes/").content.decode()


@pytest.mark.parametrize("page", ["https://elsewhere.example/", "//elsewhere.example", "/clients/"])
def test_choosing_leads_back_to_no_page_but_ours(browser: Browser, page: str) -> None:
    response = browser.post(ZONE, sent_by(browser.get(ZONE), time_zone="Asia/Tokyo", next=page))
    assert response["Location"] == HOME


# Languages


def test_language_menu_names_languages_as_their_speakers_do_and_holds_for_the_visit(
    browser: Browser, contact: Contact
) -> None:
    page = browser.get(HOME).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    browser.post("/you/language/", {"language": "es", "next": HOME, "csrfmiddlewaretoken": token[1]})
    spanish = browser.get(HOME).content.decode()
    assert '<html lang="es" dir="ltr">' in spanish
    for code, name in settings.LANGUAGES:
        assert re.search(rf'<option value="{code}" lang="{code}" (selected)?>{name}</option>', page)
        assert re.search(rf'<option value="{code}" lang="{code}" (selected)?>{name}</option>', spanish)
    assert '<html lang="es"' in browser.get("/p/nowhere/").content.decode()
    contact.refresh_from_db()
    assert contact.language == "en-GB"
    assert '<html lang="en-GB"' in visitor(contact, Purpose.HOME).get(HOME).content.decode()


# Lost links


def ask(email: str, address: str = "192.0.2.1") -> tuple[int, str, str]:
    """Status, target and text of the answer."""
    browser = Browser(REMOTE_ADDR=address)
    response = browser.post(LOST, {"email": email})
    page = browser.get(response["Location"]) if response.status_code == 303 else response
    return response.status_code, response.get("Location", ""), re.sub(r'value="\w{64}"', "", page.content.decode())


def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(contact: Contact) -> None:
    with CaptureQueriesContext(connection) as known:
        answer = ask(contact.email)
    with CaptureQueriesContext(connection) as unknown:
        other = ask("nobody@elsewhere.example", "192.0.2.2")
    assert answer == other
    # Statement by statement the same, so that there is no time to measure.
    shapes = [[re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in run] for run in (known, unknown)]
    assert shapes[0] == shapes[1]
    assert not any("clients_contact" in statement for statement in shapes[0])


def test_mail_with_the_link_goes_to_who_is_known_once_and_in_their_language(contact: Contact) -> None:
    contact.language = "de"
    contact.formality = "formal"
    contact.save()
    for email in ("ION@client.example", "ion@client.example", "nobody@elsewhere.example"):
        ask(email)
    plan(now=timezone.now())
    plan(now=timezone.now())
    message = Message.objects.get(kind=Message.Kind.LINK)
    assert message.contact == contact
    assert not LinkRequest.objects.exists()
    letter = letter_of(message, correspondences([message])[message.pk], now=timezone.now(), supplies=Supplies(link_for))
    assert letter.subject == "Ihr neuer Link"
    assert link_for(contact, Purpose.HOME, now=timezone.now()) in letter.text
    assert "Meine Seite öffnen" in letter.html
    shown = letter_of(
        message, correspondences([message])[message.pk], now=timezone.now(), supplies=Supplies(shown_link)
    )
    assert "/p/…/" in shown.text


def test_a_network_that_asks_too_often_waits_whatever_it_says_of_itself(contact: Contact) -> None:
    for number in range(ASKED_AT_MOST):
        assert ask(f"someone{number}@elsewhere.example")[0] == 303
    browser = Browser(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.7")
    refused = browser.post(LOST, {"email": contact.email})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert LinkRequest.objects.count() == ASKED_AT_MOST
    assert ask(contact.email, "192.0.2.9")[0] == 303


@pytest.mark.parametrize("email", ["", "ion", "ion@", "a" * 10_000 + "@client.example", "ion@client.example\0"])
def test_what_is_no_address_is_said_to_be_none(email: str) -> None:
    status, _target, page = ask(email)
    assert status == 422
    assert "Nothing was saved" in page or "mail address" in page
    assert not LinkRequest.objects.exists()


def test_ended_link_leads_to_the_way_back_in() -> None:
    assert f'href="{LOST}"' in Browser().get("/p/nowhere/").content.decode()
