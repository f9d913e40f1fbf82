"""What is another team's is not there: every page, asked for by everybody whose it is not (row S1)."""

from collections.abc import Collection
from itertools import product

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from tests.security.asking import HTMX, Asked, address, ask, foreign_addresses
from tests.security.house import House
from tests.security.routes import Route, routes
from tests.security.whose import (
    OF_A_CONTACT,
    OF_A_TEAM,
    OF_A_TEAM_TOO,
    OF_ADMINS,
    OF_EVERYBODY,
    OF_WHOEVER_IS_SIGNED_IN,
    Arguments,
)

LOGIN = "/accounts/login/"
#: What strangers may read of an account manager stands there.
PUBLIC = "public:"
#: Where one's own rows are listed, so that what is missing there is missed on purpose.
LISTS = {
    "clients:list",
    "desk:off",
    "desk:today",
    "enquiries:list",
    "meetings:list",
    "meetings:offers",
    "meetings:series_list",
    "outreach:outbox",
    "surveys:results",
}


def test_everybody_knows_whose_each_page_is() -> None:
    tables = (OF_A_TEAM, OF_A_CONTACT, OF_WHOEVER_IS_SIGNED_IN, OF_ADMINS, OF_EVERYBODY)
    listed = [name for table in tables for name in table]
    assert len(listed) == len(set(listed)), "A page stands in two tables of tests/security/whose.py."
    names = {route.name for route in routes() if not route.name.startswith("admin:")}
    assert sorted(names - set(listed)) == [], "Say in tests/security/whose.py whose these pages are."
    assert sorted(set(listed) - names) == [], "These pages of tests/security/whose.py are gone."


def test_what_is_another_teams_is_not_there(kestrel: House, plover: House) -> None:
    problems = []
    for name, arguments in [*OF_A_TEAM.items(), *OF_A_TEAM_TOO]:
        for path in foreign_addresses(name, arguments, plover, kestrel):
            looked, written = ask(plover.desk, "get", path), ask(plover.desk, "post", path, HTMX)
            # A page that takes one of the two alone says so to everybody.
            allowed = {404, 405} if 404 in (looked.status, written.status) else {404}
            problems += _problems(name, looked, kestrel, allowed) + _problems(name, written, kestrel, allowed)
    assert not problems, "\n".join(problems)


def test_what_is_ones_own_is_there_alone_and_looking_at_it_changes_nothing(kestrel: House, plover: House) -> None:
    problems = []
    for name, arguments in [*OF_A_TEAM.items(), *OF_A_TEAM_TOO, *OF_WHOEVER_IS_SIGNED_IN.items()]:
        if name in OF_WHOEVER_IS_SIGNED_IN:
            # It opens nothing: the pages about it alone show it.
            Authenticator.objects.all().delete()
        path = address(name, arguments, plover)
        seen = ask(plover.desk, "get", path)
        # Nothing is asked of the pages in a query, and of second factors there is none.
        allowed = {200, 302, 400, 404, 405} if name in OF_WHOEVER_IS_SIGNED_IN else {200, 405}
        problems += _problems(name, seen, kestrel, allowed)
        if name in LISTS and not seen.tells(plover):
            problems.append(f"{name}: {seen} without the own rows")
        if seen.status != 405:
            problems += _problems(name, ask(plover.desk, "head", path), kestrel, {seen.status})
            continue
        with transaction.atomic():
            sent = ask(plover.desk, "post", path)
            transaction.set_rollback(True)
        if sent.status in (403, 404, 500):
            problems.append(f"{name}: {sent}")
    assert not problems, "\n".join(problems)


def test_nobody_is_led_to_the_way_in_or_finds_nothing(kestrel: House) -> None:
    problems = []
    for name, arguments in _all_pages():
        path = address(name, arguments, kestrel)
        allowed = {404, 405} if name in OF_A_CONTACT else {302}
        if name in OF_EVERYBODY:
            allowed = {200, 204, 302, 303, 400, 404, 405, 422, 429, 503}
        for method in ("get", "post"):
            asked = ask(Browser(raise_request_exception=False), method, path)
            problems += _problems(name, asked, None if name.startswith(PUBLIC) else kestrel, allowed)
            if allowed == {302} and not asked.response.get("Location", "").startswith(LOGIN):
                problems.append(f"{name}: {asked}, not to the way in")
    assert not problems, "\n".join(problems)


def test_what_admins_do_is_for_admins(kestrel: House, plover: House) -> None:
    problems = []
    for name, arguments in OF_ADMINS.items():
        # Of the own contact as well: admins alone export and erase.
        for house, method in product((kestrel, plover), ("get", "post")):
            asked = ask(plover.desk, method, address(name, arguments, house))
            problems += _problems(name, asked, kestrel, {403, 404, 405})
    kestrel.manager.is_staff = True
    kestrel.manager.save()
    for name, arguments in OF_ADMINS.items():
        problems += _problems(name, ask(kestrel.desk, "get", address(name, arguments, plover)), None, {200, 405})
    assert not problems, "\n".join(problems)


def test_the_administration_is_for_admins_and_looking_at_it_changes_nothing(kestrel: House, plover: House) -> None:
    problems = []
    kestrel.manager.is_staff = True
    kestrel.manager.save()
    for route in routes():
        # Whoever signs out there is nobody afterwards.
        if not route.name.startswith("admin:") or route.name == "admin:logout":
            continue
        path = _of_administration(route)
        problems += _problems(route.name, ask(plover.desk, "post", path), kestrel, {302, 403, 404, 405})
        # Facts are not added there, and what has no page is not found.
        problems += _problems(route.name, ask(kestrel.desk, "get", path), None, {200, 301, 302, 403, 404})
    assert not problems, "\n".join(problems)


def _of_administration(route: Route) -> str:
    """The page of the first row, which is Kestrel's, where there is one."""
    if route.arguments not in (("object_id",), ("id",)) or "/" in route.name:
        return route.path
    app_label, model, *_action = route.name.removeprefix("admin:").split("_")
    if app_label == "auth":
        app_label, model = "clients", "accountmanager"
    if app_label == "holidays":
        app_label, model = "holidays_app", "holidaycalendar"
    first = apps.get_model(app_label, model).objects.order_by("pk").first()
    return reverse(route.name, args=[first.pk if first else 1])


def _all_pages() -> list[tuple[str, Arguments]]:
    of_contacts = [(name, arguments) for name, (_purposes, arguments) in OF_A_CONTACT.items()]
    tables = (OF_A_TEAM, OF_WHOEVER_IS_SIGNED_IN, OF_ADMINS, OF_EVERYBODY)
    return [*of_contacts, *OF_A_TEAM_TOO, *(page for table in tables for page in table.items())]


def _problems(name: str, asked: Asked, hidden: House | None, allowed: Collection[int]) -> list[str]:
    found = []
    if asked.status not in allowed:
        found.append(f"{name}: {asked}, not {' or '.join(map(str, sorted(allowed)))}")
    if hidden is not None and asked.tells(hidden):
        found.append(f"{name}: {asked} and tells of {hidden.word}")
    if asked.written:
        found.append(f"{name}: {asked} and wrote into {', '.join(asked.written)}")
    return found
