"""How every page looks in every language, theme and width: `make looks` asks, `make test` samples.

Each page is loaded once per language, and its screen is then changed without loading it again. All is asked of a wide
light screen and of a small dark one. What lies between can only differ in what a screen or a theme changes: colours,
the sizes of what is tapped, and whether everything fits. What does not depend on words is asked in English alone: each
theme's colours on the other's screens, forced colours, and where the focus is.

    make looks LANGUAGES="ar ja" PAGES=/offers/

asks some languages for some pages; PAGES is a regular expression.
"""

import itertools
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from allauth.core.internal.ratelimit import respond_429
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as project
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.management import call_command
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.csrf import csrf_failure
from django.views.defaults import bad_request, permission_denied
from playwright.sync_api import CDPSession, Page
from playwright.sync_api import Error as PlaywrightError
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clients.models import AccountManager
from clients.views.private import too_many
from config import errors, urls
from scheduling.desk.demo.cast import PASSWORD
from tests.browser.client_pages import ELSEWHERE, SEND, Afterwards, ClientSide, Step, ask_to_approve, make_checked_in
from tests.browser.conftest import COLOR_RULES, Axe, ColorScheme, OpenPage, too_wide
from tests.browser.seen import cut_off, hidden_focus, lost_states, spaced
from tests.browser.test_every_page import addresses, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

LANGUAGES = os.environ.get("LANGUAGES", "").split() or [code for code, _name in project.LANGUAGES]
PAGES = re.compile(os.environ.get("PAGES", ""))
FORCED_COLORS: tuple[Literal["none", "active"], ...] = ("active", "none")
#: Which language is asked for what does not depend on words.
WITHOUT_WORDS = "en"

EVERYTHING: tuple[str, ...] = ()
SIZES = ("target-size",)


@dataclass(frozen=True)
class Look:
    """A screen in CSS pixels, and which of axe's rules are asked there."""

    width: int
    color_scheme: ColorScheme
    rules: Sequence[str] | None
    height: int = 900
    zoom: int = 1
    is_spaced: bool = False

    def __str__(self) -> str:
        return f"{self.color_scheme} {self.width}" + (f" ({self.zoom} × larger)" if self.zoom > 1 else "")


#: In each language.
LOOKS = (
    Look(1360, "light", EVERYTHING),
    # A desktop on which everything is shown at twice its size.
    Look(680, "light", SIZES, height=450, zoom=2),
    Look(768, "dark", (*COLOR_RULES, *SIZES)),
    Look(390, "light", SIZES),
    Look(360, "dark", EVERYTHING, is_spaced=True),
    # A desktop at four times its size: everything but what has two dimensions has to fit (WCAG 1.4.10).
    Look(320, "light", None),
)
#: In English alone: each theme's colours on the other's screens.
LOOKS_WITHOUT_WORDS = (Look(1360, "dark", COLOR_RULES, is_spaced=True), Look(360, "light", COLOR_RULES))
#: A phone on which everything is shown at twice its size.
LARGE_ON_A_PHONE = Look(195, "light", None, zoom=2)


