import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import AccountManager, Client, Contact, Team
from tests.clients.sending import Sent, sent_by
from tests.people import make_account_manager, make_client, make_contact, make_team


@pytest.fixture
def team() -> Team:
    return make_team(name="North")


@pytest.fixture
def manager(team: Team) -> AccountManager:
    return make_account_manager(team, full_name="Ada Example")


@pytest.fixture
def admin() -> AccountManager:
    return make_account_manager(full_name="Adam Admin", is_staff=True)


@pytest.fixture
def own_client(team: Team) -> Client:
    return make_client(team, name="Own Ltd", country="RO", city="Cluj")


@pytest.fixture
def own_contact(own_client: Client) -> Contact:
    return make_contact(own_client, full_name="Ion Own")


@pytest.fixture
def foreign_contact() -> Contact:
    return make_contact(make_client(make_team(name="South"), name="Foreign Ltd"), full_name="Fia Foreign")


@pytest.fixture
def browser(manager: AccountManager) -> Browser:
    """Signed in as the account manager of team North."""
    return signed_in(manager)


@pytest.fixture
def admin_browser(admin: AccountManager) -> Browser:
    return signed_in(admin)


@pytest.fixture
def contact_url(own_contact: Contact) -> str:
    return reverse("clients:contact_edit", args=[own_contact.pk])


@pytest.fixture
def contact_sent(browser: Browser, contact_url: str) -> Sent:
    return sent_by(browser.get(contact_url))


def signed_in(user: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser
