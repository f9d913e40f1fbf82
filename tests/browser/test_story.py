"""From signing in to the mail in the attendee's inbox, in a real browser and over a real SMTP server."""

import datetime as dt
from collections.abc import Callable
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from clients.models import AccountManager, Contact
from scheduling.meetings.models import Meeting
from tests.browser.conftest import OpenPage
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery staple"


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(
        make_team(name="Atlantic"), full_name="Mara Quill", email="mara@dayband.example", password=PASSWORD
    )


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    client = make_client(manager.teams.get(), name="Cumbre Azul", country="CO")
    return make_contact(
        client,
        full_name="Lucía Prado",
        address_as="Sra. Prado",
        email="lucia@cumbre.example",
        language="es-CO",
        time_zone="America/Bogota",
    )


def sign_in(page: Page) -> None:
    page.goto("/")
    page.locator("input[name=login]").fill("mara@dayband.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mara")


def open_proposal(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Clients").click()
    page.get_by_role("link", name="Cumbre Azul").first.click()
    expect(page.get_by_role("heading", name="Cumbre Azul", level=1)).to_be_visible()
    page.get_by_role("link", name="Propose a time").first.click()
    expect(page.get_by_role("heading", name="Propose fair times")).to_be_visible()


def received(smtp_server: SmtpServer, address: str) -> EmailMessage:
    call_command("tick")
    return next(message for message in smtp_server.messages if address in str(message["To"]))


def invitation_in(message: EmailMessage) -> tuple[str, icalendar.Event]:
    """The method and the event of the part that mail programs show as an invitation."""
    part = next(
        part
        for part in message.walk()
        if part.get_content_type() == "text/calendar" and part.get_content_disposition() is None
    )
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    event = next(iter(icalendar.Calendar.from_ical(payload).walk("VEVENT")))
    assert isinstance(event, icalendar.Event)
    return str(part.get_param("method")), event


def check_mail(message: EmailMessage, meeting: Meeting) -> None:
    """The contact's mail is in Spanish, in Bogotá's time, with a calendar part that is the meeting."""
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Sra. Prado" in text
    assert "Bogotá" in text
    start = meeting.start_at.astimezone(ZoneInfo("America/Bogota"))
    assert f"{start:%-I:%M}" in text
    method, event = invitation_in(message)
    assert method == "REQUEST"
    assert (str(event["UID"]), event.decoded("DTSTART")) == (meeting.uid, meeting.start_at)
    assert event["DTSTART"].params["TZID"] == "America/Bogota"


def test_sign_in_propose_book_and_the_mail_arrives(page: Page, contact: Contact, smtp_server: SmtpServer) -> None:
    sign_in(page)
    open_proposal(page)
    page.get_by_label("Title").fill("Revisión trimestral")
    page.get_by_role("button", name="Book and send the invitations").click()
    expect(page.get_by_role("heading", name="Revisión trimestral")).to_be_visible()
    expect(page.get_by_text("Bogota (GMT−5)")).to_be_visible()
    check_mail(received(smtp_server, contact.email), Meeting.objects.get())
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Outbox").click()
    row = page.get_by_role("listitem").filter(has_text="Lucía Prado").first
    expect(row).to_contain_text("Sent")


def test_moving_and_cancelling_tell_everybody(page: Page, contact: Contact, smtp_server: SmtpServer) -> None:
    sign_in(page)
    open_proposal(page)
    page.get_by_label("Title").fill("Kick-off")
    page.get_by_role("button", name="Book and send the invitations").click()
    received(smtp_server, contact.email)
    page.get_by_role("link", name="Move to another time").click()
    page.get_by_label("Reason").fill("Un vuelo anterior")
    page.get_by_role("button", name="Move", exact=False).last.click()
    expect(page.get_by_text("Everybody is told of the new time.")).to_be_visible()
    call_command("tick")
    page.get_by_role("link", name="Cancel the meeting").click()
    page.get_by_label("Reason").fill("Feria de muestras")
    page.get_by_role("button", name="Cancel the meeting and tell everybody").click()
    expect(page.get_by_text("Cancelled. Everybody is told")).to_be_visible()
    call_command("tick")
    mails = [message for message in smtp_server.messages if contact.email in str(message["To"])]
    assert len(mails) == 3
    invitations = [invitation_in(mail) for mail in mails]
    assert [method for method, _ in invitations] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(event["UID"]) for _, event in invitations} == {Meeting.objects.get().uid}
    assert [event.sequence for _, event in invitations] == [0, 1, 2]
    body = mails[2].get_body(("plain",))
    assert body is not None
    assert "Feria de muestras" in body.get_content()


def press_until_focused(page: Page, target: Locator, key: str = "Tab", most: int = 200) -> None:
    """Moves the focus by keyboard until it is on the target."""
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{target} is not reached by {key}")


def test_the_same_by_keyboard_alone(page: Page, contact: Contact, smtp_server: SmtpServer) -> None:
    page.goto("/")
    press_until_focused(page, page.locator("input[name=login]"))
    page.keyboard.type("mara@dayband.example")
    press_until_focused(page, page.locator("input[name=password]"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mara")
    steps: list[Callable[[], Locator]] = [
        lambda: page.get_by_role("navigation", name="Main").get_by_role("link", name="Clients"),
        lambda: page.get_by_role("link", name="Cumbre Azul").first,
        lambda: page.get_by_role("link", name="Propose a time").first,
    ]
    for step in steps:
        target = step()
        expect(target).to_be_visible()
        press_until_focused(page, target)
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    title = page.get_by_label("Title")
    expect(title).to_be_visible()
    press_until_focused(page, title)
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="By keyboard")).to_be_visible()
    check_mail(received(smtp_server, contact.email), Meeting.objects.get())


def test_the_same_without_java_script(open_page: OpenPage, contact: Contact, smtp_server: SmtpServer) -> None:
    page = open_page(java_script_enabled=False, width=390)
    page.goto("/")
    page.locator("input[name=login]").fill("mara@dayband.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").first.click()
    page.goto("/clients/")
    page.get_by_role("link", name="Cumbre Azul").first.click()
    page.get_by_role("link", name="Propose a time").first.click()
    days = page.get_by_role("navigation", name="Day").get_by_role("link")
    shown = page.url
    days.nth(3).click()
    assert page.url != shown
    page.get_by_label("Title").fill("Plain HTML")
    page.get_by_role("button", name="Book and send the invitations").click()
    expect(page.get_by_role("heading", name="Plain HTML")).to_be_visible()
    assert Meeting.objects.get().start_at > dt.datetime.now(dt.UTC)
