import pytest

from clients.models import AccountManager, Client, Contact
from scheduling.outreach.models import SurveyRule
from tests.people import make_account_manager, make_client, make_contact, make_team


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Test", email="mara@dayband.example")


@pytest.fixture
def client_row(manager: AccountManager) -> Client:
    client = make_client(manager.teams.get(), name="Sample Sails", country="JP")
    SurveyRule.objects.create(client=client, every=1)
    return client


@pytest.fixture
def contact(client_row: Client) -> Contact:
    return make_contact(client_row, full_name="Ion Sample", email="ion@client.example", time_zone="Asia/Tokyo")
