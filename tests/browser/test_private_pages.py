"""What contacts find behind their private links, in Chromium: in their language, on any screen, without a script."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from clients.links import Purpose
from clients.models import Contact
from scheduling.outreach.models import Approval, Enrolment
from tests.browser.client_pages import ELSEWHERE, ClientSide, ask_to_approve, make_checked_in
from tests.browser.conftest import DESKTOP, PHONE, Axe, ColorScheme, OpenPage, too_wide
from tests.outreach.private import path_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contact() -> Contact:
    return make_checked_in()


@pytest.fixture
def approval(contact: Contact, settings: Settings, tmp_path: Path) -> Approval:
    settings.MEDIA_ROOT = tmp_path
    return ask_to_approve(contact)


@pytest.mark.parametrize("direction", ["rtl", "ltr"])
def test_private_pages_are_accessible_and_fit_the_screen(
    direction: str,
    open_page: OpenPage,
    axe: Axe,
    contact: Contact,
    approval: Approval,
    widest_language: str,
) -> None:
    """From right to left on a screen in the light, and in the widest words of all languages on a phone in the dark."""
    language = "ar" if direction == "rtl" else widest_language
    width = DESKTOP if direction == "rtl" else PHONE
    color_scheme: ColorScheme = "light" if direction == "rtl" else "dark"
    side = ClientSide.make(contact, approval)
    side.read(language)
    page = open_page(width=width, color_scheme=color_scheme, locale=language, time_zone=ELSEWHERE)
    problems = []
    for path in side.paths():
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
