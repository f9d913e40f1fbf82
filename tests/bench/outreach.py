"""Check-ins from the plan to the mail server, each step beside the least that could do it."""

import datetime as dt
import os
import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
from django.core.mail import get_connection
from django.db import connection, transaction
from django.test.utils import override_settings

from config.embedded import LOOPBACK, free_port
from scheduling.outreach.check_ins.letter import letter_with
from scheduling.outreach.mail import Mail, compose
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import with_content
from scheduling.outreach.services import BATCH, claim, deliver
from scheduling.outreach.services.planning_check_ins import plan_check_ins
from scheduling.outreach.texts.rendering import render
from scheduling.outreach.texts.wordings import OwnTexts
from tests.bench.enrolled import Enrolled, empty_outbox
from tests.bench.measuring import seconds

FEW = 10_000
MANY = 1_000_000 if os.environ.get("BENCH") == "full" else 100_000
#: A Saturday: nine o'clock on Monday is within two days everywhere on earth.
NOW = dt.datetime(2026, 10, 3, 22, tzinfo=dt.UTC)
#: A Monday on which everybody's check-in is due.
DUE_AT = dt.datetime(2026, 10, 6, tzinfo=dt.UTC)
ROUNDS = 3
CLAIMED_A_ROUND = 5_000
#: So many can be claimed and sent at `DUE_AT`, which is enough; to let all go would take minutes of a million.
CLAIMABLE = 10_000
MAILS_A_ROUND = 200
#: What takes half a second is at the mercy of chance.
ROUNDS_OF_HALF_A_SECOND = 9
ROUNDS_FOR_MEMORY = 5

_BARE_CLAIM = """
    UPDATE {outbox} SET state = 'claimed', claimed_at = %(now)s, next_try_at = %(now)s + interval '5 minutes',
        fencing_token = fencing_token + 1
    WHERE id IN (
        SELECT id FROM {outbox} WHERE state IN ('pending', 'claimed') AND next_try_at <= %(now)s
        ORDER BY next_try_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ) RETURNING *
"""


def bench_outreach() -> dict[str, float]:
    """Planning for few and for many, claiming, sending, and what a worker's memory does meanwhile."""
    enrolled = Enrolled()
    enrolled.grow(FEW)
    results = _planning("10k") | _claiming("10k", (BATCH, 1_000))
    enrolled.grow(MANY)
    size = "1m" if MANY == 1_000_000 else f"{MANY // 1000}k"
    return results | _planning(size) | _claiming(size, (BATCH, 1_000, 5_000)) | _sending()


# Planning


def _planning(size: str) -> dict[str, float]:
    """Everybody's check-ins of a Monday by the service, and the same rows by `INSERT … SELECT … ORDER BY id`."""
    _empty_again()
    found = plan_check_ins(now=NOW)
    _execute("DROP TABLE IF EXISTS bench_planned, bench_without_keys")
    _execute("CREATE TABLE bench_planned AS SELECT * FROM {outbox}")
    # The same columns, checks and indexes; foreign keys are not copied.
    _execute("CREATE TABLE bench_without_keys (LIKE {outbox} INCLUDING ALL)")
    ours, bare, without_keys = [], [], []
    for _ in range(ROUNDS):
        _empty_again()
        _execute("TRUNCATE bench_without_keys")
        without_keys.append(_inserted("bench_without_keys"))
        _empty_again()
        bare.append(_inserted("{outbox}"))
        _empty_again()
        ours.append(seconds(lambda: plan_check_ins(now=NOW)))
    later = NOW + dt.timedelta(minutes=10)
    _execute("VACUUM ANALYZE {outbox}")
    planned: list[int] = []
    again = seconds(lambda: planned.append(plan_check_ins(now=later)))
    assert planned == [0], planned
    _execute("DROP TABLE bench_planned, bench_without_keys")
    return {
        f"plan_{size}_rows": found,
        f"plan_{size}": statistics.median(ours),
        f"plan_{size}_bare": statistics.median(bare),
        f"plan_{size}_bare_without_keys": statistics.median(without_keys),
        f"plan_{size}_again": again,
    }


def _inserted(table: str) -> float:
    return seconds(lambda: _execute(f"INSERT INTO {table} SELECT * FROM bench_planned ORDER BY id"))  # noqa: S608


def _empty_again() -> None:
    empty_outbox()
    _execute("CHECKPOINT")


# Claiming


