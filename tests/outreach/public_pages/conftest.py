import pytest

from clients.models import AccountManager, Contact
from tests.people import make_account_manager, make_client, make_contact, make_team


@pytest.fixture
def host() -> AccountManager:
    team = make_team(name="Northern clients")
    return make_account_manager(
        team, full_name="Mara Test", address_as="Mara", time_zone="Asia/Tokyo", has_page=True, page_name="mara"
    )


@pytest.fixture
def contact(host: AccountManager) -> Contact:
    client = make_client(host.teams.get(), name="Sample Sails")
    return make_contact(client, full_name="Ion Sample", language="es", email="ion@client.example")
