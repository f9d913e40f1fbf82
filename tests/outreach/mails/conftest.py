import pytest

from clients.models import AccountManager, Client, Contact
from scheduling.meetings.models import Meeting
from scheduling.outreach.services import deliver, plan
from tests.outreach.mails.reading import NOW, START
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact
from tests.smtp import SmtpServer


@pytest.fixture
def maya() -> AccountManager:
    return make_account_manager(
        full_name="Maya Okafor", email="maya@dayband.example", phone="+442079460123", time_zone="Europe/London"
    )


@pytest.fixture
def client() -> Client:
    return make_client(name="Northwind")


@pytest.fixture
def ana(client: Client) -> Contact:
    return make_contact(
        client,
        full_name="Ana Lucía Restrepo",
        address_as="Sra. Restrepo",
        email="ana@client.example",
        language="es-CO",
        time_zone="America/Bogota",
    )


@pytest.fixture
def kenji(client: Client) -> Contact:
    return make_contact(
        client, full_name="Kenji Watanabe", email="kenji@client.example", language="ja", time_zone="Asia/Tokyo"
    )


@pytest.fixture
def meeting(maya: AccountManager, ana: Contact, kenji: Contact) -> Meeting:
    return make_meeting(
        maya,
        [ana, kenji],
        start_at=START,
        booked_at=NOW,
        agenda="1. Results\n2. Next steps",
        location="https://meet.example/northwind",
    )


@pytest.fixture
def told(meeting: Meeting, smtp_server: SmtpServer) -> Meeting:
    """The meeting once its confirmations were sent."""
    plan(now=NOW)
    assert deliver(clock=lambda: NOW) == {"sent": 3}
    return meeting
