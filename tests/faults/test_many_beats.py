"""Row W9: three beats tick at once for an hour, or a fifth of one, and nobody is written to twice."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, connections

from scheduling.outreach.models import Message
from scheduling.outreach.services import deliver, plan
from tests.faults.conftest import FULL, counted, make_meetings
from tests.smtp import SmtpServer
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
BEATS = 3
MINUTES = 60 if FULL else 12


def beat(minutes: range, work: Callable[[dt.datetime], None]) -> None:
    """Does the work in every minute after `NOW`, by three threads that begin each minute together."""
    together = threading.Barrier(BEATS)

    def run() -> None:
        try:
            for minute in minutes:
                together.wait(timeout=PATIENCE_SECONDS)
                work(NOW + minute * MINUTE)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(BEATS) as pool:
        for done in [pool.submit(run) for _ in range(BEATS)]:
            done.result()


def make_a_while() -> int:
    """Meetings whose reminders fall due two minutes apart meanwhile; how many messages there are to be."""
    count = MINUTES // 2
    meetings = make_meetings(count, booked_at=NOW, every=2 * MINUTE, organizers=count, reminder_minutes=[2 * 24 * 60])
    return 3 * len(meetings)


def plan_alone(now: dt.datetime) -> None:
    plan(now=now)


def tick(now: dt.datetime) -> None:
    plan(now=now)
    while deliver(clock=lambda: now, size=5):
        pass


def test_three_beats_write_to_nobody_twice(smtp_server: SmtpServer) -> None:
    expected = make_a_while()
    with counted("W9") as figures:
        beat(range(MINUTES), tick)
        times = Counter((one.recipients[0], one.message["Subject"]) for one in smtp_server.deliveries)
        figures.update({"beats": BEATS, "minutes": MINUTES, "messages": expected, "mails": times.total()})
    assert set(times.values()) == {1}
    assert times.total() == Message.objects.filter(state=Message.State.SENT).count() == expected


@contextmanager
def _without_occurrence_key() -> Iterator[None]:
    """The outbox as it would be if the database let one occasion in twice."""
    table, column = Message._meta.db_table, Message._meta.get_field("occurrence_key")
    with connection.cursor() as cursor:
        names = connection.introspection.get_constraints(cursor, table)
    (name,) = (
        name
        for name, one in names.items()
        if one["columns"] == [column.column] and one["unique"] and not one["primary_key"]
    )
    with connection.schema_editor() as editor:
        editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        Message.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({column.column})")


def test_without_the_occurrence_key_the_beats_write_twice() -> None:
    make_a_while()
    with _without_occurrence_key(), counted("W9 without the key") as figures:
        beat(range(10), plan_alone)
        planned = Message.objects.count()
        distinct = Message.objects.values("occurrence_key").distinct().count()
        figures.update({"messages": planned, "distinct": distinct})
        assert planned > distinct
