"""An account manager, a contact in Tokyo, and the plan of their client."""

import datetime as dt

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.models import AccountManager, Contact
from scheduling.outreach.models import CheckInPlan, Message
from scheduling.outreach.services.check_ins import NewStep, Terms, create_plan
from tests.outreach.check_in_pages.sent import EVERY_DAY
from tests.outreach.check_in_rows import write_steps
from tests.people import make_account_manager, make_client, make_contact, make_team


@pytest.fixture
def maya() -> AccountManager:
    return make_account_manager(make_team(), full_name="Maya Okafor", email="maya@dayband.example")


@pytest.fixture
def kenji(maya: AccountManager) -> Contact:
    client = make_client(maya.teams.get(), name="Northwind")
    return make_contact(client, full_name="Kenji Mori", time_zone="Asia/Tokyo", working_hours=EVERY_DAY)


@pytest.fixture
def browser(maya: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(maya)
    return browser


@pytest.fixture
def plan(maya: AccountManager, kenji: Contact) -> CheckInPlan:
    return create_plan(actor=maya, client=kenji.client, contacts=[kenji], now=timezone.now())


@pytest.fixture
def url(kenji: Contact) -> str:
    return f"/clients/{kenji.client_id}/check-ins/"


@pytest.fixture
def draft(plan: CheckInPlan) -> Message:
    """Due tomorrow and on every other day."""
    steps = [NewStep(day, dt.time(9), "priorities") for day in range(7)]
    write_steps(plan, *steps, now=timezone.now(), terms=Terms(is_approved_first=True))
    return Message.objects.filter(state="draft", due_at__gt=timezone.now()).earliest("due_at")
