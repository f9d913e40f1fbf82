"""Rows W3 and W4: one message that fails among many that do not."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from scheduling.outreach.content import Letter
from scheduling.outreach.letters import letter_of
from scheduling.outreach.models import Message
from scheduling.outreach.services import deliver, delivery, plan
from scheduling.outreach.services.claiming import MAX_TRIES
from tests.faults.conftest import FULL, counted, make_meetings
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
MESSAGES = 1_000 if FULL else 80
State = Message.State


def deliver_all(now: dt.datetime) -> Counter[str]:
    """What became of everything that is due."""
    results: Counter[str] = Counter()
    while batch := deliver(clock=lambda: now):
        results += batch
    return results


def test_one_failure_among_many_repeats_nothing_and_holds_up_nobody(
    smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_meetings(MESSAGES // 2, booked_at=NOW)
    plan(now=NOW)
    poison = Message.objects.order_by("due_at", "pk")[MESSAGES // 2 - 1]

    def letter_or_poison(message: Message, *args: Any, **kwargs: Any) -> Letter:
        if message.pk == poison.pk:
            raise RuntimeError("This can't be written.")
        return letter_of(message, *args, **kwargs)

    monkeypatch.setattr(delivery, "letter_of", letter_or_poison)

    with counted("W3 and W4") as figures:
        assert deliver_all(NOW) == {"sent": MESSAGES - 1, "failed": 1}
        received = [message["Message-ID"] for message in smtp_server.messages]
        assert len(set(received)) == len(received) == MESSAGES - 1

        waits = []
        for tries in range(1, MAX_TRIES):
            poison.refresh_from_db()
            assert (poison.state, poison.tries) == (State.PENDING, tries)
            waits.append(poison.next_try_at - NOW)
            now = poison.next_try_at
            make_meetings(1, booked_at=now)
            plan(now=now)
            assert deliver_all(now) == {"sent": 2, "failed": 1}
        poison.refresh_from_db()
        figures.update(
            {"sent once": len(smtp_server.messages), "dead": poison.occurrence_key, "after tries": poison.tries}
        )
    assert poison.state == State.DEAD
    assert poison.tries == MAX_TRIES
    assert poison.reason == "RuntimeError: This can't be written."
    assert deliver_all(now + 7 * 24 * 60 * MINUTE) == {}
