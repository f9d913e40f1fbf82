"""Rows that are named beside the address, in a query or a form, are one's own or none (rows S1, S2)."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from django import forms
from django.db.models import Model
from django.test import Client as Browser
from django.urls import reverse

from clients.links import Purpose
from clients.models import DayOff
from holidays_app.models import HolidayCalendar
from scheduling.meetings.forms.people import PeopleField, PeopleForm
from tests.clients.sending import sent_by
from tests.security.asking import HTMX, Asked, address, ask
from tests.security.house import House
from tests.security.whose import OF_A_TEAM, OF_WHOEVER_IS_SIGNED_IN

ROOT = Path(__file__).resolve().parents[2]
APPS = "clients", "holidays_app", "scheduling"

# What is read of a request by name, where that is no row: words, times, places, and what one wants.
NAMES_NO_ROW = {
    "List-Unsubscribe",
    "act",
    "at",
    "categories",
    "code",
    "country",
    "day",
    "device_at",
    "device_zone",
    "from",
    "kept",
    "language",
    "next",
    "of_country",
    "page",
    "reason",
    "shown",
    "stamp",
    "start_at",
    "subdivision",
    "take",
    "website",
    "week",
    "when",
}
# And where it is: each is tried below with rows of another team.
NAMES_ROWS = {"again", "any_of", "client", "colleagues", "contacts", "link", "mark", "meeting", "request", "time-"}
KEY = uuid.UUID(int=1)
READ = re.compile(r"\b(?:GET|POST|data)(?:\.(?:get|getlist|pop)\(|\[)\s*f?\"([\w-]+)")


def test_every_name_that_is_read_of_a_request_is_known() -> None:
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py") if path.name != "admin.py"]
    read = {name for path in files for name in READ.findall(path.read_text())}
    assert sorted(read - NAMES_NO_ROW - NAMES_ROWS) == [], "Say in tests/security/test_named_rows.py what these name."
    assert sorted((NAMES_NO_ROW | NAMES_ROWS) - read) == [], "Nobody reads these names any more."


def test_rows_of_another_team_named_in_a_query_or_a_form_are_none(kestrel: House, plover: House) -> None:
    problems, tried = [], set()
    for named, browser, method, path, data, allowed in _tried(plover, kestrel):
        tried.add(named)
        asked = ask(browser, method, path, HTMX if method == "get" else None, **data)
        if asked.status not in allowed:
            problems.append(f"{named}: {asked}, not {' or '.join(map(str, sorted(allowed)))}")
        if asked.tells(kestrel):
            problems.append(f"{named}: {asked} and tells of {kestrel.word}")
        if asked.written:
            problems.append(f"{named}: {asked} and wrote into {', '.join(asked.written)}")
    assert not problems, "\n".join(problems)
    assert sorted(NAMES_ROWS - tried) == []


def _tried(own: House, other: House) -> Iterator[tuple[str, Browser, str, str, dict[str, Any], set[int]]]:
    """What names a row, who asks, how, where, for which rows of the other house; and how that may be answered."""
    us: dict[str, Any] = {"contacts": own.contact.pk, "colleagues": own.manager.pk}
    them: dict[str, dict[str, Any]] = {
        "client": {"client": other.client.pk},
        "contacts": {**us, "contacts": [own.contact.pk, other.contact.pk]},
        "colleagues": {**us, "colleagues": [own.manager.pk, other.manager.pk]},
        "optional": {**us, "optional": other.contact_key},
        "any_of": {**us, "any_of": [own.manager.pk, other.manager.pk]},
    }
    for named, people in them.items():
        yield named, own.desk, "get", reverse("meetings:propose"), people, {404}
        if named not in ("optional", "any_of"):
            yield named, own.desk, "get", reverse("meetings:plan_series"), people, {404}
    yield "mark", own.desk, "get", reverse("meetings:propose"), {**us, "mark": f"optional:{other.contact_key}"}, {200}
    yield "meeting", own.desk, "get", reverse("meetings:propose"), {"meeting": other.meeting.pk}, {404}
    words = {"title": "A talk", "channel": "video", "policy": "shared", "duration_minutes": 45}
    start = own.offered_time.start_at.isoformat()
    for named in ("contacts", "colleagues", "optional"):
        sent = {**words, **them[named], "start_at": start, "idempotency_key": KEY}
        yield named, own.desk, "post", reverse("meetings:book"), sent, {422}
        yield named, own.desk, "post", reverse("meetings:send_offer"), {**sent, "times": start}, {422}
    sent = {**words, **them["any_of"], "times": start, "idempotency_key": KEY}
    yield "any_of", own.desk, "post", reverse("meetings:send_offer"), sent, {422}
    coming = f"{start};{other.contact_key};{own.manager_key}"
    sent = {**words, **us, "start_at": coming, "idempotency_key": KEY}
    yield "start_at", own.desk, "post", reverse("meetings:book"), sent, {422}

    yield "client", own.desk, "get", reverse("surveys:results"), {"client": other.client.pk}, {400}
    yield "team", own.desk, "get", reverse("surveys:results"), {"team": other.team.pk}, {400}
    yield "team", own.desk, "get", reverse("clients:list"), {"team": other.team.pk}, {400}
    ask_page = reverse("approvals:ask", args=[own.client.pk])
    yield "again", own.desk, "get", ask_page, {"again": other.approval.pk}, {200}
    question = {"title": "Costs", "contact": other.contact.pk, "creation_key": KEY}
    yield "contact", own.desk, "post", ask_page, question, {422}
    client = {"name": "Other", "country": "RO", "segment": "key", "team": other.team.pk, "creation_key": KEY}
    yield "team", own.desk, "post", reverse("clients:create"), client, {422}
    yield "team", own.desk, "post", reverse("clients:edit", args=[own.client.pk]), client, {422}
    yield "team", own.desk, "post", reverse("enquiries:accept", args=[own.enquiry.pk]), client, {422}

    link = own.contact.private_links.filter(purpose=Purpose.HOME)
    visitor = own.visit(Purpose.HOME)
    other.visit(Purpose.HOME)
    foreign_link = other.contact.private_links.get(purpose=Purpose.HOME).pk
    yield "link", visitor, "post", reverse("you:erase"), {"link": foreign_link}, {409}
    own.offer.closing = "by_hand"
    own.offer.save()
    vote = {"link": link.get().pk, "act": "vote", f"time-{other.offered_time.pk}": "yes", "idempotency_key": KEY}
    yield "time-", visitor, "post", reverse("you:offer", args=[own.offer.pk]), vote, {422}
    yield "request", Browser(), "post", reverse("public:confirm"), {"request": other.enquiry.pk}, {404}


def test_forms_offer_rows_of_ones_own_teams_alone(kestrel: House, plover: House) -> None:
    theirs, own = _rows_of(kestrel), _rows_of(plover)
    seen, offered, problems = set(), set(), []
    for path in _pages_with_forms(plover):
        for form in _forms_of(ask(plover.desk, "get", path)):
            seen.add(type(form))
            # The key of a row in a form of many is told apart below.
            for name, field in (each for each in form.fields.items() if each[0] != "id"):
                rows = _choices_of(field)
                offered |= rows & own
                problems += [f"{path}: {type(form).__name__}.{name} offers {row}" for row in sorted(rows & theirs)]
    assert not problems, "\n".join(problems)
    missed = {form for form in _kinds_of_forms(forms.BaseForm) if _names_rows(form)} - seen
    assert sorted(map(str, missed)) == [], "Add pages with these forms to _pages_with_forms."
    assert {row.split()[0] for row in offered} >= {"Client", "Contact", "Team", "AccountManager"}


def test_rows_in_a_form_of_many_rows_are_those_of_its_own(kestrel: House, plover: House) -> None:
    """A form of days off, which says the key of another's row where one's own stood; steps have no keys."""
    stored = _stored(kestrel)
    visitor = plover.visit(Purpose.HOME)
    forged = (
        (plover.desk, reverse("clients:contact_edit", args=[plover.contact.pk]), "days_off", kestrel.day_off.pk),
        (visitor, reverse("you:holidays"), "days_off", kestrel.day_off.pk),
    )
    for browser, path, prefix, key in forged:
        for more in ({}, {f"{prefix}-0-DELETE": "on"}):
            shown = sent_by(browser.get(path), act="days_off")
            assert f"{prefix}-0-id" in shown, path
            answer = browser.post(path, shown | {f"{prefix}-0-id": key, f"{prefix}-0-reason": "mine"} | more)
            assert answer.status_code in (302, 303, 422), path
            assert _stored(kestrel) == stored, path


def _pages_with_forms(house: House) -> Iterator[str]:
    for name in (
        "approvals:ask",
        "check_ins:edit",
        "clients:contact_create",
        "clients:contact_edit",
        "clients:edit",
        "enquiries:accept",
        "meetings:move_series",
    ):
        yield address(name, OF_A_TEAM[name], house)
    for name in ("clients:create", "clients:list", "clients:me", "surveys:results"):
        yield address(name, OF_WHOEVER_IS_SIGNED_IN[name], house)
    for name in ("meetings:propose", "meetings:plan_series"):
        yield f"{reverse(name)}?client={house.client.pk}&colleagues={house.manager.pk}"
    house.plan.delete()
    yield reverse("check_ins:plan", args=[house.client.pk])


def _forms_of(asked: Asked) -> list[forms.BaseForm]:
    """Those that the page was made of."""
    assert asked.status == 200, str(asked)
    found = [value for context in asked.response.context for layer in context.dicts for value in layer.values()]
    return list({id(value): value for value in found if isinstance(value, forms.BaseForm)}.values())


def _choices_of(field: forms.Field) -> set[str]:
    """The rows that can be chosen."""
    if isinstance(field, PeopleField):
        return {_named(row) for row in field.people.values()}
    return {_named(row) for row in field.queryset or ()} if isinstance(field, forms.ModelChoiceField) else set()


def _kinds_of_forms(base: type[forms.BaseForm]) -> set[type[forms.BaseForm]]:
    """The project's forms that no other one is made from, but for those of the administration."""
    ours = {one for one in base.__subclasses__() if ".admin" not in one.__module__}
    leaves = {one for one in ours if not one.__subclasses__() and one.__module__.startswith(APPS)}
    return leaves.union(*map(_kinds_of_forms, ours))


def _names_rows(form: type[forms.BaseForm]) -> bool:
    fields = getattr(form, "base_fields", {}).values()
    return issubclass(form, PeopleForm) or any(isinstance(field, forms.ModelChoiceField) for field in fields)


def _rows_of(house: House) -> set[str]:
    values = [getattr(house, field.name) for field in fields(house)]
    return {_named(value) for value in values if isinstance(value, Model) and not isinstance(value, HolidayCalendar)}


def _named(row: Model) -> str:
    return f"{type(row).__name__} {row.pk}"


def _stored(house: House) -> list[Any]:
    days_off = DayOff.objects.filter(pk=house.day_off.pk)
    return [*days_off.values(), *house.plan.steps.order_by("pk").values()]
