"""Rows W1 and W2: workers that die between any two steps."""

import datetime as dt
import random
import re
from collections import Counter

import pytest
from django.conf import settings

from scheduling.outreach.models import Message
from scheduling.outreach.services import deliver, delivery, plan
from tests.faults.conftest import FULL, Workers, counted, make_meetings
from tests.smtp import SmtpServer
from tests.waiting import wait_until

MESSAGES = 10_000 if FULL else 50
KILLS = 20 if FULL else 2
CRASHES = 100 if FULL else 8
# Every fifth kill takes the worker with its pool and all; the others the process that works.
WHOLE = 5

pytestmark = pytest.mark.django_db(transaction=True)


def received(server: SmtpServer) -> Counter[str]:
    """How often each message arrived."""
    found = (re.search(rb"^Message-ID: (\S+)\r$", delivery.raw, re.MULTILINE) for delivery in server.deliveries)
    return Counter(message_id[1].decode() for message_id in found if message_id)


def test_killed_workers_lose_nothing_and_repeat_at_most_one_mail_each(
    workers: Workers, smtp_server: SmtpServer
) -> None:
    make_meetings(MESSAGES // 2)
    with counted("W1") as figures:
        workers.start(2)
        workers.start_beat()
        for kill in range(1, KILLS + 1):
            due = MESSAGES * kill // (KILLS + 2)
            wait_until(lambda due=due: len(smtp_server.deliveries) >= due, f"{due} mails", seconds=300)  # type: ignore[misc]
            if kill % WHOLE == 0:
                workers.kill_whole()
                workers.start()
            else:
                wait_until(lambda: bool(workers.working()), "a process works")
                random.choice(workers.working()).kill()
        wait_until(
            lambda: Message.objects.filter(state=Message.State.SENT).count() == MESSAGES, "all are sent", seconds=300
        )
        times = received(smtp_server)
        repeated = sum(times.values()) - len(times)
        figures.update({"messages": MESSAGES, "kills": KILLS, "lost": MESSAGES - len(times), "repeated": repeated})
    assert set(times) == set(Message.objects.values_list("message_id", flat=True))
    assert max(times.values()) <= 2
    assert repeated <= KILLS


class Killed(BaseException):
    """What a process feels when it is killed: no handler runs."""


def test_a_crash_after_the_server_accepted_repeats_the_same_message_id(
    smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
    make_meetings(CRASHES // 2, booked_at=now)
    plan(now=now)

    def killed(*args: object, **kwargs: object) -> None:
        raise Killed

    with counted("W2") as figures:
        with monkeypatch.context() as crashing:
            crashing.setattr(delivery, "mark_sent", killed)
            for _ in range(CRASHES):
                with pytest.raises(Killed):
                    deliver(clock=lambda: now, size=1)
        assert len(smtp_server.deliveries) == CRASHES
        after_the_leases = now + dt.timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
        assert deliver(clock=lambda: after_the_leases) == {"sent": CRASHES}
        times = received(smtp_server)
        figures.update({"crashes": CRASHES, "mails": sum(times.values()), "messages": len(times)})
    assert set(times) == set(Message.objects.values_list("message_id", flat=True))
    assert set(times.values()) == {2}
