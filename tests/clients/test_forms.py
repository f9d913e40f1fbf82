"""What the forms accept, and what they refuse: at the field, saying what would be right, with nothing written."""

from importlib import import_module
from typing import Any

import pytest
from django import forms
from django.test import Client as Browser
from django.urls import reverse

from clients.fields import LinesInput
from clients.models import AccountManager, AuditEntry, Client, Contact, DayOff
from holidays_app.services import ensure_place_calendar
from tests.clients.sending import Sent, changed, errors_of, sent_by
from tests.people import make_client, make_contact, make_team

pytestmark = pytest.mark.django_db


def test_an_end_of_a_line_is_one_character_as_where_it_is_typed(
    browser: Browser, own_contact: Contact, contact_url: str, contact_sent: Sent
) -> None:
    typed = "\n".join(["x" * 39] * 100)
    assert browser.post(contact_url, changed(contact_sent, notes=typed.replace("\n", "\r\n") + "y")).status_code == 302
    own_contact.refresh_from_db()
    assert own_contact.notes == typed + "y"
    assert len(own_contact.notes) == 4000


def test_every_box_for_several_lines_counts_them_so() -> None:
    import_module("config.urls")
    forms_ = [form for form in _subclasses(forms.BaseForm) if form.__module__.startswith(("clients.", "scheduling."))]
    boxes = {
        (form, name): field.widget
        for form in forms_
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, forms.Textarea) and ".admin" not in form.__module__
    }
    assert len(boxes) > 10
    assert [key for key, widget in boxes.items() if not isinstance(widget, LinesInput)] == []


def _subclasses(of: type[Any]) -> list[type[Any]]:
    direct: list[type[Any]] = of.__subclasses__()
    return [deeper for one in direct for deeper in (one, *_subclasses(one))]


REFUSED = [
    ("full_name", "", "required"),
    ("full_name", "Ion\nOwn", "line breaks"),
    ("full_name", "Ion\u2028Own", "line breaks"),
    ("full_name", "Ion\x00Own", "Null characters"),
    ("full_name", "<b>Ion</b>", "< and >"),
    ("full_name", "x" * 10_000, "at most 120"),
    ("address_as", "Ion\tOwn", "control characters"),
    ("native_name", "<script>", "< and >"),
    ("job_title", "Head\rof", "control characters"),
    ("email", "ion", "valid email"),
    ("email", "ion@", "valid email"),
    ("phone", "123", "phone number"),
    ("phone", "call me", "phone number"),
    ("language", "tlh", "BCP 47"),
    ("language", "x" * 10_000, "BCP 47"),
    ("time_zone", "Mars/Olympus", "IANA name"),
    ("time_zone", "", "required"),
    ("time_zone", "Europe/London\x00", "IANA name"),
    ("clock", "13", "not one of the available choices"),
    ("week_start", "wed", "not one of the available choices"),
    ("preferred_channel", "pigeon", "not one of the available choices"),
    ("calendar", "999999", "not one of the available choices"),
    ("calendar", "abc", "not one of the available choices"),
    ("buffer_minutes", "-5", "greater than or equal to 0"),
    ("buffer_minutes", "241", "less than or equal to 240"),
    ("buffer_minutes", "ten", "whole number"),
    ("notes", "x" * 4001, "at most 4000"),
    ("reminder_minutes", "7", "not one of the available choices"),
    ("working_hours-wed-0-until", "", "Wednesday: fill in both times"),
    ("working_hours-wed-0-from", "25:00", "Wednesday: “25:00” is not a time"),
    ("preferred_hours-fri-1-from", "10:00", "Friday: fill in both times"),
    ("reachable_hours-sun-0-until", "26:00", "Sunday: “26:00” is not a time"),
]


