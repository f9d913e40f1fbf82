"""What contacts say of the mail they want: on their page, by the button, and by one click of their mail program."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.links import Purpose
from clients.models import AccountManager, AuditEntry, Contact
from scheduling.outreach.models import CheckInPlan, Enrolment, MailWishes
from tests.clients.sending import sent_by
from tests.outreach.private import path_of, visitor
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

PAGE, BUTTON = "/you/wishes/", "/you/unsubscribe/"
Topic = MailWishes.Topic


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Test")


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    client = make_client(manager.teams.get(), name="Sample Sails")
    return make_contact(client, full_name="Ion Sample", language="en-GB", time_zone="Pacific/Auckland")


@pytest.fixture
def enrolment(contact: Contact, manager: AccountManager) -> Enrolment:
    plan = CheckInPlan.objects.create(client=contact.client, account_manager=manager, created_at=timezone.now())
    return Enrolment.objects.create(plan=plan, contact=contact, first_week_date=dt.date(2026, 11, 23))


@pytest.fixture
def browser(contact: Contact) -> Browser:
    return visitor(contact, Purpose.WISHES)


def send(browser: Browser, url: str = PAGE, **changes: Any) -> Any:
    """The page's form as it was served, with these changes."""
    return browser.post(url, sent_by(browser.get(url), **changes))


def unwanted(contact: Contact) -> set[str]:
    row = MailWishes.objects.filter(contact=contact).first()
    return set(row.unwanted) if row else set()


def today_of(contact: Contact) -> dt.date:
    return timezone.now().astimezone(ZoneInfo(contact.time_zone)).date()


# The page


def test_page_is_in_the_contacts_language_and_on_their_clock() -> None:
    contact = make_contact(language="es-CO", time_zone="America/Bogota")
    page = visitor(contact, Purpose.WISHES).get(PAGE).content.decode()
    assert '<html lang="es-CO" dir="ltr">' in page
    assert "Bogotá (GMT−5)" in page
    assert "Clients</a>" not in page


def test_page_says_that_it_is_in_another_language_than_theirs() -> None:
    page = visitor(make_contact(language="ko"), Purpose.WISHES).get(PAGE).content.decode()
    assert '<html lang="en"' in page
    assert "한국어" in page.split("</p>")[1]


def test_account_manager_who_opens_a_link_sees_it_as_its_contact_does(
    contact: Contact, manager: AccountManager
) -> None:
    contact.language = "es"
    contact.save()
    browser = Browser()
    browser.force_login(manager)
    browser.get(path_of(contact, Purpose.WISHES))
    assert '<html lang="es"' in browser.get(PAGE).content.decode()


def test_form_sent_as_it_was_shown_changes_nothing(browser: Browser, enrolment: Enrolment) -> None:
    before = Contact.objects.values().get()
    assert send(browser).status_code == 302
    assert Contact.objects.values().get() == before
    assert not MailWishes.objects.exists()
    assert not AuditEntry.objects.exists()


def test_wishes_are_stored_and_written_down_as_nobodys_of_ours(
    browser: Browser, contact: Contact, enrolment: Enrolment
) -> None:
    until = today_of(contact) + dt.timedelta(days=9)
    response = send(
        browser,
        check_ins="monthly",
        surveys=None,
        paused_until_date=until.isoformat(),
        language="de",
        formality="formal",
        address_as="Herr Sample",
        preferred_channel="phone",
        reminder_minutes=["1440"],
    )
    assert response.status_code == 302
    contact.refresh_from_db()
    enrolment.refresh_from_db()
    assert enrolment.frequency == "monthly"
    assert unwanted(contact) == {Topic.SURVEYS}
    assert contact.mail_wishes.paused_until_date == until
    assert (contact.language, contact.formality, contact.address_as) == ("de", "formal", "Herr Sample")
    assert (contact.preferred_channel, contact.reminder_minutes) == ("phone", [1440])
    entries = AuditEntry.objects.all()
    assert {entry.subject_type for entry in entries} == {
        "clients.contact",
        "outreach.mailwishes",
        "outreach.enrolment",
    }
    assert {(entry.actor_id, entry.details["contact"]) for entry in entries} == {(None, contact.pk)}
    assert "Herr" not in str(list(entries.values()))


def test_page_confirms_what_was_saved_and_shows_it(browser: Browser, contact: Contact) -> None:
    until = today_of(contact) + dt.timedelta(days=9)
    send(browser, paused_until_date=until.isoformat())
    page = browser.get(PAGE).content.decode()
    assert "Saved. This holds from now on." in page
    assert "you get no check-ins and no questions" in page
    assert f'value="{until.isoformat()}"' in page


def test_never_and_then_some_keeps_the_rhythm_of_the_plan(
    browser: Browser, contact: Contact, enrolment: Enrolment
) -> None:
    send(browser, check_ins="none")
    enrolment.refresh_from_db()
    assert (unwanted(contact), enrolment.frequency) == ({Topic.CHECK_INS}, "weekly")
    send(browser, check_ins="fortnightly")
    enrolment.refresh_from_db()
    assert (unwanted(contact), enrolment.frequency) == (set(), "fortnightly")


def test_contact_without_a_plan_says_yes_or_never(browser: Browser, contact: Contact) -> None:
    send(browser, check_ins="none")
    assert unwanted(contact) == {Topic.CHECK_INS}
    assert send(browser, check_ins="weekly").status_code == 422
    send(browser, check_ins="wanted")
    assert unwanted(contact) == set()