def test_looks(open_page: OpenPage, axe: Axe, live_server: LiveServer, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ROOT_URLCONF = __name__
    call_command("seed_demo", verbosity=0)
    call_command("tick", verbosity=0)
    maya = AccountManager.objects.get(email="maya@dayband.example")
    # Before there is anything that is none of theirs.
    managers_steps = list(desk_steps())
    contact = make_checked_in()
    side = ClientSide.make(contact, ask_to_approve(contact))
    afterwards = Afterwards.make(side)
    sight = Sight(axe)
    for language in LANGUAGES:
        AccountManager.objects.filter(pk=maya.pk).update(language=language, is_staff=True)
        afterwards.read(language)
        desk = open_page(locale=language)
        sign_in(desk, maya, live_server.url)
        for step in managers_steps:
            sight.of(desk, step, language)
        for step in guarded_steps(maya):
            sight.of(desk, step, language)
        visitor = open_page(locale=language, time_zone=ELSEWHERE)
        for step in itertools.chain(map(Step, side.paths()), afterwards.steps(), strangers_steps()):
            sight.of(visitor, step, language, is_clients=True)
    print(f"\n{sight.pages} pages, {sight.looks} looks, {len(sight.problems)} problems")
    assert not sight.problems, "\n".join(sight.problems)


def desk_steps() -> Iterator[Step]:
    """What an account manager sees who is an admin as well."""
    yield from map(Step, addresses())
    yield Step(reverse("outreach:texts"))
    yield Step(reverse("outreach:text", args=["greeting", "en", "neutral"]))
    yield Step(reverse("holidays_app:picker"))
    for name in ("clients:create", "account_change_password"):
        yield Step(reverse(name), SEND)
    # After a password, for five minutes.
    yield Step(reverse("account_reauthenticate"))
    yield Step(reverse("account_reauthenticate"), SEND)
    yield Step(reverse("account_reauthenticate") + f"?next={reverse('mfa_activate_totp')}", GIVE_PASSWORD)
    yield Step(reverse("mfa_add_webauthn"))


def guarded_steps(manager: AccountManager) -> Iterator[Step]:
    """What a second factor adds, while there is one."""
    RecoveryCodes.activate(manager)
    TOTP.activate(manager, "a secret of nobody")
    key = Authenticator.objects.create(
        user=manager, type=Authenticator.Type.WEBAUTHN, data={"name": "Blue key", "credential": {}}
    )
    for name in (
        "mfa_index",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
        "mfa_list_webauthn",
    ):
        yield Step(reverse(name))
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        yield Step(reverse(name, args=[key.pk]))
    Authenticator.objects.filter(user=manager).delete()
    yield Step(reverse("account_logout"))


def strangers_steps() -> Iterator[Step]:
    """The ways in, and what went wrong."""
    for name in ("account_login", "account_reset_password"):
        yield Step(reverse(name))
        yield Step(reverse(name), SEND)
    yield Step(reverse("account_reset_password_done"))
    yield Step(reverse("account_inactive"))
    yield Step("/nowhere/")
    for what in SHOWN:
        yield Step(f"/shown/{what}/")


GIVE_PASSWORD = f"""
    document.querySelector("[name=password]").value = "{PASSWORD}"
    document.querySelector("main form").submit()
"""


class Sight:
    """Looks at pages, says so as it goes, and keeps what is wrong."""

    def __init__(self, axe: Axe) -> None:
        self._axe = axe
        self.pages = self.looks = 0
        self.problems: list[str] = []
        self._screens: dict[Page, CDPSession] = {}

    def of(self, page: Page, step: Step, language: str, *, is_clients: bool = False) -> None:
        """Looks at what the step leads to, on every screen."""
        if not PAGES.search(step.path) and not step.path.startswith("/p/"):
            return
        started = time.monotonic()
        try:
            found = self._looked_at(page, step, language, is_clients=is_clients)
        except PlaywrightError as error:
            found = [f"{step.path}: {error.message}"]
        took = time.monotonic() - started
        self.pages += 1
        self.problems += (f"{language}, {problem}" for problem in found)
        print(f"{language}  {took:4.1f} s  {len(found):3} problems  {page.url}", flush=True)
        for problem in found:
            print(f"    {problem}", flush=True)

    def _looked_at(self, page: Page, step: Step, language: str, *, is_clients: bool) -> list[str]:
        page.emulate_media(forced_colors="none")
        self._show_on(page, LOOKS[0])
        page.goto(step.path)
        if step.script:
            with page.expect_navigation():
                page.evaluate(step.script)
        if page.locator("[data-compare]").count():
            # What the device says of itself comes a little later.
            page.locator("[data-compare] > *").first.wait_for(state="attached")
        looks = [*LOOKS, *([LARGE_ON_A_PHONE] if is_clients else [])]
        found = [f"{look}: {problem}" for look in looks for problem in self._at(page, look)]
        return found + (list(self._without_words(page)) if language == WITHOUT_WORDS else [])

    def _show_on(self, page: Page, look: Look) -> None:
        if page not in self._screens:
            # Through the browser's debugger: Playwright sets a width, but no zoom.
            self._screens[page] = page.context.new_cdp_session(page)
        page.emulate_media(color_scheme=look.color_scheme)
        screen = {"width": look.width, "height": look.height, "deviceScaleFactor": look.zoom, "mobile": False}
        self._screens[page].send("Emulation.setDeviceMetricsOverride", screen)
        seen = page.evaluate("[innerWidth, innerHeight, devicePixelRatio]")
        assert seen == [look.width, look.height, look.zoom], f"{look} became {seen}"

    def _at(self, page: Page, look: Look) -> Iterator[str]:
        self._show_on(page, look)
        if look.rules is not None:
            yield from self._axe.violations(page, rules=look.rules)
        yield from too_wide(page)
        yield from cut_off(page)
        if look.is_spaced:
            with spaced(page):
                yield from (f"with more space between letters: {one}" for one in too_wide(page) + cut_off(page))
        # As it first shows on a wide screen; from there on with all that can be unfolded.
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        self.looks += 1

    def _without_words(self, page: Page) -> Iterator[str]:
        for look in LOOKS_WITHOUT_WORDS:
            yield from (f"{look}: {problem}" for problem in self._at(page, look))
            for forced in FORCED_COLORS:
                page.emulate_media(forced_colors=forced)
                yield from (f"{look}, forced colours {forced}: {one}" for one in hidden_focus(page))
                self.looks += 1
        yield from (f"forced colours: {one}" for one in lost_states(page))


@login_not_required
def show(request: HttpRequest, what: str) -> HttpResponseBase:
    """A page about what went wrong, answered as if nothing had: the browser's watch would call it a problem."""
    response = SHOWN[what](request)
    response.status_code = 200
    return response


def _unreachable(request: HttpRequest) -> HttpResponseBase:
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(errors, "is_unreachable", lambda _error: True)
        return errors.server_error(request)


SHOWN: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "400": lambda request: bad_request(request, SuspiciousOperation()),
    "403": lambda request: permission_denied(request, PermissionDenied()),
    "403-csrf": csrf_failure,
    "429": respond_429,
    "429-client": too_many,
    "500": errors.server_error,
    "503": _unreachable,
    "erased": lambda request: render(request, "client/erased.html"),
    "other-link": lambda request: render(request, "client/other_link.html"),
}

urlpatterns = [path("shown/<str:what>/", show), *urls.urlpatterns]
handler500 = urls.handler500