@pytest.mark.parametrize(("field", "value", "message"), REFUSED)
def test_a_contact_is_refused_at_its_field(
    browser: Browser, own_contact: Contact, contact_url: str, contact_sent: Sent, field: str, value: str, message: str
) -> None:
    before = Contact.objects.values().get(pk=own_contact.pk)
    response = browser.post(contact_url, changed(contact_sent, **{field: value}))
    errors = errors_of(response)
    name = field.split("-", maxsplit=1)[0]
    assert list(errors) == [name]
    assert message.lower() in " ".join(errors[name]).lower()
    assert f'href="#id_{name}"' in response.content.decode()
    assert "<h1><bdi>Ion Own</bdi></h1>" in response.content.decode()
    assert Contact.objects.values().get(pk=own_contact.pk) == before
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("time_zone", "Asia/Calcutta", "Asia/Kolkata"),
        ("time_zone", "Europe/Kiev", "Europe/Kyiv"),
        ("time_zone", "europe/paris", "Europe/Paris"),
        ("language", "ES-co", "es-CO"),
        ("language", "español (Colombia)", "es-CO"),
        ("language", "日本語", "ja"),
        ("phone", "021 305 1000", "+40 21 305 1000"),
        ("phone", "+40 21 305 1000", "+40 21 305 1000"),
        ("full_name", "María-José O’Brien 3rd", "María-José O’Brien 3rd"),
        ("native_name", "ليلى المنصوري", "ليلى المنصوري"),
        ("email", "", ""),
    ],
)
def test_what_is_meant_is_stored(
    browser: Browser, own_contact: Contact, contact_url: str, contact_sent: Sent, field: str, value: str, stored: str
) -> None:
    assert browser.post(contact_url, changed(contact_sent, **{field: value})).status_code == 302
    own_contact.refresh_from_db()
    assert str(getattr(own_contact, field)) == stored
    assert AuditEntry.objects.get().details == {"fields": [field]}


def test_sending_a_contact_back_unchanged_changes_nothing(
    browser: Browser, own_contact: Contact, contact_url: str
) -> None:
    own_contact.working_hours = {"mon": [["08:00", "09:00"], ["10:00", "11:00"], ["22:00", "04:00"]]}
    own_contact.preferred_hours = {"mon": [["10:00", "11:00"]]}
    own_contact.reminder_minutes = [90, 45]
    own_contact.phone = "+40213051000"
    own_contact.calendar = ensure_place_calendar(country="RO")
    own_contact.save()
    before = Contact.objects.values().get(pk=own_contact.pk)
    assert browser.post(contact_url, sent_by(browser.get(contact_url))).status_code == 302
    assert Contact.objects.values().get(pk=own_contact.pk) == before
    assert not AuditEntry.objects.exists()


def test_an_audit_entry_names_the_fields_and_never_their_contents(
    browser: Browser, manager: AccountManager, own_contact: Contact, contact_url: str, contact_sent: Sent
) -> None:
    changes = {"full_name": "Very Secret", "notes": "Secret too", "time_zone": "Asia/Tokyo"}
    browser.post(contact_url, changed(contact_sent, **changes))
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.action, entry.subject_type, entry.subject_id) == (
        manager.pk,
        "update",
        "clients.contact",
        own_contact.pk,
    )
    assert entry.details == {"fields": ["full_name", "notes", "time_zone"]}


def test_two_people_who_edit_different_things_do_not_undo_each_other(
    browser: Browser, own_contact: Contact, contact_url: str, contact_sent: Sent
) -> None:
    other = sent_by(browser.get(contact_url))
    browser.post(contact_url, changed(contact_sent, job_title="Director"))
    browser.post(contact_url, changed(other, notes="Prefers mornings"))
    own_contact.refresh_from_db()
    assert (own_contact.job_title, own_contact.notes) == ("Director", "Prefers mornings")


def test_reminders_can_be_switched_off(
    browser: Browser, own_contact: Contact, contact_url: str, contact_sent: Sent
) -> None:
    assert own_contact.reminder_minutes == [1440, 60]
    browser.post(contact_url, changed(contact_sent, reminder_minutes=None))
    own_contact.refresh_from_db()
    assert own_contact.reminder_minutes == []


def test_six_reminders_are_too_many(browser: Browser, contact_url: str, contact_sent: Sent) -> None:
    six = ["15", "60", "240", "1440", "2880", "10080"]
    errors = errors_of(browser.post(contact_url, changed(contact_sent, reminder_minutes=six)))
    assert errors == {"reminder_minutes": ["Choose five at most."]}


def test_a_contact_without_mail_is_said_to_be_out_of_reach(
    browser: Browser, own_contact: Contact, contact_url: str
) -> None:
    warning = "reminders can’t reach this person"
    assert warning not in browser.get(contact_url).content.decode()
    Contact.objects.update(email="")
    assert warning in browser.get(contact_url).content.decode()


