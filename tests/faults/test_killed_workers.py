"""Rows W1 and W2: workers that die between any two steps."""

import datetime as dt
import random
import re
from collections import Counter
from collections.abc import Callable

import pytest

from scheduling.outreach.models import Message
from scheduling.outreach.services import deliver, delivery, plan
from scheduling.outreach.services.claiming import mark_sent
from tests.faults.conftest import FULL, Workers, counted, make_meetings
from tests.smtp import SmtpServer
from tests.waiting import wait_until

MESSAGES = 10_000 if FULL else 1_000
KILLS = 20 if FULL else 5
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


def clock_at(now: dt.datetime) -> Callable[[], dt.datetime]:
    """A clock that stands."""
    return lambda: now


class Killed(BaseException):
    """What a process feels when it is killed: no handler runs."""


def test_a_crash_after_the_server_accepted_repeats_the_same_message_id(
    smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
    make_meetings(50, booked_at=now)
    plan(now=now)

    def killed(*args: object, **kwargs: object) -> None:
        raise Killed

    with counted("W2") as figures:
        for _ in range(100):
            monkeypatch.setattr(delivery, "mark_sent", killed)
            with pytest.raises(Killed):
                deliver(clock=clock_at(now), size=1)
            now += dt.timedelta(seconds=301)
            monkeypatch.setattr(delivery, "mark_sent", mark_sent)
            # The one that was accepted is the first in the queue again.
            assert deliver(clock=clock_at(now), size=1) == {"sent": 1}
        times = received(smtp_server)
        figures.update({"crashes": 100, "mails": sum(times.values()), "messages": len(times)})
    assert set(times) == set(Message.objects.values_list("message_id", flat=True))
    assert set(times.values()) == {2}
