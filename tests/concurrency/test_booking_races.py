"""Rows B1–B4, B9 and B10 of the reliability table: many bookings at once, over HTTP and in threads."""

import datetime as dt
import http.client
import itertools
import os
import random
import statistics
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction
from django.test import Client as Browser

from clients.models import AccountManager, Contact
from scheduling.meetings import services
from scheduling.meetings.errors import BookingError
from scheduling.meetings.models import IdempotentReply, Meeting
from scheduling.meetings.services import booking, replies, transactions
from tests.concurrency.conftest import WebServer
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)

CONNECTIONS = 20
# The sizes of the table by `make faults`; each answer of 409 in B1 is a whole page with the next best times.
FULL = os.environ.get("FAULTS") == "full"
ROUNDS, REQUESTS = (10, 200) if FULL else (1, 24)
ATTEMPTS = 2000 if FULL else 120
REPETITIONS = 100 if FULL else CONNECTIONS
CSRF = "c" * 32
QUARTER = dt.timedelta(minutes=15)


@dataclass
class Cast:
    """Hosts who never sleep, and contacts enough that only the hosts are fought over."""

    hosts: list[AccountManager]
    contacts: list[Contact]
    noon_at: dt.datetime


ALWAYS = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture
def cast() -> Cast:
    team = make_team()
    always = {"working_hours": ALWAYS, "reachable_hours": ALWAYS}
    hosts = [make_account_manager(team, **always) for _ in range(6)]
    client = make_client(team)
    contacts = [make_contact(client, **always) for _ in range(CONNECTIONS)]
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    return Cast(hosts, contacts, dt.datetime.combine(tomorrow, dt.time(12), dt.UTC))


def book(cast: Cast, host: AccountManager, contact: Contact, start_at: dt.datetime) -> Meeting:
    return services.book(
        actor=host,
        contacts=[contact],
        colleagues=[host],
        title="Race",
        start_at=start_at,
        duration_minutes=45,
        now=dt.datetime.now(dt.UTC),
    )


def at_once(actions: list[Callable[[], object]]) -> list[object]:
    """What the actions returned or raised, run by as many threads as there are connections, each with its own."""

    def run(action: Callable[[], object]) -> object:
        try:
            return action()
        except (BookingError, OperationalError) as error:
            return error

    gate = threading.Barrier(CONNECTIONS)

    def close_own_connection(_: int) -> None:
        gate.wait()  # so that each thread of the pool takes one turn
        connections.close_all()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        results = list(pool.map(run, actions))
        list(pool.map(close_own_connection, range(CONNECTIONS)))
    return results


def overlaps() -> int:
    """How many pairs of live attendances of one host overlap, asked without the constraint's help."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM meetings_attendance a JOIN meetings_attendance b
               ON a.account_manager_id = b.account_manager_id AND a.id < b.id
               AND lower(a.during) < upper(b.during) AND lower(b.during) < upper(a.during)
               WHERE a.status = 'confirmed' AND b.status = 'confirmed'"""
        )
        return int(cursor.fetchone()[0])


