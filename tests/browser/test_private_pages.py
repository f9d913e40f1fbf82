"""What contacts find behind their private links, in Chromium: in their language, on any screen, without a script."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings

from clients.links import Purpose
from clients.models import AccountManager, Contact
from scheduling.meetings.models import Meeting
from scheduling.outreach import services
from scheduling.outreach.models import Approval, CheckInPlan, Enrolment
from tests.browser.conftest import DESKTOP, PHONE, Axe, ColorScheme, OpenPage, too_wide
from tests.meetings.offered import make_cast, send
from tests.outreach.private import path_of
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contact() -> Contact:
    manager = make_account_manager(make_team(), full_name="Mara Test")
    client = make_client(manager.teams.get(), name="Sample Sails")
    contact = make_contact(client, full_name="Ion Sample")
    plan = CheckInPlan.objects.create(client=client, account_manager=manager, created_at=timezone.now())
    Enrolment.objects.create(plan=plan, contact=contact, first_week_date=dt.date(2026, 11, 23))
    return contact


@pytest.fixture
def approval(contact: Contact, settings: Settings, tmp_path: Path) -> Approval:
    settings.MEDIA_ROOT = tmp_path
    now = timezone.now()
    approval = Approval(
        client=contact.client,
        contact=contact,
        title="Cost estimate for the spring campaign",
        details="Two pages; the sums for April and May are new.\n\nPrinting begins on the 20th.",
        link="https://files.example/estimates/spring/a-rather-long-name-that-does-not-break-anywhere-by-itself",
        needed_by_date=now.date() + dt.timedelta(days=9),
        file=SimpleUploadedFile("estimate.pdf", b"%PDF-1.7"),
        file_name="estimate-spring-2027.pdf",
    )
    manager = contact.client.check_in_plan.account_manager
    return services.ask_approval(actor=manager, approval=approval, now=now)


@pytest.fixture
def meeting(contact: Contact) -> Meeting:
    now = timezone.now()
    organizer = contact.client.check_in_plan.account_manager
    return make_meeting(organizer, [contact], start_at=now + dt.timedelta(days=1), booked_at=now)


def offer_paths(language: str) -> list[str]:
    """Times for one contact, other times beside them, and times on which several vote."""
    now = timezone.now()
    noon = now.replace(hour=14, minute=0, second=0, microsecond=0) + (7 - now.weekday()) * dt.timedelta(days=1)
    times = [noon + dt.timedelta(days=days, hours=-days) for days in (1, 2, 3)]
    alone, several = make_cast(language=language), make_cast(contacts=2, language=language)
    one = send(alone, now=now, times=times, words="Until soon!", hold_until_at=now + dt.timedelta(days=1))
    vote = send(several, now=now, times=times)
    return [
        path_of(alone.contact, Purpose.OFFER, one.pk),
        f"/you/offers/{one.pk}/times/",
        path_of(several.contact, Purpose.OFFER, vote.pk),
    ]


def public_paths(meeting: Meeting) -> list[str]:
    """Pages for whom no link tells apart: a public page, a way back in, and a link that leads nowhere."""
    AccountManager.objects.filter(pk=meeting.organizer_id).update(has_page=True, page_name="mara")
    return ["/with/mara/", "/with/mara/client/", "/you/lost/", "/p/nowhere/"]


@pytest.mark.parametrize("direction", ["rtl", "ltr"])
def test_private_pages_are_accessible_and_fit_the_screen(
    direction: str,
    open_page: OpenPage,
    axe: Axe,
    contact: Contact,
    approval: Approval,
    meeting: Meeting,
    widest_language: str,
) -> None:
    """From right to left on a screen in the light, and in the widest words of all languages on a phone in the dark."""
    language = "ar" if direction == "rtl" else widest_language
    width = DESKTOP if direction == "rtl" else PHONE
    color_scheme: ColorScheme = "light" if direction == "rtl" else "dark"
    Contact.objects.filter(pk=contact.pk).update(language=language)
    page = open_page(width=width, color_scheme=color_scheme, locale=language, time_zone="Asia/Calcutta")
    paths = [
        path_of(contact, Purpose.HOME),
        "/you/wishes/",
        "/you/wishes/holidays/",
        "/you/unsubscribe/",
        "/you/zone/",
        "/you/data/",
        "/you/data/erase/",
        f"/you/approvals/{approval.pk}/",
        f"/you/meetings/{meeting.pk}/",
        f"/you/meetings/{meeting.pk}/move/",
        f"/you/meetings/{meeting.pk}/cancel/",
        *offer_paths(language),
        *public_paths(meeting),
    ]
    problems = []
    for path in paths:
        page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()
        expect(page.locator("html")).to_have_attribute("dir", direction)
        problems += axe.violations(page) + too_wide(page)
    assert not problems, "\n".join(problems)


def test_wishes_are_saved_by_keyboard_and_without_a_script(open_page: OpenPage, contact: Contact) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(path_of(contact, Purpose.WISHES))
    assert page.url.endswith("/you/wishes/")
    page.get_by_role("radio", name="every week").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Save my wishes").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved. This holds from now on.")).to_be_visible()
    assert Enrolment.objects.get().frequency == Enrolment.Frequency.FORTNIGHTLY


def test_approval_is_decided_on_a_phone(open_page: OpenPage, contact: Contact, approval: Approval) -> None:
    page = open_page(width=PHONE, java_script_enabled=False)
    page.goto(path_of(contact, Purpose.APPROVAL, approval.pk))
    with page.expect_download() as download:
        page.get_by_role("link", name="estimate-spring-2027.pdf").click()
    assert download.value.suggested_filename == "estimate-spring-2027.pdf"
    page.get_by_text("Not yet, because …").click()
    page.get_by_label("What is still missing").fill("The sum for May.")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("heading", name="Not yet approved")).to_be_visible()
    expect(page.get_by_text("The sum for May.")).to_be_visible()
    approval.refresh_from_db()
    assert approval.state == Approval.State.NOT_YET
