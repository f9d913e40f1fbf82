"""Pages in English from right to left: the same words, and everything where a mirror would show it.

No picture is kept to compare with: a page is its own measure. A language of the tests' own has English words and dates
and runs from right to left, so that what differs between the two is direction alone. Where a page is no mirror image,
both are left as pictures under var/mirrored/.
"""

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from babel import localedata
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clients.links import Purpose
from clients.models import AccountManager, Contact
from scheduling.meetings import services
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.test_every_page import sign_in
from tests.meetings.offered import DAY, HOUR, Cast, make_cast, send
from tests.outreach.private import path_of

pytestmark = pytest.mark.django_db(transaction=True)

#: Lends its name and direction; nobody is offered it.
MIRRORED = "yi"
#: Fractions of pixels, and letters that a browser sets a little closer in one direction.
TOLERANCE = 3.0
MOST_NAMED = 12
PICTURES = Path(__file__).parents[2] / "var" / "mirrored"

#: Every box, each text's own extent, and whatever a picture is drawn of: left edge, top, width and height.
MEASURE = """() => {
  const found = [];
  const add = (name, box) => box.width && box.height && found.push([name, box.x, box.y, box.width, box.height]);
  for (const one of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(one);
    const inSvg = one.ownerSVGElement;
    // The brand is drawn one way only. A word within a line stays where reading puts it, whichever way the line runs.
    if (one.closest(".sr, .skip, .brand, option") || !inSvg && style.display.startsWith("inline")) continue;
    if (inSvg && !["rect", "line"].includes(one.localName)) continue;
    const name = one.localName + [...one.classList].map((each) => `.${each}`).join("");
    add(name, one.getBoundingClientRect());
    const isInline = (node) => node instanceof Element && getComputedStyle(node).display === "inline";
    const isWord = (node) => node.textContent.trim() && (node instanceof Text || isInline(node));
    if (inSvg || ![...one.childNodes].some(isWord)) continue;
    const extent = document.createRange();
    extent.selectNodeContents(one);
    add(`the text of ${name}`, extent.getBoundingClientRect());
  }
  return [document.documentElement.clientWidth, document.documentElement.scrollWidth, found];
}"""


@pytest.fixture
def mirrored(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A language that is English in all but its direction."""
    path = tmp_path / MIRRORED / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        # Without a translation, a text is shown as it is written.
        write_mo(file, Catalog(MIRRORED))
    settings.LOCALE_PATHS = [tmp_path, *settings.LOCALE_PATHS]
    settings.LANGUAGES = [*settings.LANGUAGES, (MIRRORED, "Mirrored")]
    settings.LANGUAGES_BIDI = [*settings.LANGUAGES_BIDI, MIRRORED]
    data = localedata.load(MIRRORED)
    for key, value in localedata.load("en_GB").items():
        if key != "character_order":
            monkeypatch.setitem(data, key, value)
    return MIRRORED


@pytest.fixture
def cast() -> Cast:
    return make_cast(language="en-GB", address_as="Claire", full_name="Claire Tremblay")


@pytest.fixture
def tuesday() -> dt.datetime:
    """A Tuesday's afternoon in London, far enough ahead to be offered, at which nobody's clocks differ from today's."""
    now = timezone.now()
    return now.replace(hour=15, minute=0, second=0, microsecond=0) + (8 - now.weekday()) * DAY


def test_pages_of_a_client_on_a_phone(open_page: OpenPage, cast: Cast, mirrored: str, tuesday: dt.datetime) -> None:
    offer = send(cast, now=timezone.now(), times=[tuesday + days * DAY + days * HOUR for days in range(3)])
    book(cast, tuesday + 7 * DAY)
    page = open_page(width=PHONE, time_zone="America/Toronto")

    def read(language: str) -> None:
        Contact.objects.update(language=language)

    paths = {
        "offer": path_of(cast.contact, Purpose.OFFER, offer.pk),
        "own_page": path_of(cast.contact, Purpose.HOME),
    }
    problems = [problem for name, path in paths.items() for problem in differences(page, name, path, read, mirrored)]
    assert not problems, "\n".join(problems)


def test_pages_of_an_account_manager_on_a_desk(
    open_page: OpenPage, cast: Cast, mirrored: str, tuesday: dt.datetime, live_server: LiveServer
) -> None:
    book(cast, tuesday)
    page = open_page(width=DESKTOP)
    sign_in(page, cast.manager, live_server.url)

    def read(language: str) -> None:
        AccountManager.objects.update(language=language)

    people = f"contacts={cast.contact.pk}&colleagues={cast.manager.pk}"
    paths = {
        "today": reverse("desk:today"),
        "propose": f"{reverse('meetings:propose')}?{people}&duration=45",
    }
    problems = [problem for name, path in paths.items() for problem in differences(page, name, path, read, mirrored)]
    assert not problems, "\n".join(problems)


def book(cast: Cast, start_at: dt.datetime) -> None:
    """A meeting of everybody, so that the pages have something to show."""
    services.book(
        actor=cast.manager,
        contacts=cast.contacts,
        colleagues=[cast.manager],
        start_at=start_at,
        duration_minutes=45,
        title="Quarterly review",
        channel="video",
        now=timezone.now(),
    )


def differences(page: Page, name: str, path: str, read: Callable[[str], None], mirrored: str) -> list[str]:
    """What keeps a page from being its own mirror image."""
    languages = {"ltr": "en-GB", "rtl": mirrored}
    measured = []
    for direction, language in languages.items():
        read(language)
        page.goto(path)
        assert page.locator("html").get_attribute("dir") == direction
        measured.append(page.evaluate(MEASURE))
    (width, _, boxes), (_, reach, others) = measured
    problems = [f"{name} from right to left is {reach - width} px wider than its screen"] if reach > width else []
    if [box[0] for box in boxes] != [box[0] for box in others]:
        problems.append(f"{name} is made of other parts from right to left")
    else:
        problems += [
            f"{name}: {box[0]} is at {_at(other)} instead of {_at(seen)}"
            for box, other in zip(boxes, others, strict=True)
            if not _agree(seen := [box[0], width - box[1] - box[3], *box[2:]], other)
        ][:MOST_NAMED]
    if problems:
        for direction, language in languages.items():
            read(language)
            page.goto(path)
            page.screenshot(path=PICTURES / f"{name}-{direction}.png", full_page=True)
            problems.append(f"{name} as it looks: {PICTURES / name}-{direction}.png")
    return problems


def _agree(box: list[float], other: list[float]) -> bool:
    return all(math.isclose(one, two, abs_tol=TOLERANCE) for one, two in zip(box[1:], other[1:], strict=True))


def _at(box: list[float]) -> str:
    x, y, width, height = (round(length) for length in box[1:])
    return f"{x}, {y} ({width} × {height})"
