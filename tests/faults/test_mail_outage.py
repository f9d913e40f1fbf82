"""Row W5: the mail server is away for two hours, by a simulated clock."""

import datetime as dt
import socket
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from config.embedded import LOOPBACK
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import due_count
from scheduling.outreach.services import BATCH, deliver, plan
from scheduling.outreach.tasks import MAX_BATCHES
from tests.faults.conftest import FULL, counted, make_meetings
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
OUTAGE = 2 * HOUR
TICK = dt.timedelta(seconds=10 if FULL else 1200)
# Meetings whose reminders fall due during the outage, and meetings booked during it.
REMINDED, BOOKED = (300, 1_000) if FULL else (8, 20)
State = Message.State


class BrokenServer:
    """Hangs up on everybody, and knows how often somebody tried."""

    def __init__(self) -> None:
        self.attempts = 0
        self._listener = socket.create_server((LOOPBACK, 0))
        self._thread = threading.Thread(target=self._hang_up)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def _hang_up(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if self._over:
                    return
                self.attempts += 1

    _over = False

    def close(self) -> None:
        self._over = True
        socket.create_connection((LOOPBACK, self.port)).close()
        self._thread.join()
        self._listener.close()


@pytest.fixture
def broken_server() -> Iterator[BrokenServer]:
    server = BrokenServer()
    yield server
    server.close()


def tick(now: dt.datetime) -> Counter[str]:
    """What the workers do with one tick, and what became of its messages."""
    plan(now=now)
    results: Counter[str] = Counter()
    for _ in range(min(-(-due_count(now) // BATCH), MAX_BATCHES)):
        results += deliver(clock=lambda: now)
    return results


def test_two_hours_without_a_mail_server_cost_no_message_a_try(
    smtp_server: SmtpServer, broken_server: BrokenServer, settings: Settings
) -> None:
    booked_at = NOW - 47 * HOUR
    make_meetings(REMINDED, booked_at=booked_at, every=OUTAGE / REMINDED, organizers=REMINDED, reminder_minutes=[60])
    tick(booked_at)
    told_before = len(smtp_server.deliveries)
    assert told_before == 2 * REMINDED
    make_meetings(BOOKED, booked_at=NOW)

    settings.EMAIL_PORT = broken_server.port
    back_at = NOW + OUTAGE
    per_minute: Counter[int] = Counter()
    now = NOW
    with counted("W5") as figures:
        while now < back_at:
            before = broken_server.attempts
            tick(now)
            per_minute[(now - NOW) // MINUTE] += broken_server.attempts - before
            now += TICK
        assert len(smtp_server.deliveries) == told_before
        backlog = Message.objects.filter(state=State.PENDING).count()
        assert set(Message.objects.exclude(state=State.SENT).values_list("tries", flat=True)) == {0}

        settings.EMAIL_PORT = smtp_server.port
        while Message.objects.filter(state__in=Message.QUEUED).exists():
            tick(now)
            now += TICK
        figures.update(
            {
                "backlog": backlog,
                "attempts": broken_server.attempts,
                "most in a minute": max(per_minute.values()),
                "expired": Message.objects.filter(state=State.EXPIRED).count(),
                "all sent after": f"{(now - back_at) / MINUTE:.0f} min",
            }
        )
    # A batch that found nobody waits for half a minute at least, however many messages there are.
    batches = -(-backlog // BATCH)
    assert max(per_minute.values()) <= 2 * batches + max(MINUTE / TICK, 1)
    reminders = Message.objects.filter(kind=Message.Kind.REMINDER)
    assert reminders.count() == REMINDED
    for reminder in reminders.select_related("meeting"):
        start_at = reminder.meeting.start_at  # type: ignore[union-attr]
        if start_at <= back_at:
            assert reminder.state == State.EXPIRED
        elif start_at > now:
            assert reminder.state == State.SENT
        assert reminder.sent_at is None or reminder.sent_at < start_at
    assert set(Message.objects.exclude(kind=Message.Kind.REMINDER).values_list("state", flat=True)) == {State.SENT}
    arrived = [message["Message-ID"] for message in smtp_server.messages]
    assert len(set(arrived)) == len(arrived) == Message.objects.filter(state=State.SENT).count()
