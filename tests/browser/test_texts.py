"""The editor of mails' texts, typed into by an admin."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Axe, too_wide
from tests.browser.test_every_page import sign_in
from tests.people import make_account_manager

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_preview_follows_what_is_typed(page: Page, axe: Axe, live_server: LiveServer) -> None:
    sign_in(page, make_account_manager(full_name="Inés Valdemar", is_staff=True), live_server.url)
    page.goto("/outbox/texts/?language=ar")
    assert axe.on_any_screen(page) == []
    page.locator("a[href='/outbox/texts/dates/ar/formal/']").click()
    letter = page.locator("article.letter")
    expect(letter).to_have_attribute("dir", "rtl")
    body = page.get_by_label("Text", exact=True)
    body.fill("مرحبًا من {sender}.\n\n{dates}")
    expect(letter).to_contain_text("مرحبًا من Inés Valdemar.")
    assert axe.on_any_screen(page) == []
    body.fill("{sendr}")
    expect(page.locator("#preview")).to_contain_text("{sendr} is no placeholder here.")
    assert too_wide(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("{sendr} is no placeholder here.")
    expect(body).to_have_value("{sendr}")
