"""What goes wrong for clients ends on a page in their own language that says what happened and what to do."""

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.links import Purpose, revoke_links
from clients.models import Contact, PrivateLink
from scheduling.meetings import services
from scheduling.meetings.models import Meeting, Offer
from tests.clients.sending import Sent, sent_by
from tests.meetings.offered import DAY, Cast, make_cast, send
from tests.outreach.private import path_of, visitor
from tests.outreach.rows import make_meeting
from tests.people import make_contact

pytestmark = pytest.mark.django_db

HOME, WISHES, ZONE = "/you/", "/you/wishes/", "/you/zone/"


class Scene:
    """A contact who reads one language, with a meeting and an offer, and a browser that prefers another."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.cast: Cast = make_cast(language=language, time_zone="Europe/London", full_name="山田 花子")
        self.contact: Contact = self.cast.contact
        noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
        #: A Tuesday.
        self.start_at = noon + (8 - noon.weekday()) * DAY
        self.meeting: Meeting = make_meeting(
            self.cast.manager, [self.contact], start_at=self.start_at, booked_at=noon - DAY, title="定例会"
        )
        times = [self.start_at + days * DAY for days in (1, 2, 3)]
        self.offer: Offer = send(self.cast, times=times, now=timezone.now(), title="定例会")
        self.last_start = times[-1].isoformat()
        self.browser: Browser = visitor(self.contact, Purpose.HOME)
        self.move_path = f"/you/meetings/{self.meeting.pk}/move/"
        self.offer_path = f"/you/offers/{self.offer.pk}/"

    def opened(self, path: str) -> Any:
        """What somebody gets whose browser prefers that language, since nothing says whose the link is."""
        return Browser(headers={"accept-language": f"{self.language},en;q=0.5"}).get(path)

    def tab(self, path: str) -> Sent:
        """What the form on the page will send, as it is shown now."""
        return sent_by(self.browser.get(path))

    def taken(self, start_at: dt.datetime) -> None:
        """Somebody else has the account manager's time."""
        make_meeting(self.cast.manager, [make_contact()], start_at=start_at, booked_at=timezone.now())


def expired(scene: Scene) -> Any:
    path = path_of(scene.contact, Purpose.OFFER, scene.offer.pk)
    PrivateLink.objects.update(expires_at=timezone.now())
    return scene.opened(path)


def revoked(scene: Scene) -> Any:
    path = path_of(scene.contact, Purpose.HOME)
    revoke_links(actor=scene.cast.manager, contact=scene.contact, now=timezone.now())
    return scene.opened(path)


def mistyped(scene: Scene) -> Any:
    return scene.opened(path_of(scene.contact, Purpose.HOME)[:-2] + "/")


def of_another_contact(scene: Scene) -> Any:
    other = make_contact(scene.contact.client)
    theirs = make_meeting(scene.cast.manager, [other], start_at=scene.start_at + DAY / 6, booked_at=timezone.now())
    return scene.browser.get(f"/you/meetings/{theirs.pk}/move/")


def of_another_offer(scene: Scene) -> Any:
    theirs = send(make_cast(), times=[scene.start_at], now=timezone.now())
    return scene.browser.get(f"/you/offers/{theirs.pk}/")


def another_link_opened_in_between(scene: Scene) -> Any:
    form = scene.tab(WISHES)
    other = make_contact(scene.contact.client, language=scene.language)
    scene.browser.get(path_of(other, Purpose.HOME))
    return scene.browser.post(WISHES, form, headers={"accept-language": scene.language})


def offered_slot_gone(scene: Scene) -> Any:
    form = scene.tab(scene.offer_path)
    scene.taken(dt.datetime.fromisoformat(form["start_at"][0]))
    return scene.browser.post(scene.offer_path, {**form, "act": "choose"})


def slot_to_move_to_gone(scene: Scene) -> Any:
    page = scene.browser.get(scene.move_path)
    # The last one: the first may be too near a moment later.
    start_at = page.context["times"].cards[-1].start_at
    scene.taken(start_at)
    return scene.browser.post(scene.move_path, sent_by(page, start_at=start_at.isoformat()))


