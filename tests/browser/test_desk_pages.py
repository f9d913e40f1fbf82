"""The desk's pages and signing in, in a real browser: readable for everybody, and true to the policy."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from clients.models import AccountManager, Client, DayOff
from holidays_app.services import ensure_place_calendar
from tests.browser.conftest import Axe, OpenPage
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a lantern by the quay"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture(autouse=True)
def forget_tries() -> None:
    cache.clear()


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(
        make_team(), full_name="Mara Test", email="mara@dayband.example", password=PASSWORD, language="en-GB"
    )


@pytest.fixture
def sails(manager: AccountManager) -> Client:
    """A client with a contact who works around the clock, was met, will be met, and is away in between."""
    client = make_client(manager.teams.get(), name="Sample Sails", country="JP", notes="Sends the agenda first.")
    contact = make_contact(
        client,
        full_name="Kenji Test",
        native_name="試験 健二",
        language="ja-JP",
        time_zone="Asia/Tokyo",
        working_hours={day: [["00:00", "00:00"]] for day in WEEK},
        calendar=ensure_place_calendar(country="JP"),
        notes="Takes calls until late.",
    )
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    for days in (-10, 3):
        start_at = now + timedelta(days=days)
        make_meeting(manager, [contact], start_at=start_at, booked_at=start_at - timedelta(days=9))
    away = now.date() + timedelta(days=5)
    DayOff.objects.create(contact=contact, first_date=away, last_date=away, reason="Retreat")
    return client


def sign_in(page: Page) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("Email").fill("mara@dayband.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_pages_before_signing_in_are_readable_for_everybody(page: Page, axe: Axe) -> None:
    for address in (reverse("account_login"), reverse("account_reset_password"), "/nowhere/"):
        page.goto(address)
        assert axe.on_any_screen(page) == []


def test_pages_work_without_javascript(sails: Client, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page)
    page.get_by_role("link", name="Sample Sails").first.click()
    expect(page.get_by_role("heading", name="Kenji Test")).to_be_visible()
    page.get_by_role("link", name="Mara Test, your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_passkey_is_added_and_signs_in_alone(manager: AccountManager, page: Page) -> None:
    authenticator = page.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    authenticator.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page)
    page.goto(reverse("desk:account"))
    page.get_by_role("link", name="Add · Passkeys").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(reverse("desk:account"))
    expect(page.get_by_text("1 passkey or security key")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Mara")).to_be_visible()
