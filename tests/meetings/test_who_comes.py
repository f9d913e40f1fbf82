"""Several hosts and optional people on the propose page: who comes to which time, why, and what is booked of it."""

import datetime as dt
import re
import uuid
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.models import AccountManager, Contact, DayOff, Team
from scheduling.engine import Slot
from scheduling.meetings import services
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.proposals.page import ProposalPage
from tests.meetings.test_propose_page import MOST_QUERIES, at, hidden_fields, monday, text
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def maya(team: Team) -> AccountManager:
    return make_account_manager(team, full_name="Maya Example", address_as="Maya", time_zone="UTC")


@pytest.fixture
def jonah(team: Team) -> AccountManager:
    return make_account_manager(team, full_name="Jonah Example", address_as="Jonah", time_zone="UTC")


@pytest.fixture
def priya(team: Team) -> AccountManager:
    return make_account_manager(team, full_name="Priya Example", address_as="Priya", time_zone="UTC")


@pytest.fixture
def claire(team: Team) -> Contact:
    return make_contact(make_client(team), full_name="Claire Example", address_as="Claire", time_zone="UTC")


@pytest.fixture
def ana(claire: Contact) -> Contact:
    return make_contact(claire.client, full_name="Ana Example", address_as="Ana", time_zone="UTC")