def offer_withdrawn(scene: Scene) -> Any:
    services.withdraw_offer(actor=scene.cast.manager, offer=scene.offer, now=timezone.now())
    return scene.browser.get(scene.offer_path)


def offer_withdrawn_while_choosing(scene: Scene) -> Any:
    form = scene.tab(scene.offer_path)
    services.withdraw_offer(actor=scene.cast.manager, offer=scene.offer, now=timezone.now())
    return scene.browser.post(scene.offer_path, {**form, "act": "choose"})


def zone_that_does_not_exist(scene: Scene) -> Any:
    return scene.browser.post(ZONE, {**scene.tab(ZONE), "time_zone": "Mars/Olympus", "how_long": "always"})


def wished_zone_that_does_not_exist(scene: Scene) -> Any:
    return scene.browser.post(WISHES, {**scene.tab(WISHES), "time_zone": "Mars/Olympus"})


def name_of_ten_thousand_characters(scene: Scene) -> Any:
    return scene.browser.post(WISHES, {**scene.tab(WISHES), "full_name": "花" * 10_000})


def name_with_an_address(scene: Scene) -> Any:
    return scene.browser.post(WISHES, {**scene.tab(WISHES), "full_name": "https://example.com"})


def moved_in_another_tab(scene: Scene) -> Any:
    first, second = scene.tab(scene.move_path), scene.tab(scene.move_path)
    times = [card.start_at.isoformat() for card in scene.browser.get(scene.move_path).context["times"].cards]
    assert scene.browser.post(scene.move_path, {**first, "start_at": times[-1]}).status_code == 303
    return scene.browser.post(scene.move_path, {**second, "start_at": times[-2]})


def cancelled_in_another_tab(scene: Scene) -> Any:
    path = f"/you/meetings/{scene.meeting.pk}/cancel/"
    first, second = scene.tab(path), scene.tab(path)
    assert scene.browser.post(path, {**first, "reason": "旅行"}).status_code == 303
    return scene.browser.post(path, {**second, "reason": "旅行"})


def chosen_in_another_tab(scene: Scene) -> Any:
    first, second = scene.tab(scene.offer_path), scene.tab(scene.offer_path)
    assert scene.browser.post(scene.offer_path, {**first, "act": "choose"}).status_code == 303
    return scene.browser.post(scene.offer_path, {**second, "act": "choose", "start_at": scene.last_start})


def chosen_again_after_going_back(scene: Scene) -> Any:
    form = scene.tab(scene.offer_path)
    assert scene.browser.post(scene.offer_path, {**form, "act": "choose"}).status_code == 303
    return scene.browser.post(scene.offer_path, {**form, "act": "choose", "start_at": scene.last_start})


def no_time_chosen(scene: Scene) -> Any:
    form = scene.tab(scene.offer_path)
    return scene.browser.post(scene.offer_path, {**form, "act": "choose", "start_at": ""})


def form_without_its_cookie(scene: Scene) -> Any:
    form = scene.tab(WISHES)
    scene.browser.cookies.pop(settings.CSRF_COOKIE_NAME)
    return scene.browser.post(WISHES, form, headers={"accept-language": scene.language})


