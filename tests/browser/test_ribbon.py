"""The time on the ribbon stepped by keyboard, by dragging and without JavaScript, its costs following."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clients.models import AccountManager
from tests.browser.conftest import PHONE, Axe, OpenPage
from tests.browser.test_every_page import sign_in
from tests.people import make_account_manager, make_client, make_contact, make_team

PILL = "#ribbon-handle .ax-pill"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address() -> str:
    team = make_team()
    make_account_manager(team, full_name="Mara Quill", email="mara@dayband.example", time_zone="UTC")
    client = make_client(team, name="Cumbre Azul")
    make_contact(client, full_name="Ana Prado", address_as="Ana", time_zone="America/Bogota")
    make_contact(client, full_name="Kenji Mori", address_as="Kenji", time_zone="Asia/Tokyo")
    return f"{reverse('meetings:propose')}?client={client.pk}"


def open_ribbon(page: Page, address: str, live_server: LiveServer) -> None:
    sign_in(page, AccountManager.objects.get(email="mara@dayband.example"), live_server.url)
    page.goto(address)


def shown_time(page: Page) -> str:
    """The chosen time on the reader's wall, “12:00”, from the handle."""
    return (page.locator("#ribbon-handle text").text_content() or "")[:5]


def box(page: Page, selector: str) -> dict[str, float]:
    """Where an element is at this instant, also while the page is being brought up to date."""
    found: dict[str, float] = page.evaluate(
        "selector => document.querySelector(selector).getBoundingClientRect().toJSON()", selector
    )
    return found


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return 60 * int(hours) + int(rest)


def test_arrow_keys_step_the_time_without_loading_the_page(
    page: Page, address: str, axe: Axe, live_server: LiveServer
) -> None:
    open_ribbon(page, address, live_server)
    page.evaluate("window.isSamePage = true")
    first = minutes(shown_time(page))
    handle = page.get_by_role("slider", name="Time on the ribbon")
    handle.focus()
    for number in (1, 2):
        page.keyboard.press("ArrowRight")
        expect(page.locator("#ribbon-handle text")).to_have_text(
            re.compile(f"^{(first + 15 * number) // 60:02}:{(first + 15 * number) % 60:02}")
        )
        expect(handle).to_be_focused()
    # From there to a time at which somebody sleeps, which is shown and not skipped.
    page.keyboard.press("Home")
    expect(handle).to_have_attribute("aria-valuetext", re.compile("^00:00, not possible for"))
    expect(page.get_by_role("heading", name=re.compile("^Why not"))).to_be_visible()
    expect(page.get_by_role("button", name="Book and send the invitations")).to_have_count(0)
    assert page.evaluate("window.isSamePage")
    assert "at=" in page.url
    axe(page)


def test_dragging_takes_the_time_along_and_the_costs_follow(page: Page, address: str, live_server: LiveServer) -> None:
    open_ribbon(page, address, live_server)
    page.evaluate("window.isSamePage = true")
    first = minutes(shown_time(page))
    axis, pill = box(page, "svg.axis"), box(page, PILL)
    x, y = pill["x"] + pill["width"] / 2, pill["y"] + pill["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - axis["width"] / 24, y, steps=4)
    page.mouse.up()
    hour_before = f"{(first - 60) // 60:02}:{(first - 60) % 60:02}"
    expect(page.get_by_role("heading", name=re.compile(f"^Why.*{hour_before}"))).to_be_visible()
    expect(page.locator("#ribbon-handle text")).to_have_text(re.compile(f"^{hour_before}"))
    assert page.evaluate("window.isSamePage")


def test_a_drag_ends_where_the_ribbon_is_gone(page: Page, address: str, live_server: LiveServer) -> None:
    open_ribbon(page, address, live_server)
    pill = box(page, PILL)
    x, y = pill["x"] + pill["width"] / 2, pill["y"] + pill["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("htmx.swap('main', '', {swapStyle: 'innerHTML'})")
    # The browser's errors fail this test.
    page.mouse.move(x - 200, y, steps=2)
    page.mouse.up()


def test_from_right_to_left_the_earlier_hours_are_on_the_right(
    page: Page, address: str, axe: Axe, settings: Settings, live_server: LiveServer
) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("he", "Hebrew")]
    AccountManager.objects.update(language="he")
    open_ribbon(page, address, live_server)
    assert page.evaluate("document.dir") == "rtl"
    first = minutes(shown_time(page))
    axis, pill = box(page, "svg.axis"), box(page, PILL)
    x, y = pill["x"] + pill["width"] / 2, pill["y"] + pill["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + axis["width"] / 24, y, steps=4)
    # The handle stays below the pointer while the page is on its way.
    assert abs(box(page, PILL)["x"] - pill["x"] - axis["width"] / 24) < axis["width"] / 96
    page.mouse.up()
    expect(page.locator("#ribbon-handle text")).to_contain_text(f"{(first - 60) // 60:02}:{(first - 60) % 60:02}")
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#ribbon-handle text")).to_contain_text(f"{(first - 45) // 60:02}:{(first - 45) % 60:02}")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    axe(page)


def test_links_step_the_time_without_java_script(open_page: OpenPage, address: str, live_server: LiveServer) -> None:
    page = open_page(java_script_enabled=False, width=PHONE)
    open_ribbon(page, address, live_server)
    first = minutes(shown_time(page))
    expect(page.get_by_role("slider")).to_have_count(0)
    page.locator("#step-later").click()
    assert minutes(shown_time(page)) == first + 15
    page.locator("#step-earlier").click()
    page.locator("#step-earlier").click()
    assert minutes(shown_time(page)) == first - 15
    page.get_by_role("link", name=re.compile("Compare with the time shown")).last.click()
    expect(page.get_by_role("heading", name=re.compile("instead of"))).to_be_visible()
    page.locator("#show-ways").click()
    expect(page.get_by_role("heading", name="What would make a fairer time possible")).to_be_visible()


def test_comparing_and_ways_out_are_accessible_on_a_phone(
    open_page: OpenPage, address: str, axe: Axe, live_server: LiveServer
) -> None:
    page = open_page(width=PHONE, color_scheme="dark")
    open_ribbon(page, address, live_server)
    compare = page.locator(".opt__c").first.get_attribute("href")
    assert compare
    page.goto(compare.replace("#", "&ways=1#"))
    page.locator("#every-day > summary").click()
    expect(page.get_by_role("heading", name=re.compile("instead of"))).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
