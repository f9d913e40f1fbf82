from pathlib import Path

import pytest
from django.test import Client as Browser
from pytest_django import Settings

from clients.links import Purpose
from clients.models import AccountManager, Client, Contact
from scheduling.outreach.models import Approval
from tests.outreach.approvals.rows import ask, signed_in
from tests.outreach.private import visitor
from tests.people import make_account_manager, make_client, make_contact, make_team


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Test", email="mara@dayband.example")


@pytest.fixture
def client_row(manager: AccountManager) -> Client:
    return make_client(manager.teams.get(), name="Sample Sails")


@pytest.fixture
def contact(client_row: Client) -> Contact:
    return make_contact(client_row, full_name="Ion Sample", email="ion@client.example")


@pytest.fixture
def approval(manager: AccountManager, contact: Contact) -> Approval:
    return ask(manager, contact)


@pytest.fixture
def browser(contact: Contact, approval: Approval) -> Browser:
    return visitor(contact, Purpose.APPROVAL, approval.pk)


@pytest.fixture
def desk(manager: AccountManager) -> Browser:
    return signed_in(manager)


@pytest.fixture
def superior(client_row: Client) -> Contact:
    return make_contact(client_row, full_name="Olga Over", email="olga@client.example", language="es")
