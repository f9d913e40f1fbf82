"""The administration: every page answers, saves what it is sent, and writes who did what."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from clients.audit import audit
from clients.links import link_for
from clients.models import AccountManager, AuditEntry, Client, Contact, DayOff, PrivateLink, Team
from holidays_app.models import HolidayCalendar
from holidays_app.services import ensure_place_calendar
from tests.clients.conftest import signed_in
from tests.clients.sending import changed, sent_by
from tests.people import make_account_manager, make_client, make_contact

pytestmark = pytest.mark.django_db

MODELS = ["accountmanager", "auditentry", "client", "contact", "dayoff", "team"]


def admin_url(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:clients_{model}_{page}", args=args)


@pytest.fixture
def rows(own_contact: Contact) -> dict[str, Any]:
    """One row of each model."""
    return {
        "accountmanager": make_account_manager(own_contact.client.team, full_name="Mia Manager"),
        "client": own_contact.client,
        "contact": own_contact,
        "dayoff": DayOff.objects.create(contact=own_contact, first_date="2026-08-03", last_date="2026-08-04"),
        "team": own_contact.client.team,
    }


@pytest.mark.parametrize("model", MODELS)
def test_every_list_answers(admin_browser: Browser, rows: dict[str, Any], model: str) -> None:
    assert admin_browser.get(admin_url(model, "changelist")).status_code == 200


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "text", ["ion", "%", "_", "1", "abc", "99999999999999999999999", "é", "\\", "%00", "'", "x" * 2000]
)
def test_every_list_can_be_searched_for_anything(
    admin_browser: Browser, rows: dict[str, Any], model: str, text: str
) -> None:
    assert admin_browser.get(f"{admin_url(model, 'changelist')}?q={text}").status_code == 200


@pytest.mark.parametrize(
    ("model", "field", "term", "found"),
    [
        ("contact", "client", "own", "Own Ltd"),
        ("contact", "client", "cluj", "Own Ltd"),
        ("contact", "calendar", "romania", "Romania"),
        ("client", "team", "nor", "North"),
        ("dayoff", "contact", "ion", "Ion Own"),
        ("dayoff", "account_manager", "mia", "Mia Manager"),
    ],
)
def test_a_related_row_is_found_by_typing(
    admin_browser: Browser, rows: dict[str, Any], model: str, field: str, term: str, found: str
) -> None:
    ensure_place_calendar(country="RO")
    asked = {"app_label": "clients", "model_name": model, "field_name": field, "term": term}
    answer = admin_browser.get(reverse("admin:autocomplete"), asked).json()
    assert [row["text"] for row in answer["results"]] == [found]


ADMIN = reverse_lazy("admin:index")


@pytest.mark.parametrize(
    "asked",
    [
        "clients/client/?country=%00",
        "clients/contact/?full_name__regex=(",
        "clients/auditentry/?action=%00",
        "clients/auditentry/?at__year=99999999",
        "clients/auditentry/?at__year=99999999999999999999",
        "clients/privatelink/?purpose__exact=%00",
        "holidays_app/holidaycalendar/?changes__kind__exact=%00",
        "mfa/authenticator/?type=%00",
        "autocomplete/?app_label=clients&model_name=contact&field_name=client&term=%00",
    ],
)
def test_a_list_asked_for_what_its_columns_cannot_hold_says_so(
    admin_browser: Browser, rows: dict[str, Any], asked: str
) -> None:
    ensure_place_calendar(country="RO")
    assert admin_browser.get(f"{ADMIN}{asked}").status_code == 400


def test_an_action_on_what_is_no_row_is_refused(admin_browser: Browser, rows: dict[str, Any]) -> None:
    data = {"action": "delete_selected", "_selected_action": "abc"}
    assert admin_browser.post(admin_url("client", "changelist"), data).status_code == 400


FILTERS = [
    ("contact", "?country=RO", 1),
    ("contact", "?country=JP", 0),
    ("contact", "?email__isempty=1", 0),
    ("client", "?country=RO", 1),
    ("client", "?segment__exact=key", 0),
    ("dayoff", "?when=", 1),
    ("accountmanager", "?is_staff__exact=1", 1),
]


@pytest.mark.parametrize(("model", "query", "count"), FILTERS)
def test_lists_are_filtered(admin_browser: Browser, rows: dict[str, Any], model: str, query: str, count: int) -> None:
    response = admin_browser.get(admin_url(model, "changelist") + query)
    assert response.status_code == 200
    assert response.context["cl"].result_count == count


@pytest.mark.parametrize("model", [model for model in MODELS if model != "auditentry"])
def test_a_row_that_is_saved_as_it_was_served_stays_the_same(
    admin_browser: Browser, rows: dict[str, Any], model: str
) -> None:
    row = rows[model]
    before = type(row).objects.values().get(pk=row.pk)
    url = admin_url(model, "change", row.pk)
    response = admin_browser.post(url, sent_by(admin_browser.get(url)))
    assert response.status_code == 302, response.context["errors"]
    assert type(row).objects.values().get(pk=row.pk) == before
    assert AuditEntry.objects.get().details == {"fields": []}


def test_a_team_is_added_with_its_members(admin_browser: Browser, manager: AccountManager) -> None:
    url = admin_url("team", "add")
    member = {"AccountManager_teams-0-accountmanager": str(manager.pk)}
    response = admin_browser.post(url, changed(sent_by(admin_browser.get(url)), name="West", **member))
    assert response.status_code == 302
    assert manager in Team.objects.get(name="West").members.all()


def test_a_client_is_added_with_the_calendar_of_its_country(admin_browser: Browser, team: Team) -> None:
    url = admin_url("client", "add")
    sent = changed(sent_by(admin_browser.get(url)), name="Added", team=str(team.pk), country="PE")
    assert admin_browser.post(url, sent).status_code == 302
    assert Client.objects.get(name="Added").country == "PE"
    assert HolidayCalendar.objects.get().country == "PE"


def test_a_client_links_to_its_contacts_and_to_a_new_one(admin_browser: Browser, own_contact: Contact) -> None:
    page = admin_browser.get(admin_url("client", "change", own_contact.client_id)).content.decode()
    assert admin_url("contact", "change", own_contact.pk) in page
    assert f"{admin_url('contact', 'add')}?client={own_contact.client_id}" in page


def test_a_client_counts_the_contacts_of_whom_something_is_held(
    admin_browser: Browser, own_contact: Contact, own_client: Client
) -> None:
    make_contact(own_client)
    Contact.objects.filter(pk=own_contact.pk).update(erased_at=timezone.now())
    (row,) = admin_browser.get(admin_url("client", "changelist")).context["cl"].result_list
    assert row.contact_count == 1


def test_contacts_are_erased_instead_of_deleted(admin_browser: Browser, own_contact: Contact) -> None:
    page = admin_browser.get(admin_url("contact", "change", own_contact.pk)).content.decode()
    assert reverse("personal_data:erase", args=[own_contact.pk]) in page
    for model, number in (("contact", own_contact.pk), ("client", own_contact.client_id)):
        page = admin_browser.get(admin_url(model, "change", number)).content.decode()
        assert admin_url(model, "delete", number) not in page
        assert admin_browser.post(admin_url(model, "delete", number), {"post": "yes"}).status_code == 403
    Contact.objects.update(erased_at=timezone.now())
    assert admin_browser.get(admin_url("client", "delete", own_contact.client_id)).status_code == 403


class TestPersonalCalendars:
    @pytest.fixture
    def kept(self, own_contact: Contact) -> HolidayCalendar:
        """The calendar that a contact keeps for themselves."""
        calendar = HolidayCalendar.objects.create(country="RO", name=f"contact-{own_contact.pk}", is_personal=True)
        Contact.objects.update(calendar=calendar)
        return calendar

    def test_they_are_offered_to_nobody_and_given_to_nobody_else(
        self, admin_browser: Browser, kept: HolidayCalendar, own_client: Client
    ) -> None:
        asked = {"app_label": "clients", "model_name": "contact", "field_name": "calendar", "term": "romania"}
        assert admin_browser.get(reverse("admin:autocomplete"), asked).json()["results"] == []
        url = admin_url("contact", "change", make_contact(own_client).pk)
        response = admin_browser.post(url, changed(sent_by(admin_browser.get(url)), calendar=str(kept.pk)))
        assert list(response.context["adminform"].form.errors) == ["calendar"]

    def test_their_owners_keep_them(self, admin_browser: Browser, kept: HolidayCalendar, own_contact: Contact) -> None:
        url = admin_url("contact", "change", own_contact.pk)
        response = admin_browser.post(url, changed(sent_by(admin_browser.get(url)), job_title="Director"))
        assert response.status_code == 302
        own_contact.refresh_from_db()
        assert (own_contact.calendar, own_contact.job_title) == (kept, "Director")

    def test_they_are_nobody_elses_to_change(self, admin_browser: Browser, kept: HolidayCalendar) -> None:
        url = reverse("admin:holidays_app_holidaycalendar_change", args=[kept.pk])
        response = admin_browser.post(url, {"name": "Renamed", "categories": "public"})
        assert response.status_code == 302
        kept.refresh_from_db()
        assert kept.name.startswith("contact-")


def test_a_contact_that_is_added_begins_as_usual_in_the_clients_country(admin_browser: Browser, team: Team) -> None:
    client = make_client(team, country="EG", city="Cairo")
    calendar = ensure_place_calendar(country="EG")
    url = f"{admin_url('contact', 'add')}?client={client.pk}"
    sent = changed(sent_by(admin_browser.get(url)), full_name="Nadia Sample")
    assert admin_browser.post(url, sent).status_code == 302
    contact = Contact.objects.get(full_name="Nadia Sample")
    assert (contact.client, contact.calendar, contact.time_zone) == (client, calendar, "Africa/Cairo")
    assert "fri" not in contact.working_hours
    assert contact.reminder_minutes == [1440, 60]


@pytest.mark.parametrize(
    "query", ["client=abc", "client=999999", "client=", "client=99999999999999999999999", "calendar=x", "client=%00"]
)
def test_a_contact_of_no_client_begins_with_the_usual_day(admin_browser: Browser, query: str) -> None:
    page = admin_browser.get(f"{admin_url('contact', 'add')}?{query}")
    assert page.status_code == 200
    assert sent_by(page)["working_hours-mon-0-from"] == ["09:00"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("time_zone", "Mars/Olympus", "IANA name"),
        ("language", "tlh", "BCP 47"),
        ("full_name", "<b>", "&lt; and &gt;"),
        ("phone", "123", "phone number"),
        ("working_hours-tue-0-until", "", "Tuesday: fill in both times"),
        ("calendar", "999", "not one of the available choices"),
    ],
)
def test_a_contact_is_refused_at_its_field(
    admin_browser: Browser, own_contact: Contact, field: str, value: str, message: str
) -> None:
    url = admin_url("contact", "change", own_contact.pk)
    response = admin_browser.post(url, changed(sent_by(admin_browser.get(url)), **{field: value}))
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [field.split("-", maxsplit=1)[0]]
    assert message in response.content.decode()
    assert not AuditEntry.objects.exists()


def test_a_day_off_belongs_to_exactly_one_person(
    admin_browser: Browser, own_contact: Contact, manager: AccountManager
) -> None:
    url = admin_url("dayoff", "add")
    dates = {"first_date": "2026-08-03", "last_date": "2026-08-04"}
    both = {"contact": str(own_contact.pk), "account_manager": str(manager.pk)}
    for people in ({}, both):
        response = admin_browser.post(url, changed(sent_by(admin_browser.get(url)), **dates, **people))
        assert "Choose one person" in response.content.decode()
    sent = changed(sent_by(admin_browser.get(url)), **dates, contact=str(own_contact.pk))
    assert admin_browser.post(url, sent).status_code == 302
    assert DayOff.objects.get().contact == own_contact


class TestAccountManagers:
    def test_one_is_added_and_can_sign_in(self, admin_browser: Browser) -> None:
        url = admin_url("accountmanager", "add")
        password = "a long enough secret"
        values = {"email": "New@Dayband.example", "full_name": "Nia New", "time_zone": "Asia/Calcutta"}
        passwords = {"password1": password, "password2": password, "usable_password": "true"}
        response = admin_browser.post(url, changed(sent_by(admin_browser.get(url)), **values, **passwords))
        assert response.status_code == 302, response.context["errors"]
        assert AccountManager.objects.get(email="new@dayband.example").time_zone == "Asia/Kolkata"
        assert Browser().login(email="new@dayband.example", password=password)

    def test_an_address_in_use_is_refused_in_any_case(self, admin_browser: Browser, manager: AccountManager) -> None:
        url = admin_url("accountmanager", "add")
        values = {"email": manager.email.upper(), "full_name": "Nia New", "time_zone": "UTC"}
        passwords = {"password1": "a long enough secret", "password2": "a long enough secret"}
        response = admin_browser.post(url, changed(sent_by(admin_browser.get(url)), **values, **passwords))
        assert "There is an account manager with this mail address already." in response.content.decode()

    def test_a_password_is_changed(self, admin_browser: Browser, manager: AccountManager) -> None:
        url = reverse("admin:auth_user_password_change", args=[manager.pk])
        assert admin_browser.get(url).status_code == 200
        passwords = {"password1": "a long enough secret", "password2": "a long enough secret"}
        assert admin_browser.post(url, {**passwords, "usable_password": "true"}).status_code == 302
        assert Browser().login(email=manager.email, password="a long enough secret")
        assert AuditEntry.objects.get().subject_id == manager.pk

    def test_teams_are_chosen(self, admin_browser: Browser, manager: AccountManager) -> None:
        url = admin_url("accountmanager", "change", manager.pk)
        assert admin_browser.post(url, changed(sent_by(admin_browser.get(url)), teams=None)).status_code == 302
        assert not manager.teams.exists()


class TestAuditTrail:
    def test_an_edit_names_the_fields_and_the_tables_and_no_contents(
        self, admin_browser: Browser, admin: AccountManager, own_contact: Contact
    ) -> None:
        url = admin_url("contact", "change", own_contact.pk)
        rows = {"days_off-0-first_date": "2026-08-03", "days_off-0-last_date": "2026-08-04"}
        admin_browser.post(url, changed(sent_by(admin_browser.get(url)), full_name="Very Secret", **rows))
        entry = AuditEntry.objects.get()
        assert (entry.actor_id, entry.action, entry.subject_type, entry.subject_id) == (
            admin.pk,
            "update",
            "clients.contact",
            own_contact.pk,
        )
        assert entry.details == {"fields": ["days_off", "full_name"]}

    def test_a_deletion_keeps_no_name(self, admin_browser: Browser, own_client: Client) -> None:
        number = own_client.pk
        admin_browser.post(admin_url("client", "delete", number), {"post": "yes"})
        assert not Client.objects.exists()
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.subject_id, entry.details) == ("delete", number, {})
        assert not LogEntry.objects.exists()

    def test_deleting_several_leaves_an_entry_for_each(self, admin_browser: Browser, team: Team) -> None:
        clients = [make_client(team) for _ in range(3)]
        data = {"action": "delete_selected", "_selected_action": [str(row.pk) for row in clients], "post": "yes"}
        assert admin_browser.post(admin_url("client", "changelist"), data).status_code == 302
        assert AuditEntry.objects.filter(action="delete").count() == 3

    def test_the_history_of_a_row_is_its_audit_trail(self, admin_browser: Browser, own_contact: Contact) -> None:
        url = admin_url("contact", "change", own_contact.pk)
        admin_browser.post(url, changed(sent_by(admin_browser.get(url)), job_title="Director"))
        response = admin_browser.get(admin_url("contact", "history", own_contact.pk), follow=True)
        assert "job_title" in response.content.decode()
        assert response.context["cl"].result_count == 1

    def test_what_contacts_do_on_their_own_pages_stands_beside_their_names(
        self, admin_browser: Browser, own_contact: Contact
    ) -> None:
        path = urlsplit(link_for(own_contact, PrivateLink.Purpose.HOME, now=timezone.now())).path
        visitor = Browser()
        visitor.get(path)
        link = str(PrivateLink.objects.get().pk)
        visitor.post(reverse("you:zone"), {"time_zone": "Asia/Tokyo", "how_long": "always", "link": link})
        page = admin_browser.get(admin_url("auditentry", "changelist"), {"q": "ion"}).content.decode()
        assert '<td class="field-actor">Ion Own</td>' in page

    def test_what_no_person_did_is_said_to_be_the_work_of_the_product(
        self, admin_browser: Browser, own_contact: Contact
    ) -> None:
        audit(actor=None, action="update", subject=own_contact, now=timezone.now())
        page = admin_browser.get(admin_url("auditentry", "changelist")).content.decode()
        assert '<td class="field-actor">Dayband</td>' in page

    def test_it_is_read_only(self, admin_browser: Browser, own_contact: Contact) -> None:
        url = admin_url("contact", "change", own_contact.pk)
        admin_browser.post(url, changed(sent_by(admin_browser.get(url)), job_title="Director"))
        entry = AuditEntry.objects.get()
        assert admin_browser.get(admin_url("auditentry", "add")).status_code == 403
        assert admin_browser.get(admin_url("auditentry", "change", entry.pk)).status_code == 200
        assert admin_browser.post(admin_url("auditentry", "change", entry.pk), {"action": "x"}).status_code == 403
        assert admin_browser.post(admin_url("auditentry", "delete", entry.pk), {"post": "yes"}).status_code == 403


class TestEntrance:
    def test_the_administration_is_entered_through_the_one_sign_in(self, client: Browser) -> None:
        for url in (reverse("admin:index"), admin_url("contact", "changelist"), reverse("admin:login")):
            response = client.get(url, follow=True)
            final, _status = response.redirect_chain[-1]
            assert final.startswith(reverse("account_login"))

    def test_a_password_sent_to_the_administrations_own_form_signs_nobody_in(
        self, client: Browser, admin: AccountManager
    ) -> None:
        admin.set_password("a long enough secret")
        admin.save()
        client.post(reverse("admin:login"), {"username": admin.email, "password": "a long enough secret"})
        assert "_auth_user_id" not in client.session

    def test_an_account_manager_who_is_no_admin_is_refused(self, browser: Browser) -> None:
        assert browser.get(reverse("admin:index"), follow=True).status_code == 403
        assert browser.get(admin_url("contact", "changelist"), follow=True).status_code == 403

    def test_an_admin_who_may_no_longer_is_refused(self, admin: AccountManager) -> None:
        browser = signed_in(admin)
        AccountManager.objects.filter(pk=admin.pk).update(is_staff=False)
        assert browser.get(reverse("admin:index"), follow=True).status_code == 403


@pytest.mark.parametrize(("model", "most"), [("contact", 10), ("client", 9), ("accountmanager", 7), ("team", 5)])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(
    admin_browser: Browser, team: Team, model: str, most: int
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin_browser.get(admin_url(model, "changelist"))
        return len(captured)

    def add(count: int) -> None:
        for _ in range(count):
            make_contact(make_client(team))
            make_account_manager(team)

    add(2)
    few = queries()
    add(10)
    assert queries() == few <= most
