"""The editor of mails' texts, typed into by an admin."""

import pytest
from django.conf import settings
from django.test import Client as Visitor
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import DESKTOP, PHONE, Axe, OpenPage
from tests.people import make_account_manager

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_preview_follows_what_is_typed(open_page: OpenPage, axe: Axe, live_server: LiveServer, width: int) -> None:
    visitor = Visitor()
    visitor.force_login(make_account_manager(full_name="Inés Valdemar", is_staff=True))
    page = open_page(width=width)
    cookie = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    problems = []
    page.goto("/outbox/texts/?language=ar")
    problems += axe.violations(page)
    page.locator("a[href='/outbox/texts/dates/ar/formal/']").click()
    letter = page.locator("article.letter")
    expect(letter).to_have_attribute("dir", "rtl")
    body = page.get_by_label("Text", exact=True)
    body.fill("مرحبًا من {sender}.\n\n{dates}")
    expect(letter).to_contain_text("مرحبًا من Inés Valdemar.")
    problems += axe.violations(page)
    body.fill("{sendr}")
    expect(page.locator("#preview")).to_contain_text("{sendr} is no placeholder here.")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert problems == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("{sendr} is no placeholder here.")
    expect(body).to_have_value("{sendr}")