def deadlocks() -> int:
    """How many deadlocks PostgreSQL has resolved in this database so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


class Visitor:
    """A signed-in browser with one kept connection."""

    def __init__(self, server: WebServer, user: AccountManager) -> None:
        browser = Browser()
        browser.force_login(user)
        session = browser.cookies[settings.SESSION_COOKIE_NAME].value
        self._headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_SECONDS)

    def post(self, path: str, values: list[tuple[str, object]]) -> tuple[int, str]:
        """The status and where it leads."""
        body = urlencode([("csrfmiddlewaretoken", CSRF), *values])
        self._connection.request("POST", path, body, self._headers)
        response = self._connection.getresponse()
        response.read()
        return response.status, response.headers.get("Location", "")

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def visitors(web_server: WebServer, cast: Cast) -> Iterator[list[Visitor]]:
    visitors = [Visitor(web_server, cast.hosts[0]) for _ in range(CONNECTIONS)]
    yield visitors
    for visitor in visitors:
        visitor.close()


def booking_form(cast: Cast, contact: Contact, start_at: dt.datetime, **values: object) -> list[tuple[str, object]]:
    form = {
        "contacts": contact.pk,
        "colleagues": cast.hosts[0].pk,
        "start_at": start_at.isoformat(),
        "duration_minutes": 45,
        "policy": "shared",
        "title": "Race",
        "channel": "video",
        "idempotency_key": uuid.uuid4(),
    }
    return list({**form, **values}.items())


def post_all(visitors: list[Visitor], forms: list[list[tuple[str, object]]]) -> list[tuple[int, str]]:
    """The answers, every visitor sending its share of the forms one after the other, all visitors at once."""
    with ThreadPoolExecutor(len(visitors)) as pool:
        shares = [forms[start :: len(visitors)] for start in range(len(visitors))]
        answers = pool.map(
            lambda visitor, share: [visitor.post("/meetings/book/", form) for form in share], visitors, shares
        )
        return list(itertools.chain.from_iterable(answers))


def test_b1_one_slot_raced_by_many_requests_is_booked_once(visitors: list[Visitor], cast: Cast) -> None:
    for day in range(ROUNDS):
        start_at = cast.noon_at + dt.timedelta(days=day)
        forms = [booking_form(cast, cast.contacts[n % CONNECTIONS], start_at) for n in range(REQUESTS)]
        began = time.monotonic()
        statuses = Counter(status for status, _ in post_all(visitors, forms))
        print(f"B1 round {day + 1}: {dict(statuses)} in {time.monotonic() - began:.1f} s")
        assert statuses == {303: 1, 409: REQUESTS - 1}
        assert Meeting.objects.filter(start_at=start_at).count() == 1


def test_b2_overlapping_slots_raced_neither_overlap_nor_deadlock(cast: Cast) -> None:
    chance = random.Random(2)
    before = deadlocks()
    durations: list[float] = []

    def attempt(contact: Contact, start_at: dt.datetime) -> Meeting:
        began = time.monotonic()
        try:
            return book(cast, cast.hosts[0], contact, start_at)
        finally:
            durations.append(time.monotonic() - began)

    jittered = [
        cast.noon_at + dt.timedelta(hours=2 * (n // 40)) + chance.choice((-2, -1, 0, 1, 2)) * QUARTER
        for n in range(ATTEMPTS)
    ]
    results = at_once(
        [partial(attempt, cast.contacts[n % CONNECTIONS], start_at) for n, start_at in enumerate(jittered)]
    )
    kinds = Counter(type(result).__name__ for result in results)
    half, most = (statistics.quantiles(durations, n=100)[percent - 1] * 1000 for percent in (50, 99))
    print(f"B2: {dict(kinds)}, p50 {half:.0f} ms, p99 {most:.0f} ms")
    assert set(kinds) == {"Meeting", "SlotTaken"}
    assert overlaps() == 0
    assert deadlocks() == before


def raced_by_groups(cast: Cast, attempts: int) -> Counter[str]:
    """Kinds of result when three hosts in a random order are booked together, again and again."""
    chance = random.Random(3)

    def attempt(n: int) -> Meeting:
        hosts = chance.sample(cast.hosts, 3)
        return services.book(
            actor=hosts[0],
            contacts=[cast.contacts[n % CONNECTIONS]],
            colleagues=hosts,
            title="Race",
            start_at=cast.noon_at + dt.timedelta(hours=2 * (n // 40)) + chance.choice((-1, 0, 1)) * QUARTER,
            duration_minutes=45,
            now=dt.datetime.now(dt.UTC),
        )

    results = at_once([partial(attempt, n) for n in range(attempts)])
    return Counter(type(result).__name__ for result in results)


def test_b3_several_hosts_in_any_order_never_deadlock(cast: Cast) -> None:
    before = deadlocks()
    kinds = raced_by_groups(cast, ATTEMPTS)
    print(f"B3: {dict(kinds)}, {deadlocks() - before} deadlocks")
    assert set(kinds) == {"Meeting", "SlotTaken"}
    assert overlaps() == 0
    assert deadlocks() == before


def test_b3_without_locks_the_constraint_alone_deadlocks(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking, "lock_people", lambda people: None)
    # Each insert alone, so that the hosts' rows come in the order in which they were named.
    monkeypatch.setattr(transactions, "ATTEMPTS", 1)
    before = deadlocks()
    kinds: Counter[str] = Counter()
    # Chance decides when two of them meet; with the locks on they never do.
    for day in range(20):
        kinds += raced_by_groups(replace(cast, noon_at=cast.noon_at + dt.timedelta(days=7 * day)), 120)
        if deadlocks() > before:
            break
    print(f"B3 without locks: {dict(kinds)}, {deadlocks() - before} deadlocks")
    assert deadlocks() > before
    assert overlaps() == 0


@contextmanager
def without_the_constraint() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'meetings_attendance'::regclass AND contype = 'x'"
        )
        constraints = cursor.fetchall()
        for name, _ in constraints:
            cursor.execute(f'ALTER TABLE meetings_attendance DROP CONSTRAINT "{name}"')
        try:
            yield
        finally:
            cursor.execute("TRUNCATE meetings_meeting CASCADE")
            for name, definition in constraints:
                cursor.execute(f'ALTER TABLE meetings_attendance ADD CONSTRAINT "{name}" {definition}')


def test_b4_with_lock_and_constraint_off_the_race_happens(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking, "lock_people", lambda people: None)
    with without_the_constraint():
        slots = [cast.noon_at + dt.timedelta(days=day) for day in range(10)]
        gates = {start_at: threading.Barrier(CONNECTIONS) for start_at in slots}

        def attempt(contact: Contact, start_at: dt.datetime) -> Meeting:
            gates[start_at].wait(timeout=PATIENCE_SECONDS)
            return book(cast, cast.hosts[0], contact, start_at)

        at_once([partial(attempt, contact, start_at) for start_at in slots for contact in cast.contacts])
        booked = Meeting.objects.count()
        print(f"B4: {booked} bookings of 10 slots with lock and constraint off")
        assert booked > len(slots)
        assert overlaps() > 0


def test_b9_a_repeated_request_has_one_effect_and_one_answer(visitors: list[Visitor], cast: Cast) -> None:
    form = booking_form(cast, cast.contacts[0], cast.noon_at)
    answers = post_all(visitors, [form] * REPETITIONS)
    done = {answer for answer in answers if answer[0] == 303}
    # While the first is at work the others are told so; afterwards everybody gets its answer.
    assert {status for status, _ in answers} <= {303, 409}
    assert len(done) == 1
    assert {visitors[0].post("/meetings/book/", form) for _ in range(REPETITIONS)} == done
    assert (Meeting.objects.count(), IdempotentReply.objects.count()) == (1, 1)


def test_b10_a_key_with_another_body_is_refused(visitors: list[Visitor], cast: Cast) -> None:
    key = uuid.uuid4()
    first = booking_form(cast, cast.contacts[0], cast.noon_at, idempotency_key=key)
    other = booking_form(cast, cast.contacts[0], cast.noon_at + dt.timedelta(days=1), idempotency_key=key)
    assert visitors[0].post("/meetings/book/", first)[0] == 303
    assert visitors[0].post("/meetings/book/", other)[0] == 422
    assert Meeting.objects.count() == 1


def test_b10_a_key_whose_first_request_is_at_work_is_told_so(visitors: list[Visitor], cast: Cast) -> None:
    key = uuid.uuid4()
    form = booking_form(cast, cast.contacts[0], cast.noon_at, idempotency_key=key)
    with transaction.atomic():
        assert transactions.try_lock(replies.lock_key(cast.hosts[0], key))
        assert visitors[0].post("/meetings/book/", form)[0] == 409
        assert Meeting.objects.count() == 0
    assert visitors[0].post("/meetings/book/", form)[0] == 303
