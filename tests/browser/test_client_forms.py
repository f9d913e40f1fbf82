"""The client list while typing, and the forms with everything wrong, in a real browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clients.models import AccountManager, Contact
from tests.browser.conftest import Axe
from tests.browser.test_every_page import sign_in
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager() -> AccountManager:
    team = make_team(name="North")
    make_contact(make_client(team, name="Halyard", city="Bristol"), full_name="Ion Own")
    make_contact(make_client(team, name="Lantern", city="Lyon"), full_name="Lea Lune")
    return make_account_manager(team)


def test_the_list_narrows_while_typing_and_the_address_follows(
    page: Page, live_server: LiveServer, manager: AccountManager
) -> None:
    sign_in(page, manager, live_server.url)
    page.goto("/clients/")
    page.get_by_label("Search").press_sequentially("lune")
    expect(page.get_by_role("link", name="Halyard")).to_have_count(0)
    expect(page.get_by_role("link", name="Lantern")).to_be_visible()
    expect(page).to_have_url(f"{live_server.url}/clients/?q=lune&team=&country=&segment=")
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_role("link", name="Halyard")).to_be_visible()


def test_a_form_with_everything_wrong_is_accessible_and_leads_to_each_error(
    page: Page, live_server: LiveServer, manager: AccountManager, axe: Axe
) -> None:
    sign_in(page, manager, live_server.url)
    contact = Contact.objects.get(full_name="Ion Own")
    page.goto(f"/clients/contacts/{contact.pk}/edit/")
    page.get_by_label("Full name").fill("<Ion>")
    page.get_by_label("Mail address").fill("nowhere")
    page.get_by_label("Language").fill("tlh")
    page.locator("input[name=working_hours-wed-0-until]").fill("")
    page.locator("input[name=days_off-0-first_date]").fill("2026-08-03")
    page.locator("input[name=days_off-0-last_date]").fill("2026-08-01")
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    for message in (
        "Remove the characters < and >",
        "valid email",
        "BCP 47",
        "Wednesday: fill in",
        "before the first day",
    ):
        expect(alert).to_contain_text(message)
    assert axe.on_any_screen(page) == []
    alert.get_by_role("link", name="Working hours").click()
    expect(page.locator("#id_working_hours")).to_be_in_viewport()
    contact.refresh_from_db()
    assert contact.email.endswith("@client.example")