class TestClient:
    @pytest.fixture
    def url(self, own_client: Client) -> str:
        return reverse("clients:edit", args=[own_client.pk])

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("name", "", "required"),
            ("name", "Own\nLtd", "line breaks"),
            ("name", "<Own>", "< and >"),
            ("name", "x" * 10_000, "at most 120"),
            ("country", "XX", "not one of the available choices"),
            ("country", "", "required"),
            ("segment", "vip", "not one of the available choices"),
            ("size", "huge", "not one of the available choices"),
            ("team", "999999", "not one of the available choices"),
            ("city", "Cluj\x00", "Null characters"),
        ],
    )
    def test_is_refused_at_its_field(self, browser: Browser, url: str, field: str, value: str, message: str) -> None:
        errors = errors_of(browser.post(url, changed(sent_by(browser.get(url)), **{field: value})))
        assert list(errors) == [field]
        assert message in errors[field][0]
        assert not AuditEntry.objects.exists()

    def test_can_not_be_given_to_a_foreign_team(self, browser: Browser, own_client: Client, url: str) -> None:
        south = make_team(name="South")
        page = browser.get(url)
        assert ">South<" not in page.content.decode()
        assert list(errors_of(browser.post(url, changed(sent_by(page), team=str(south.pk))))) == ["team"]

    def test_an_edit_names_what_changed(self, browser: Browser, own_client: Client, url: str) -> None:
        assert browser.post(url, changed(sent_by(browser.get(url)), city="Iași", segment="key")).status_code == 302
        own_client.refresh_from_db()
        assert (own_client.city, own_client.segment) == ("Iași", "key")
        assert AuditEntry.objects.get().details == {"fields": ["city", "segment"]}

    def test_two_edits_of_different_fields_are_both_kept(self, browser: Browser, own_client: Client, url: str) -> None:
        first, second = sent_by(browser.get(url)), sent_by(browser.get(url))
        browser.post(url, changed(first, city="Iași"))
        browser.post(url, changed(second, segment="key"))
        own_client.refresh_from_db()
        assert (own_client.city, own_client.segment) == ("Iași", "key")

    def test_a_name_that_exists_is_refused(self, browser: Browser, url: str) -> None:
        make_client(name="Taken")
        assert list(errors_of(browser.post(url, changed(sent_by(browser.get(url)), name="Taken")))) == ["name"]


class TestOwnDay:
    URL = "/clients/me/edit/"

    def test_is_shown_and_saved(self, browser: Browser, manager: AccountManager) -> None:
        sent = changed(sent_by(browser.get(self.URL)), time_zone="Asia/Tokyo", clock="24")
        assert browser.post(self.URL, sent).status_code == 302
        manager.refresh_from_db()
        assert (manager.time_zone, manager.clock) == ("Asia/Tokyo", "24")
        assert AuditEntry.objects.get().details == {"fields": ["clock", "time_zone"]}

    @pytest.mark.parametrize("field", ["is_staff", "is_superuser", "email", "teams", "password"])
    def test_rights_can_not_be_taken_through_it(self, browser: Browser, manager: AccountManager, field: str) -> None:
        before = AccountManager.objects.values("is_staff", "is_superuser", "email", "password").get(pk=manager.pk)
        other = make_team()
        sent = changed(sent_by(browser.get(self.URL)), **{field: str(other.pk)})
        assert browser.post(self.URL, sent).status_code == 302
        after = AccountManager.objects.values("is_staff", "is_superuser", "email", "password").get(pk=manager.pk)
        assert after == before
        assert other not in manager.teams.all()

    def test_days_off_are_ones_own(self, browser: Browser, manager: AccountManager) -> None:
        browser.post(self.URL, changed(sent_by(browser.get(self.URL)), **{"days_off-0-first_date": "2026-08-03"}))
        assert DayOff.objects.get().account_manager == manager

    def test_the_week_is_laid_out_from_the_readers_first_day(self, browser: Browser, manager: AccountManager) -> None:
        manager.language = "en-US"
        manager.save()
        page = browser.get(self.URL).content.decode()
        assert page.index("<legend>Sunday</legend>") < page.index("<legend>Monday</legend>")


def test_a_lead_time_of_ones_own_stays_on_offer(browser: Browser, own_contact: Contact, contact_url: str) -> None:
    Contact.objects.update(reminder_minutes=[90])
    assert sent_by(browser.get(contact_url))["reminder_minutes"] == ["90"]


def test_a_contact_that_is_deleted_meanwhile_does_not_exist(browser: Browser, own_client: Client) -> None:
    contact = make_contact(own_client)
    url = reverse("clients:contact_edit", args=[contact.pk])
    sent = sent_by(browser.get(url))
    contact.delete()
    assert browser.post(url, sent).status_code == 404
