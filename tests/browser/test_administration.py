"""Django's administration works under the strict policy: no violation, no script error, in any of its gadgets."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clients.models import AccountManager, Contact, DayOff
from holidays_app.services import ensure_place_calendar
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_every_page import sign_in
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contact() -> Contact:
    make_account_manager(make_team(name="East"), full_name="Mia Manager")
    contact = make_contact(make_client(make_team(name="North"), name="Own Ltd"), full_name="Ion Own")
    contact.calendar = ensure_place_calendar(country="RO")
    contact.save()
    DayOff.objects.create(contact=contact, first_date="2026-08-03", last_date="2026-08-04")
    return contact


@pytest.fixture
def admin(open_page: OpenPage, live_server: LiveServer) -> Page:
    """A desktop page on which an admin has signed in."""
    page = open_page()
    sign_in(page, make_account_manager(full_name="Adam Admin", is_staff=True), live_server.url)
    return page


MODELS = ["accountmanager", "auditentry", "client", "contact", "dayoff", "team"]


def test_lists_and_forms_keep_the_policy(admin: Page, contact: Contact) -> None:
    for model in MODELS:
        admin.goto(f"/admin/clients/{model}/")
        expect(admin.locator("#changelist")).to_be_visible()
        if model != "auditentry":
            admin.goto(f"/admin/clients/{model}/add/")
            expect(admin.locator("input[name=_save]")).to_be_visible()


def test_the_gadgets_of_a_contact_keep_the_policy(admin: Page, contact: Contact) -> None:
    admin.goto(f"/admin/clients/contact/{contact.pk}/change/")
    admin.locator(".field-calendar .select2-selection").click()
    admin.locator(".select2-search__field").fill("Roma")
    expect(admin.locator(".select2-results__option", has_text="Romania")).to_be_visible()
    admin.keyboard.press("Escape")
    admin.locator("#id_days_off-0-first_date").scroll_into_view_if_needed()
    admin.locator(".field-first_date .datetimeshortcuts a .date-icon").first.click()
    expect(admin.locator("#calendarbox0")).to_be_visible()
    admin.locator("#calendarbox0 .calendar-cancel a").click()
    admin.get_by_text("Preferred and reachable hours").click()
    admin.locator("input[name=preferred_hours-mon-0-from]").fill("10:00")
    admin.locator("input[name=preferred_hours-mon-0-until]").fill("12:00")
    admin.locator("input[name=_save]").click()
    expect(admin.locator(".messagelist .success")).to_be_visible()
    contact.refresh_from_db()
    assert contact.preferred_hours == {"mon": [["10:00", "12:00"]]}


def test_choosing_teams_in_a_related_window_keeps_the_policy(admin: Page, contact: Contact) -> None:
    manager = AccountManager.objects.get(full_name="Mia Manager")
    admin.goto(f"/admin/clients/accountmanager/{manager.pk}/change/")
    admin.locator("#id_teams_from").select_option(label="North")
    admin.locator("#id_teams_add, .selector-add, .selector-chooser button").first.click()
    with admin.expect_popup() as opened:
        admin.locator("#add_id_teams").click()
    opened.value.close()
    admin.locator(".theme-toggle").first.click()
    admin.locator("input[name=_save]").click()
    expect(admin.locator(".messagelist .success")).to_be_visible()
    assert {team.name for team in manager.teams.all()} == {"East", "North"}


def test_the_administration_keeps_the_policy_on_a_phone_in_the_dark(
    open_page: OpenPage, live_server: LiveServer, contact: Contact
) -> None:
    page = open_page(width=PHONE, height=844, color_scheme="dark")
    sign_in(page, make_account_manager(full_name="Adam Admin", is_staff=True), live_server.url)
    page.goto(f"/admin/clients/contact/{contact.pk}/change/")
    expect(page.locator("input[name=_save]")).to_be_visible()