@pytest.fixture
def browser(maya: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(maya)
    return browser


def propose(browser: Browser, **parameters: Any) -> Any:
    return browser.get(reverse("meetings:propose"), {"first": monday(), "last": monday() + 4 * DAY, **parameters})


def page_of(response: Any) -> ProposalPage:
    assert response.status_code == 200
    page: ProposalPage = response.context["page"]
    return page


def coming(page: ProposalPage) -> list[str]:
    assert isinstance(page.shown, Slot)
    names = {portrait.key: portrait.short_name for portrait in page.people}
    return sorted(names[share.id] for share in page.shown.participants)


def carried(colleague: AccountManager, contact: Contact, cost: int) -> None:
    """A meeting last week that cost the colleague so much, and the contact nothing."""
    start_at = timezone.now() - 7 * DAY
    meeting = services.book(
        actor=colleague,
        contacts=[contact],
        colleagues=[colleague],
        title="Past",
        start_at=at(start_at.date() + DAY, 12),
        duration_minutes=15,
        now=start_at - DAY,
    )
    Attendance.objects.filter(meeting=meeting).update(cost=0)
    Attendance.objects.filter(meeting=meeting, account_manager=colleague).update(cost=cost)


def book_away(colleague: AccountManager | Contact, contact: Contact, start_at: dt.datetime) -> Meeting:
    """Another meeting of somebody at that time."""
    other = make_contact(contact.client, time_zone="UTC")
    host = (
        colleague
        if isinstance(colleague, AccountManager)
        else make_account_manager(contact.client.team, time_zone="UTC")
    )
    return services.book(
        actor=host,
        contacts=[colleague if isinstance(colleague, Contact) else other],
        colleagues=[host],
        title="Elsewhere",
        start_at=start_at,
        duration_minutes=60,
        now=timezone.now(),
    )


def test_of_two_hosts_the_one_who_carried_less_comes_and_the_page_says_why(
    browser: Browser, jonah: AccountManager, priya: AccountManager, claire: Contact
) -> None:
    carried(jonah, claire, 40)
    response = propose(browser, contacts=[claire.pk], colleagues=[jonah.pk, priya.pk], any_of=[jonah.pk, priya.pk])
    page = page_of(response)
    assert coming(page) == ["Claire", "Priya"]
    assert "Priya comes. Jonah stays free, having carried more lately." in text(response)
    readings = {row.portrait.short_name: row.reading for row in page.ribbon.rows if row.reading}
    assert {name: reading.is_away for name, reading in readings.items()} == {
        "Claire": False, "Jonah": True, "Priya": False,
    }  # fmt: skip
    assert len(page.ribbon.rows) == 3


def test_a_colleague_named_in_the_pool_alone_is_chosen_with_it(
    browser: Browser, jonah: AccountManager, priya: AccountManager, maya: AccountManager, claire: Contact
) -> None:
    parameters = {"contacts": [claire.pk], "any_of": [jonah.pk, priya.pk, maya.pk], "take": 2}
    page = page_of(propose(browser, **parameters))
    assert len(coming(page)) == 3
    assert parse_qs(urlsplit(page.options[1].url).query)["take"] == ["2"]
    assert page_of(browser.get(page.options[1].url)).shown == page.options[1].slot


def test_where_one_host_is_busy_another_comes_and_the_time_stays_possible(
    browser: Browser, jonah: AccountManager, priya: AccountManager, claire: Contact
) -> None:
    moment = at(monday(), 12)
    book_away(priya, claire, moment)
    response = propose(browser, contacts=[claire.pk], any_of=[priya.pk, jonah.pk], at=moment.isoformat(), duration=45)
    page = page_of(response)
    assert coming(page) == ["Claire", "Jonah"]
    assert "Jonah comes. Priya has another meeting." in text(response)
    starts = {start.at: start.is_possible for start in page.ribbon.starts}
    assert starts[moment]


def test_the_marks_of_the_form_mean_the_same_as_the_address(
    browser: Browser, maya: AccountManager, jonah: AccountManager, priya: AccountManager, claire: Contact, ana: Contact
) -> None:
    """Whoever is not ticked keeps a mark that nobody sees."""
    marked = propose(
        browser,
        contacts=[claire.pk, ana.pk],
        colleagues=[jonah.pk, priya.pk],
        mark=[
            "",
            f"optional:contact-{ana.pk}",
            f"any_of:staff-{jonah.pk}",
            f"any_of:staff-{priya.pk}",
            f"optional:staff-{maya.pk}",
        ],
        take="1",
    )
    query = page_of(marked).query
    assert (query.optional_keys, query.any_of_ids, query.take) == ((f"contact-{ana.pk}",), (jonah.pk, priya.pk), 1)
    content = marked.content.decode()
    for value in (f"optional:contact-{ana.pk}", f"any_of:staff-{jonah.pk}", f"any_of:staff-{priya.pk}"):
        assert f'<option value="{value}" selected>' in content
    assert content.count("selected>optional") == 1


def test_an_optional_person_never_keeps_a_time_from_being_offered(
    browser: Browser, maya: AccountManager, claire: Contact, ana: Contact
) -> None:
    DayOff.objects.create(contact=ana, first_date=monday(), last_date=monday() + 6 * DAY, reason="Fair")
    needed = propose(browser, contacts=[claire.pk, ana.pk], colleagues=[maya.pk])
    assert page_of(needed).feasible == 0
    response = propose(browser, contacts=[claire.pk, ana.pk], colleagues=[maya.pk], optional=[f"contact-{ana.pk}"])
    page = page_of(response)
    assert page.feasible > 0
    assert coming(page) == ["Claire", "Maya"]
    assert "Ana is away: Fair. It works without Ana." in text(response)
    alone = page_of(propose(browser, contacts=[claire.pk], colleagues=[maya.pk]))
    assert [start for start in page.ribbon.starts if start.is_possible] == [
        start for start in alone.ribbon.starts if start.is_possible
    ]


def test_the_form_books_those_who_come_then_and_nobody_else(
    browser: Browser, jonah: AccountManager, priya: AccountManager, claire: Contact, ana: Contact
) -> None:
    carried(priya, claire, 40)
    response = propose(
        browser,
        contacts=[claire.pk, ana.pk],
        any_of=[priya.pk, jonah.pk],
        optional=[f"contact-{ana.pk}"],
        at=at(monday(), 17).isoformat(),
    )
    fields = hidden_fields(response, reverse("meetings:book"))
    booked = browser.post(reverse("meetings:book"), {**fields, "title": "Review", "channel": "video"})
    assert booked.status_code == 303
    rows = {row.person: row for row in Meeting.objects.latest("pk").attendances.all()}
    assert set(rows) == {claire, ana, jonah}
    assert {person.full_name for person, row in rows.items() if row.is_optional} == {"Ana Example"}
    # Both contacts stay past their hours for it; who need not come carries nothing.
    assert rows[ana].cost == 0 < rows[claire].cost
    assert rows[ana].band == rows[claire].band
    assert Meeting.objects.latest("pk").organizer == jonah
    detail = text(browser.get(booked["Location"]))
    assert "Ana Example optional" in detail
    assert "not counted" in detail


def test_a_second_try_at_another_time_books_the_people_of_that_time(
    browser: Browser, jonah: AccountManager, priya: AccountManager, claire: Contact
) -> None:
    for hour in range(8, 18):
        book_away(priya, claire, at(monday() + 1 * DAY, hour))
    question = {"contacts": [claire.pk], "any_of": [priya.pk, jonah.pk], "last": monday() + DAY}
    response = propose(browser, **question, at=at(monday(), 12).isoformat())
    fields = hidden_fields(response, reverse("meetings:book"))
    assert fields["start_at"][0].endswith(f";staff-{priya.pk}")
    refused = browser.post(reverse("meetings:book"), {**fields, "title": "", "channel": "video"})
    assert refused.status_code == 422
    offered = re.findall(r'name="start_at" value="([^"]+)"', refused.content.decode())
    tuesday = next(value for value in offered if value.startswith(str(monday() + DAY)))
    assert tuesday.endswith(f";staff-{jonah.pk}")
    again = hidden_fields(refused, reverse("meetings:book"))
    assert again["any_of"] == fields["any_of"]
    booked = browser.post(
        reverse("meetings:book"), {**again, "start_at": tuesday, "title": "Review", "channel": "video"}
    )
    assert booked.status_code == 303
    meeting = Meeting.objects.latest("pk")
    assert meeting.start_at.date() == monday() + DAY
    assert {row.person for row in meeting.attendances.all()} == {claire, jonah}


def test_a_host_lost_meanwhile_is_a_lost_time_and_the_other_host_is_offered_at_once(
    browser: Browser, jonah: AccountManager, priya: AccountManager, claire: Contact
) -> None:
    moment = at(monday(), 12)
    response = propose(browser, contacts=[claire.pk], any_of=[priya.pk, jonah.pk], at=moment.isoformat())
    fields = hidden_fields(response, reverse("meetings:book"))
    book_away(priya, claire, moment)
    lost = browser.post(reverse("meetings:book"), {**fields, "title": "Review", "channel": "video"})
    assert lost.status_code == 409
    assert "Jonah comes." in text(lost)
    again = hidden_fields(lost, reverse("meetings:book"))
    offered = re.findall(r'name="start_at" value="([^"]+)" checked', lost.content.decode())
    assert [value.partition(";")[2] for value in offered] == [f"contact-{claire.pk};staff-{jonah.pk}"]
    words = {"title": "Review", "channel": "video", "start_at": offered[0]}
    first = browser.post(reverse("meetings:book"), {**again, **words})
    repeated = browser.post(reverse("meetings:book"), {**again, **words})
    assert (first.status_code, repeated.status_code) == (303, 303)
    assert first["Location"] == repeated["Location"]
    assert Meeting.objects.filter(title="Review").count() == 1


def test_an_optional_person_who_is_taken_meanwhile_is_left_out_and_the_reader_is_told(
    browser: Browser, maya: AccountManager, claire: Contact, ana: Contact
) -> None:
    moment = at(monday(), 12)
    response = propose(
        browser,
        contacts=[claire.pk, ana.pk],
        colleagues=[maya.pk],
        optional=[f"contact-{ana.pk}"],
        at=moment.isoformat(),
    )
    fields = hidden_fields(response, reverse("meetings:book"))
    book_away(ana, claire, moment)
    booked = browser.post(reverse("meetings:book"), {**fields, "title": "Review", "channel": "video"})
    assert booked.status_code == 303
    assert {row.person for row in Meeting.objects.get(title="Review").attendances.all()} == {claire, maya}
    assert "Ana Example is optional, can’t come then and is not invited." in text(browser.get(booked["Location"]))


@pytest.fixture
def people(jonah: AccountManager, priya: AccountManager, maya: AccountManager, claire: Contact, ana: Contact) -> Any:
    return {"jonah": jonah.pk, "priya": priya.pk, "maya": maya.pk, "claire": claire.pk, "ana": ana.pk}


@pytest.mark.parametrize(
    ("parameters", "field", "message", "status"),
    [
        ({"any_of": ["jonah"]}, "any_of", "Mark at least two colleagues as “any of these”", 422),
        ({"any_of": ["jonah", "priya"], "take": "2"}, "take", "Of 2 people choose at most 1", 422),
        ({"any_of": ["jonah", "priya"], "take": "0"}, "take", "a number from 1 on", 422),
        ({"any_of": ["jonah", "priya"], "take": "one"}, "take", "a number from 1 on", 422),
        ({"any_of": ["jonah", "9999999"]}, "any_of", "one of these is not among them", 404),
        ({"any_of": ["jonah", "x"]}, "any_of", "one of these is not among them", 404),
        ({"optional": ["contact-9999999"]}, "optional", "one of these is not among them", 404),
        ({"optional": ["ana"]}, "optional", "one of these is not among them", 404),
        ({"optional": ["contact-ana"]}, "optional", "Ana Example is marked as optional, but not chosen.", 422),
        ({"optional": ["contact-claire"]}, "optional", "At least one contact must come", 422),
        ({"optional": ["staff-maya"]}, "optional", "At least one colleague must come", 422),
        (
            {"any_of": ["jonah", "priya"], "optional": ["staff-jonah"]},
            "optional",
            "Jonah Example can’t be both “optional” and “any of these”.",
            422,
        ),
    ],
)
def test_parts_that_make_no_sense_are_told_at_their_field_and_nothing_is_lost(
    browser: Browser,
    people: dict[str, int],
    parameters: dict[str, Any],
    field: str,
    message: str,
    status: int,
) -> None:
    def written(value: str) -> str:
        kind, _hyphen, name = value.rpartition("-")
        return f"{kind}-{people[name]}" if kind and name in people else str(people.get(value, value))

    asked = {
        name: [written(one) for one in given] if isinstance(given, list) else given
        for name, given in parameters.items()
    }
    response = propose(browser, contacts=[people["claire"]], colleagues=[people["maya"]], duration=30, **asked)
    assert response.status_code == status
    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert message in errors[field][0]
    content = text(response)
    assert message in content
    form = response.context["form"]
    assert people["claire"] in form.chosen_contact_ids
    assert people["maya"] in form.chosen_colleague_ids
    assert form.any_of_ids == {people[one] for one in parameters.get("any_of", []) if one in people}
    assert 'value="30"' in response.content.decode()


def test_too_many_teams_are_refused(browser: Browser, team: Team, maya: AccountManager, claire: Contact) -> None:
    pool = [make_account_manager(team, time_zone="UTC").pk for _ in range(14)]
    response = propose(browser, contacts=[claire.pk], colleagues=[maya.pk], any_of=pool, take=7)
    assert response.status_code == 422
    assert "too many teams to compare" in response.context["form"].errors["any_of"][0]


def test_a_booking_for_people_who_are_not_in_the_meeting_is_refused(
    browser: Browser, maya: AccountManager, claire: Contact, ana: Contact
) -> None:
    form = {
        "contacts": [claire.pk],
        "colleagues": [maya.pk],
        "start_at": f"{at(monday(), 12).isoformat()};contact-{claire.pk};contact-{ana.pk};staff-{maya.pk}",
        "duration_minutes": 45,
        "policy": "shared",
        "title": "Review",
        "channel": "video",
        "idempotency_key": str(uuid.uuid4()),
    }
    answer = browser.post(reverse("meetings:book"), form)
    assert (answer.status_code, Meeting.objects.count()) == (422, 0)
    assert "Choose a time again" in text(answer)
    answer = browser.post(
        reverse("meetings:book"),
        {**form, "start_at": at(monday(), 12).isoformat(), "optional": [f"contact-{ana.pk}"]},
    )
    assert (answer.status_code, Meeting.objects.count()) == (422, 0)
    assert "Ana Example is marked as optional, but not chosen." in text(answer)


def test_comparing_two_times_with_different_hosts_shows_who_comes_to_which(
    browser: Browser, jonah: AccountManager, priya: AccountManager, claire: Contact
) -> None:
    noon, later = at(monday(), 12), at(monday(), 18)
    book_away(priya, claire, later)
    response = propose(
        browser, contacts=[claire.pk], any_of=[priya.pk, jonah.pk], at=noon.isoformat(), compare=later.isoformat()
    )
    compared = response.context["page"].compared
    rows = {row.portrait.short_name: (row.cost, row.other_cost) for row in compared.rows}
    assert rows["Priya"] == ("0", "–")
    assert rows["Jonah"][0] == "–"
    assert rows["Jonah"][1] not in {"–", "0"}
    assert "is fairer." in compared.fairness
    assert response.status_code == 200


def test_what_would_help_and_near_misses_speak_only_of_those_who_are_needed(
    browser: Browser, jonah: AccountManager, priya: AccountManager, claire: Contact, ana: Contact
) -> None:
    for person in ({"contact": claire}, {"contact": ana}, {"account_manager": jonah}):
        DayOff.objects.create(first_date=monday(), last_date=monday() + 6 * DAY, **person)
    response = propose(
        browser,
        contacts=[claire.pk, ana.pk],
        any_of=[priya.pk, jonah.pk],
        optional=[f"contact-{ana.pk}"],
    )
    page = page_of(response)
    assert page.feasible == 0
    told = " ".join(str(reason) for miss in page.near_misses for reason in miss.reasons)
    assert "Claire" in told
    assert "Ana" not in told
    assert "Jonah" not in told
    assert all("Ana" not in str(reason) for row in page.days for reason in row.reasons)


def test_pools_and_optional_people_need_no_more_queries(
    browser: Browser, team: Team, maya: AccountManager, claire: Contact
) -> None:
    def queries(colleagues: int, contacts: int) -> int:
        pool = [make_account_manager(team, time_zone="UTC").pk for _ in range(colleagues)]
        guests = [make_contact(claire.client, time_zone="UTC").pk for _ in range(contacts)]
        with CaptureQueriesContext(connection) as captured:
            response = propose(
                browser,
                contacts=[claire.pk, *guests],
                colleagues=[maya.pk],
                any_of=pool,
                take=1,
                optional=[f"contact-{pk}" for pk in guests],
            )
        assert response.status_code == 200
        return len(captured)

    few = queries(2, 1)
    assert few == queries(5, 4) <= MOST_QUERIES


def test_an_optional_cost_is_no_burden(maya: AccountManager, claire: Contact, ana: Contact) -> None:
    meeting = services.book(
        actor=maya,
        contacts=[claire, ana],
        colleagues=[maya],
        optional=[ana],
        title="Late",
        start_at=at(monday(), 18),
        duration_minutes=45,
        now=timezone.now(),
    )
    costs = {row.person: row.cost for row in meeting.attendances.all()}
    assert costs[ana] == Decimal(0) < costs[claire]


def test_the_page_that_moves_a_meeting_keeps_its_optional_people_optional(
    browser: Browser, maya: AccountManager, claire: Contact, ana: Contact
) -> None:
    meeting = services.book(
        actor=maya,
        contacts=[claire, ana],
        colleagues=[maya],
        optional=[ana],
        title="Review",
        start_at=at(monday(), 12),
        duration_minutes=45,
        now=timezone.now(),
    )
    tuesday = monday() + DAY
    DayOff.objects.create(contact=ana, first_date=tuesday, last_date=tuesday)
    moment = at(tuesday, 12)
    response = propose(browser, meeting=meeting.pk, at=moment.isoformat())
    assert coming(page_of(response)) == ["Claire", "Maya"]
    assert "Ana is away. It works without Ana." in text(response)
    address = reverse("meetings:move", args=[meeting.pk])
    moved = browser.post(address, {**hidden_fields(response, address), "reason": ""})
    assert moved.status_code == 303
    assert "Ana Example was optional and can’t come at this time." in text(browser.get(moved["Location"]))
    meeting.refresh_from_db()
    assert meeting.start_at == moment