def test_what_an_account_manager_changed_meanwhile_stays(browser: Browser, contact: Contact) -> None:
    shown = sent_by(browser.get(PAGE), preferred_channel="chat")
    Contact.objects.update(language="fr", reminder_minutes=[60])
    browser.post(PAGE, shown)
    contact.refresh_from_db()
    assert (contact.language, contact.reminder_minutes, contact.preferred_channel) == ("fr", [60], "chat")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("check_ins", "hourly", "hourly"),
        ("paused_until_date", "yesterday", "date"),
        ("paused_until_date", "2020-01-01", "today or a later day"),
        ("paused_until_date", "2999-01-01", "within a year"),
        ("language", "tlh", "tlh"),
        ("formality", "chummy", "chummy"),
        ("preferred_channel", "pigeon", "pigeon"),
        ("address_as", "<b>me</b>", "&lt; and &gt;"),
        ("address_as", "x" * 121, "120"),
        ("reminder_minutes", ["7"], "7"),
        ("reminder_minutes", ["15", "60", "240", "1440", "2880", "10080"], "five"),
    ],
)
def test_bad_wish_is_refused_by_name_and_nothing_is_written(
    field: str, value: str | list[str], words: str, browser: Browser, enrolment: Enrolment
) -> None:
    before = Contact.objects.values().get()
    changes: Any = {field: value}
    response = send(browser, surveys=None, **changes)
    assert response.status_code == 422
    page = response.content.decode()
    assert f'href="#id_{field}"' in page
    assert words in page
    assert Contact.objects.values().get() == before
    assert not MailWishes.objects.exists()


def test_today_is_the_contacts_own_day(browser: Browser, contact: Contact) -> None:
    # In Auckland it is half a day later than in UTC, and earlier on the other side of the world.
    assert send(browser, paused_until_date=today_of(contact).isoformat()).status_code == 302
    yesterday = today_of(contact) - dt.timedelta(days=1)
    assert send(browser, paused_until_date=yesterday.isoformat()).status_code == 422


def test_form_of_one_contact_changes_nothing_of_another_whose_link_was_opened_after(
    browser: Browser, contact: Contact
) -> None:
    other = make_contact(contact.client)
    sent = sent_by(browser.get(PAGE), check_ins="none")
    browser.get(path_of(other, Purpose.WISHES))
    assert browser.post(PAGE, sent).status_code == 409
    assert not MailWishes.objects.exists()


def test_page_takes_no_form_without_its_token(browser: Browser) -> None:
    sent = sent_by(browser.get(PAGE), check_ins="none")
    sent.pop("csrfmiddlewaretoken")
    assert browser.post(PAGE, sent).status_code == 403
    assert not MailWishes.objects.exists()


# Unsubscribe


def test_one_click_stops_check_ins_and_questions_without_a_cookie(contact: Contact) -> None:
    program = Browser(enforce_csrf_checks=True)
    url = path_of(contact, Purpose.UNSUBSCRIBE)
    for _ in range(2):
        response = program.post(url, {"List-Unsubscribe": "One-Click"})
        assert response.status_code in (200, 204)
        assert not response.cookies
        assert unwanted(contact) == {Topic.CHECK_INS, Topic.SURVEYS}
    assert AuditEntry.objects.count() == 1


def test_one_click_comes_as_either_kind_of_form(contact: Contact) -> None:
    body = "List-Unsubscribe=One-Click"
    program = Browser(enforce_csrf_checks=True)
    url = path_of(contact, Purpose.UNSUBSCRIBE)
    assert program.post(url, body, content_type="application/x-www-form-urlencoded").status_code == 204
    assert unwanted(contact)


def test_one_click_keeps_the_pause_and_the_rhythm(contact: Contact, enrolment: Enrolment) -> None:
    MailWishes.objects.create(contact=contact, paused_until_date=dt.date(2027, 1, 4))
    Browser().post(path_of(contact, Purpose.UNSUBSCRIBE), {"List-Unsubscribe": "One-Click"})
    contact.refresh_from_db()
    enrolment.refresh_from_db()
    assert (contact.mail_wishes.paused_until_date, enrolment.frequency) == (dt.date(2027, 1, 4), "weekly")


@pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "Two-Clicks"}, {"One-Click": "List-Unsubscribe"}])
def test_other_posts_are_refused_and_change_nothing(contact: Contact, body: dict[str, str]) -> None:
    response = Browser().post(path_of(contact, Purpose.UNSUBSCRIBE), body)
    assert response.status_code == 400
    assert "List-Unsubscribe=One-Click" in response.content.decode()
    assert not unwanted(contact)


def test_one_click_at_a_link_of_another_purpose_is_refused(contact: Contact) -> None:
    url = path_of(contact, Purpose.WISHES) + "unsubscribe/"
    assert Browser().post(url, {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert not unwanted(contact)


def test_person_who_follows_the_header_finds_one_button_and_can_undo_it(contact: Contact) -> None:
    browser = visitor(contact, Purpose.UNSUBSCRIBE)
    page = browser.get(BUTTON).content.decode()
    assert page.partition("<main")[2].count("<button") == 1
    assert not unwanted(contact)
    send(browser, BUTTON, act="stop")
    assert unwanted(contact) == {Topic.CHECK_INS, Topic.SURVEYS}
    page = browser.get(BUTTON).content.decode()
    assert "You get no more check-ins" in page
    send(browser, BUTTON, act="resume")
    assert unwanted(contact) == set()


def test_button_needs_its_token(contact: Contact) -> None:
    browser = visitor(contact, Purpose.UNSUBSCRIBE)
    assert browser.post(BUTTON, {"act": "stop"}).status_code == 403
    assert not unwanted(contact)
