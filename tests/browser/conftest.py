"""Pages in the system's Chromium, which fail their test when the browser or the policy complains."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser import widest
from tests.browser.chromium import find_chromium
from tests.waiting import PATIENCE_SECONDS

DESKTOP = 1360
PHONE = 390
ColorScheme = Literal["light", "dark"]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Only the test's own server can be reached, so that a foreign address fails on every machine alike.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


class OpenPage(Protocol):
    """Makes a page of its own context: a reader with a screen, a colour scheme, a language and a zone."""

    def __call__(
        self,
        *,
        width: int = DESKTOP,
        height: int = 900,
        color_scheme: ColorScheme = "light",
        java_script_enabled: bool = True,
        locale: str = "en-GB",
        time_zone: str | None = None,
    ) -> Page: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of the session."""
    executable = find_chromium()
    assert executable, "no Chromium: run `make test`, or install the system's package `chromium`"
    # Playwright's loop runs in this thread for the rest of the session; Django would take it for async code.
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        expect.set_options(timeout=60_000)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """Makes pages on the live server; when the test ends, whatever went wrong in them fails it."""
    watch = Watch(live_server.url)
    contexts = []

    def open_page(
        *,
        width: int = DESKTOP,
        height: int = 900,
        color_scheme: ColorScheme = "light",
        java_script_enabled: bool = True,
        locale: str = "en-GB",
        time_zone: str | None = None,
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme=color_scheme,
            java_script_enabled=java_script_enabled,
            locale=locale,
            timezone_id=time_zone,
            reduced_motion="reduce",
        )
        context.set_default_timeout(1000 * PATIENCE_SECONDS)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not watch.problems, "\n".join(watch.problems)


@pytest.fixture(scope="session")
def widest_words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a catalogue in which each text is as wide as it is in any language."""
    folder = tmp_path_factory.mktemp("widest")
    widest.write_catalogue(folder)
    return folder


@pytest.fixture
def widest_language(widest_words: Path, settings: Settings) -> str:
    """The language of those words, which the test's readers may have."""
    settings.LOCALE_PATHS = [widest_words, *settings.LOCALE_PATHS]
    settings.LANGUAGES = [*settings.LANGUAGES, (widest.LANGUAGE, "All languages")]
    return widest.LANGUAGE


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A desktop page, light, with JavaScript, in English."""
    return open_page()


class Watch:
    """Collects what goes wrong in pages: script errors, policy violations, failed and foreign requests.

    An answer of 4xx to a navigation or a form is the test's own business; to what a page asks for by itself,
    such as a style sheet, it is a problem.
    """

    def __init__(self, origin: str) -> None:
        self._host = urlsplit(origin).netloc
        self.problems: list[str] = []

    def over(self, page: Page) -> None:
        """Watches the page from now on."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("request", self._on_request)
        page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        # The browser's own notes about statuses are judged by _on_response, which knows what was asked for.
        if message.type == "error" and not message.text.startswith("Failed to load resource: the server responded"):
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("about", "blob") and address.netloc != self._host:
            self.problems.append(f"foreign request: {request.url}")

    def _on_response(self, response: Response) -> None:
        asked_by_reader = response.request.resource_type in ("document", "xhr", "fetch")
        if response.status >= (500 if asked_by_reader else 400):
            self.problems.append(f"status {response.status}: {response.url}")


# What a colour scheme can change, of all that axe looks at.
COLOR_RULES = ("color-contrast", "link-in-text-block")
# Most of axe's time goes into finding out what lies below each text. In a long table hundreds of texts are alike: the
# same element, in the same colours, upon the same elements of the same colours. These rules are asked of three of them,
# and all other rules of everything.
# Letters that join are to axe a picture that a font draws, whose colours it does not ask for: while it looks, others
# stand for them.
ASK = """async options => {
    const looks = new Map(), seen = {}
    for (const element of document.querySelectorAll("body, body *")) {
        const style = getComputedStyle(element)
        const look = [
            looks.get(element.parentElement), element.localName, element.className.baseVal ?? element.className,
            element.checkVisibility({ visibilityProperty: true }), style.position,
            [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()),
            style.color, style.fill, style.backgroundColor, style.backgroundImage, style.opacity, style.filter,
            style.fontSize, style.fontWeight,
        ].join()
        looks.set(element, look)
        seen[look] = (seen[look] ?? 0) + 1
        element.toggleAttribute("data-alike", seen[look] > 3)
    }
    axe.configure({ rules: [
        { id: "color-contrast", selector: ":not([data-alike])" },
        { id: "link-in-text-block", selector: "a[href]:not([data-alike]), [role=link]:not([data-alike])" },
    ] })
    const joined = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
        const text = texts.currentNode, was = text.data
        text.data = was.replace(/\\p{Script=Arabic}/gu, letter => String.fromCodePoint(97 + letter.codePointAt(0) % 26))
        if (text.data !== was) joined.push([text, was])
    }
    try {
        return await axe.run(document, options)
    } finally {
        for (const [text, was] of joined) text.data = was
    }
}"""
# A rule of WCAG 2.2, which axe does not apply by itself.
TARGET_SIZE = {"target-size": {"enabled": True}}


def too_wide(page: Page) -> list[str]:
    """By how much the page is wider than its screen, in words; nothing where it fits."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{page.url} is {wider} px wider than its screen"] if wider > 0 else []


class Axe:
    """Looks for accessibility violations in pages."""

    def __call__(self, page: Page) -> None:
        """Fails with every violation that axe finds on a page."""
        violations = self.violations(page)
        assert not violations, "\n".join(violations)

    def in_both_schemes(self, page: Page) -> list[str]:
        """What axe finds on a page in the light, and in its colours in the dark."""
        page.emulate_media(color_scheme="light")
        found = self.violations(page)
        page.emulate_media(color_scheme="dark")
        return found + [f"dark: {violation}" for violation in self.violations(page, rules=COLOR_RULES)]

    def on_any_screen(self, page: Page) -> list[str]:
        """What axe finds on a page in both schemes on a desktop and on a phone, and which of them it does not fit."""
        found = []
        for width in (DESKTOP, PHONE):
            page.set_viewport_size({"width": width, "height": 900})
            found += self.in_both_schemes(page) + too_wide(page)
        return found

    def violations(self, page: Page, *, rules: Sequence[str] = ()) -> list[str]:
        """What axe finds; `rules` names those that are asked, by default all that concern WCAG."""
        # A click returns when the next page begins to arrive: it may have no body yet.
        page.wait_for_load_state()
        if not page.evaluate("'axe' in window"):
            # Evaluated through the browser's debugger, which no content policy concerns: the policy stays in force.
            page.evaluate(AXE_SCRIPT)
        asked = {"runOnly": {"type": "rule", "values": rules}} if rules else {"rules": TARGET_SIZE}
        # Nothing that these rules ask for has to be fetched.
        options = {"resultTypes": ["violations"], "preload": False, **asked}
        is_about_colors = not rules or set(rules) & set(COLOR_RULES)
        results = page.evaluate(ASK if is_about_colors else "options => axe.run(document, options)", options)
        return [
            f"{page.url}: {violation['id']} ({violation['impact']}): {node['target']} {node['html'][:200]}"
            for violation in results["violations"]
            for node in violation["nodes"]
        ]


@pytest.fixture(scope="session")
def axe() -> Axe:
    """What checks pages for accessibility."""
    return Axe()