ENDED = (404, "This link does not work, or not any more", "Open the link in the latest mail you got from us.")
NOT_HERE = (404, "This is not here, or not any more", "To your page")
WRITE_TO_US = 'For a new one, write to <bdi>%(manager)s</bdi>: <a href="mailto:%(email)s">%(email)s</a>'
SETTLED = "Nothing was changed: this is settled already. Below is how it is now."
NO_ZONE = "“%(value)s” is not a time zone. Use an IANA name such as Europe/Bucharest."
UNSAVED = "Nothing was saved yet. Please mend these first:"
CHANGED_SINCE = "Nothing was changed: the meeting is not what it was when you opened this page. This is how it is now."
OTHER_LINK = (
    "Nothing was changed. In this browser, a link sent to somebody else was opened after yours. "
    "Open the link in your own mail again."
)
#: What happens; the status; what the page says happened, and what to do now.
CASES: dict[Callable[[Scene], Any], tuple[int, str, str]] = {
    expired: ENDED,
    revoked: ENDED,
    mistyped: ENDED,
    of_another_contact: NOT_HERE,
    of_another_offer: NOT_HERE,
    another_link_opened_in_between: (
        409,
        "Another link was opened meanwhile",
        OTHER_LINK,
    ),
    offered_slot_gone: (
        409,
        "Sorry: this time has just been taken. Nothing was booked; here is what is free.",
        "The next best times",
    ),
    slot_to_move_to_gone: (
        409,
        "Nothing was changed: that time has been taken meanwhile. These are the next best ones.",
        "Move it to this time",
    ),
    offer_withdrawn: (200, "These times are not offered any more", WRITE_TO_US),
    offer_withdrawn_while_choosing: (409, SETTLED, WRITE_TO_US),
    zone_that_does_not_exist: (422, UNSAVED, NO_ZONE),
    wished_zone_that_does_not_exist: (422, UNSAVED, NO_ZONE),
    name_of_ten_thousand_characters: (422, UNSAVED, "Save my wishes"),
    name_with_an_address: (422, UNSAVED, "A name holds no address of the web. Write it without."),
    moved_in_another_tab: (409, CHANGED_SINCE, "Move it to this time"),
    cancelled_in_another_tab: (409, CHANGED_SINCE, "Your page"),
    chosen_in_another_tab: (409, SETTLED, "Take it back"),
    chosen_again_after_going_back: (
        422,
        "This form was sent before with another choice. Nothing was changed; please choose again.",
        "Take it back",
    ),
    no_time_chosen: (422, "Choose one of the times first.", "Confirm this time"),
    form_without_its_cookie: (403, "The form was too old", "Have you lost your link?"),
}


def says(page: str, msgid: str, language: str, plural: str = "", count: int = 0) -> bool:
    """Whether the sentence stands on the page in that language, whatever is put into it."""
    with translation.override(language):
        sentence = ngettext(msgid, plural, count) if plural else _(msgid)
    assert sentence not in (msgid, plural), f"not translated: {msgid}"
    return re.search(re.sub(r"%\\\((\w+)\\\)[ds]", ".+?", re.escape(sentence)), unescape(page)) is not None


@pytest.mark.parametrize("language", ["es", "ar"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_whatever_goes_wrong_is_told_in_the_readers_language_with_what_to_do(
    case: Callable[[Scene], Any], language: str
) -> None:
    status, happened, to_do = CASES[case]
    response = case(Scene(language))
    page = response.content.decode()
    assert response.status_code == status
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    assert "<h1>" in page
    assert says(page, happened, language)
    assert says(page, to_do, language)
    # Nobody who has no account is sent to a page that asks for one.
    assert 'btn--primary" href="/"' not in page


CLOCK = (
    'The clock of your device is %(minutes)s {}: it is <bdi class="num">%(time)s</bdi>. '
    "The times on this page are right."
)


@pytest.mark.parametrize("language", ["es", "ar"])
@pytest.mark.parametrize(
    ("hours", "one", "many"), [(3, "minute ahead", "minutes ahead"), (-3, "minute behind", "minutes behind")]
)
def test_wrong_clock_of_a_device_is_told_in_the_readers_language(
    hours: int, one: str, many: str, language: str
) -> None:
    scene = Scene(language)
    device_at = timezone.now() + hours * dt.timedelta(hours=1)
    told = scene.browser.get(HOME, {"device_zone": "Europe/London", "device_at": device_at.isoformat()})
    assert told["Content-Language"] == language
    assert says(told.content.decode(), CLOCK.format(one), language, CLOCK.format(many), count=abs(hours) * 60)
