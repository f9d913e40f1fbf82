"""Row W12: meetings are cancelled while workers claim what is to be said of them."""

import datetime as dt
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from django.db import connections
from django.utils import timezone

from scheduling.meetings import services as meetings_services
from scheduling.meetings.models import Meeting
from scheduling.outreach.models import Message
from scheduling.outreach.services import claim, claiming, plan
from tests.faults.conftest import FULL, counted, make_meetings
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)

State = Message.State
MEETINGS = 1_000 if FULL else 50


@dataclass
class Outcome:
    """What became of the messages of cancelled meetings."""

    claimed_before: int = 0
    stopped: set[int] = field(default_factory=set)
    claimed_after: set[int] = field(default_factory=set)


def race(meetings: list[Meeting], now: dt.datetime) -> Outcome:
    """One meeting after another is cancelled while two workers claim its messages.

    Once its cancellation is committed, a message either has its claim or must never get one.
    """
    outcome = Outcome()
    together = threading.Barrier(3)
    chance = random.Random(1)
    pauses = [[chance.uniform(0, 0.005) for _ in range(3)] for _ in meetings]

    def in_step(act: Callable[[int], None], place: int) -> None:
        try:
            for number, pause in enumerate(pauses):
                together.wait(timeout=PATIENCE_SECONDS)
                threading.Event().wait(pause[place])
                act(number)
        finally:
            connections.close_all()

    def cancel(number: int) -> None:
        meeting = meetings[number]
        meetings_services.cancel(actor=meeting.organizer, meeting=meeting, reason="", sequence=0, now=now)
        for pk, claimed_at in Message.objects.filter(meeting=meeting, sequence=0).values_list("pk", "claimed_at"):
            if claimed_at is None:
                outcome.stopped.add(pk)
            else:
                outcome.claimed_before += 1

    def take(number: int) -> None:
        claim(now=due_at(now, number), size=1)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(in_step, act, place) for place, act in enumerate((cancel, take, take))]:
            done.result()
    while claim(now=due_at(now, len(meetings))):
        pass
    late = Message.objects.filter(pk__in=outcome.stopped, claimed_at__isnull=False)
    outcome.claimed_after = set(late.values_list("pk", flat=True))
    return outcome


def due_at(now: dt.datetime, number: int) -> dt.datetime:
    """When the messages of the meeting with that number fall due."""
    return now + number * dt.timedelta(milliseconds=1)


def ready(count: int) -> tuple[list[Meeting], dt.datetime]:
    """Meetings whose confirmations fall due one after the other."""
    now = timezone.now()
    make_meetings(count, booked_at=now)
    plan(now=now)
    meetings = list(Meeting.objects.select_related("organizer").order_by("pk"))
    for number, meeting in enumerate(meetings):
        meeting.messages.update(next_try_at=due_at(now, number))
    return meetings, now


def test_no_message_is_claimed_after_its_meeting_was_cancelled() -> None:
    meetings, now = ready(MEETINGS)
    with counted("W12") as figures:
        outcome = race(meetings, now)
        figures.update(figures_of(meetings, outcome))
    assert outcome.claimed_before > 0
    assert outcome.stopped
    assert outcome.claimed_after == set()
    stopped = Message.objects.filter(pk__in=outcome.stopped)
    assert set(stopped.values_list("state", flat=True)) == {State.SUPERSEDED}


@pytest.mark.parametrize("check", ["_sort_out", "_hold_still"])
def test_without_either_check_cancelled_meetings_are_written_of(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, check, lambda *args: None)
    meetings, now = ready(50)
    with counted(f"W12 without {check}") as figures:
        outcome = race(meetings, now)
        figures.update(figures_of(meetings, outcome))
    assert outcome.claimed_after


def figures_of(meetings: list[Meeting], outcome: Outcome) -> dict[str, object]:
    return {
        "cancelled": len(meetings),
        "claimed before": outcome.claimed_before,
        "stopped": len(outcome.stopped - outcome.claimed_after),
        "claimed after": len(outcome.claimed_after),
    }