def _claiming(size: str, batches_of: tuple[int, ...]) -> dict[str, float]:
    """Messages a second, claimed as workers do and by nothing but `SKIP LOCKED`, in batches of several sizes."""
    _execute(
        "UPDATE {outbox} SET expires_at = '2027-01-01'"
        " WHERE id IN (SELECT id FROM {outbox} ORDER BY next_try_at, id LIMIT %s)",
        CLAIMABLE,
    )
    _execute("VACUUM ANALYZE {outbox}")
    results: dict[str, float] = {}
    for batch in batches_of:
        batches = max(CLAIMED_A_ROUND // batch, 1)
        ours, bare = [], []
        for _ in range(ROUNDS_OF_HALF_A_SECOND):
            bare.append(_claimed(_bare_claim, batch, batches))
            ours.append(_claimed(lambda batch: len(claim(now=DUE_AT, size=batch)), batch, batches))
        results[f"claim_{size}_by_{batch}_rate"] = statistics.median(ours)
        results[f"claim_{size}_by_{batch}_bare_rate"] = statistics.median(bare)
    return results


def _claimed(take: Callable[[int], int], batch: int, batches: int) -> float:
    began = time.perf_counter()
    taken = sum(take(batch) for _ in range(batches))
    rate = taken / (time.perf_counter() - began)
    assert taken == batch * batches, f"{taken} claimed of {batch * batches}"
    # They wait again, where they waited before.
    _execute("UPDATE {outbox} SET state = 'pending', next_try_at = due_at WHERE state = 'claimed'")
    _execute("VACUUM {outbox}")
    return rate


def _bare_claim(batch: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BARE_CLAIM.format(outbox=Message._meta.db_table), {"now": DUE_AT, "batch": batch})
        return len(cursor.fetchall())


# Sending


def _sending() -> dict[str, float]:
    """Mails a second as a worker sends them, and what only writes them and has Django send them; how a worker grows."""
    messages = list(with_content(Message.objects.order_by("due_at", "pk"))[:MAILS_A_ROUND])
    with (
        _mail_sink() as port,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST=LOOPBACK, EMAIL_PORT=port
        ),
    ):
        _deliver(100)
        process = psutil.Process()
        ours, kept, each = [], [], []
        memory = process.memory_info().rss
        for _ in range(ROUNDS_OF_HALF_A_SECOND):
            kept.append(_rate(lambda: _send_all(messages)))
            ours.append(_rate(lambda: _deliver(MAILS_A_ROUND)))
            each.append(_rate(lambda: _send_each(messages)))
        for _ in range(ROUNDS_FOR_MEMORY):
            _deliver(MAILS_A_ROUND)
        grown = process.memory_info().rss - memory
    return {
        "send_rate": statistics.median(ours),
        "send_kept_connection_rate": statistics.median(kept),
        "send_new_connections_rate": statistics.median(each),
        "worker_memory_mb": memory / 1e6,
        "worker_memory_grown_mb": grown / 1e6,
    }


def _rate(action: Callable[[], object]) -> float:
    return MAILS_A_ROUND / seconds(action)


def _deliver(mails: int) -> None:
    for _ in range(mails // 100):
        results = deliver(clock=lambda: DUE_AT, size=100)
        assert results == {"sent": 100}, results


def _send_all(messages: list[Message]) -> None:
    with get_connection() as server:
        for message in messages:
            server.send_messages([_written(message)])


def _send_each(messages: list[Message]) -> None:
    for message in messages:
        with get_connection() as server:
            server.send_messages([_written(message)])


def _written(message: Message) -> Mail:
    """The check-in with the same words in the same template, from what is in memory."""
    contact, sender = message.contact, message.sender
    assert contact is not None
    assert sender is not None
    words = render(message.purposes, contact=contact, sender=sender, now=DUE_AT, own=OwnTexts())
    url = f"https://dayband.example/p/{'a' * 43}/"
    letter = letter_with(words, sender, home_url=url, wishes_url=url, unsubscribe_url=url)
    return compose(message, letter, thread=(), now=DUE_AT)


@contextmanager
def _mail_sink() -> Iterator[int]:
    """The port of a mail server that takes everything and keeps nothing, in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"{LOOPBACK}:{port}", "-c", "tests.bench.sink.Sink"]
    sink = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        sink.terminate()
        sink.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            smtplib.SMTP(LOOPBACK, port, timeout=2).quit()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _execute(sql: str, *parameters: int) -> None:
    """Runs a statement; in it, `{outbox}` is the outbox's table."""
    with connection.cursor() as cursor:
        cursor.execute(sql.format(outbox=Message._meta.db_table), parameters)
