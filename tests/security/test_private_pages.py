"""What private links open: their own pages alone, kept by nobody, and a look changes nothing (S1, S3, S4, S5)."""

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.links import Purpose, link_for
from clients.models import PrivateLink
from scheduling.outreach.public_pages import confirm_url
from tests.security.asking import Asked, address, ask
from tests.security.house import House
from tests.security.whose import OF_A_CONTACT, OF_EVERYBODY

DOORS = ("private_link", "one_click", "public:link")


def test_each_link_opens_its_own_pages_alone_and_looking_changes_nothing(kestrel: House) -> None:
    problems = []
    for purpose in Purpose:
        browser = kestrel.visit(purpose)
        for name, (purposes, arguments) in OF_A_CONTACT.items():
            path = address(name, arguments, kestrel)
            looks = [ask(browser, "get", path)]
            if purpose in purposes:
                looks.append(ask(browser, "head", path))
            for asked in looks:
                problems += _problems(f"{name} by {purpose}", asked, {200} if purpose in purposes else {404})
    assert not problems, "\n".join(problems)


def test_rows_of_others_are_not_there(kestrel: House, plover: House) -> None:
    bystander = Browser(raise_request_exception=False)
    bystander.get(_path(link_for(kestrel.bystander, Purpose.HOME, now=timezone.now())))
    problems = []
    for name, (purposes, arguments) in OF_A_CONTACT.items():
        if not arguments:
            continue
        path = address(name, arguments, kestrel)
        visitors = [(plover.visit(purpose), plover.contact) for purpose in sorted(purposes)]
        if "pk" in arguments:
            visitors.append((bystander, kestrel.bystander))
        for browser, contact in visitors:
            for link in contact.private_links.filter(purpose__in=purposes):
                for asked in (ask(browser, "get", path), ask(browser, "post", path, link=link.pk)):
                    # A form of another link's page is told apart before anything is looked up.
                    problems += _problems(name, asked, {404, 405, 409})
                    if asked.tells(kestrel) and contact != kestrel.bystander:
                        problems.append(f"{name}: {asked} and tells of {kestrel.word}")
    assert not problems, "\n".join(problems)


def test_tokens_that_open_nothing_are_answered_alike(kestrel: House) -> None:
    problems = []
    for number, token in enumerate(_wrong_tokens(kestrel)):
        # Each from a network of its own: after ten there is no other answer.
        browser = Browser(raise_request_exception=False, REMOTE_ADDR=f"192.0.2.{number + 1}")
        for door in DOORS:
            for method in ("get", "head", "post"):
                asked = ask(browser, method, reverse(door, args=[token]), None, **{"List-Unsubscribe": "One-Click"})
                problems += _problems(door, asked, {404, 405} if method == "post" else {404})
                if asked.tells(kestrel) or asked.response.cookies:
                    problems.append(f"{door}: {asked} and tells something")
    assert not problems, "\n".join(problems)


def test_following_a_link_changes_nothing_and_leaves_no_token(kestrel: House) -> None:
    problems = []
    for purpose in Purpose:
        path = _path(link_for(kestrel.contact, purpose, now=timezone.now(), subject_id=kestrel.subject_of(purpose)))
        for method in ("get", "head"):
            asked = ask(Browser(raise_request_exception=False), method, path)
            problems += _problems(str(purpose), asked, {302}, referrers={"no-referrer"})
            if path.split("/")[2].lower().encode() in asked.said:
                problems.append(f"{purpose}: {asked} and repeats the token")
    asked = ask(Browser(raise_request_exception=False), "get", _path(confirm_url(kestrel.enquiry)))
    problems += _problems("public:link", asked, {302}, referrers={"no-referrer"})
    assert not problems, "\n".join(problems)


def test_what_is_shown_without_a_link_is_kept_by_nobody_either(kestrel: House) -> None:
    problems = []
    names = [name for name in OF_EVERYBODY if name.startswith(("you:", "public:"))]
    for name in names:
        path = address(name, OF_EVERYBODY[name], kestrel)
        for browser in (Browser(raise_request_exception=False), kestrel.visit(Purpose.HOME)):
            for method in ("get", "post"):
                asked = ask(browser, method, path)
                referrers = {"no-referrer", "same-origin"}
                problems += _problems(name, asked, {200, 204, 302, 303, 404, 405, 409, 422}, referrers=referrers)
    assert not problems, "\n".join(problems)


def _wrong_tokens(house: House) -> Iterator[str]:
    """Mistyped, revoked, past its end, sent to an address that is another by now."""
    now = timezone.now()

    def token(subject_id: int, expires_at: dt.datetime | None = None) -> str:
        link = link_for(house.contact, Purpose.MEETING, now=now, subject_id=subject_id, expires_at=expires_at)
        return _path(link).split("/")[2]

    yield token(house.meeting.pk)[:-1] + "_"
    revoked = token(house.past_meeting.pk)
    PrivateLink.objects.filter(subject_id=house.past_meeting.pk).delete()
    yield revoked
    yield token(house.past_meeting.pk, expires_at=now - dt.timedelta(seconds=1))
    moved_away = token(house.meeting.pk)
    house.contact.email = f"elsewhere@{house.word}.example"
    house.contact.save()
    yield moved_away


def _path(url: str) -> str:
    return urlsplit(url).path


def _problems(
    name: str, asked: Asked, allowed: set[int], *, referrers: frozenset[str] | set[str] = frozenset({"same-origin"})
) -> list[str]:
    found = []
    if asked.status not in allowed:
        found.append(f"{name}: {asked}, not {' or '.join(map(str, sorted(allowed)))}")
    if asked.written and not asked.what.startswith("POST"):
        found.append(f"{name}: {asked} and wrote into {', '.join(asked.written)}")
    if asked.status == 405:
        return found
    headers = asked.response.headers
    policy = headers.get("Content-Security-Policy", "")
    kept = set(headers.get("Cache-Control", "").split(", "))
    holds = {
        "Cache-Control: no-store, private": {"no-store", "private"} <= kept,
        f"Referrer-Policy: {' or '.join(sorted(referrers))}": headers.get("Referrer-Policy") in referrers,
        "X-Robots-Tag: noindex": "noindex" in headers.get("X-Robots-Tag", ""),
        "a strict Content-Security-Policy": "default-src 'none'" in policy and "unsafe" not in policy,
    }
    return found + [f"{name}: {asked} without {what}" for what, is_there in holds.items() if not is_there]
