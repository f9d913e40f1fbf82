"""Row W12: meetings are cancelled while workers claim what is to be said of them."""

import datetime as dt
import threading

from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
from django.db import connections
from django.utils import timezone

from scheduling.meetings import services as meetings_services
from scheduling.meetings.models import Meeting
from scheduling.outreach.models import Message
from scheduling.outreach.services import claim, claiming, plan
from tests.faults.conftest import counted, make_meetings

pytestmark = pytest.mark.django_db(transaction=True)

CANCELLERS, CLAIMERS = 3, 3
State = Message.State


def race(meetings: list[Meeting], now: dt.datetime) -> tuple[int, int, set[int]]:
    """How many messages were claimed before and how many stopped by the cancellation, and those claimed after it.

    After its cancellation is committed, a meeting's message either has a claim or must never get one.
    """
    over = threading.Event()
    too_late: set[int] = set()
    claimed_before = 0

    def cancel(meeting: Meeting) -> tuple[set[int], int]:
        meetings_services.cancel(actor=meeting.organizer, meeting=meeting, reason="", sequence=0, now=now)
        rows = Message.objects.filter(meeting=meeting, sequence=0).values_list("pk", "claimed_at")
        return {pk for pk, claimed_at in rows if claimed_at is None}, sum(at is not None for _, at in rows)

    def keep_claiming() -> None:
        try:
            while not over.is_set():
                claim(now=now, size=4)
        finally:
            connections.close_all()

    def close() -> None:
        gate.wait()
        connections.close_all()

    with ThreadPoolExecutor(CLAIMERS) as workers, ThreadPoolExecutor(CANCELLERS) as people:
        claimers = [workers.submit(keep_claiming) for _ in range(CLAIMERS)]
        try:
            for done in as_completed([people.submit(cancel, meeting) for meeting in meetings]):
                unclaimed, before = done.result()
                too_late |= unclaimed
                claimed_before += before
        finally:
            over.set()
        gate = threading.Barrier(CANCELLERS)
        for closed in [people.submit(close) for _ in range(CANCELLERS)]:
            closed.result()
        for claimer in claimers:
            claimer.result()
    claimed_after = Message.objects.filter(pk__in=too_late, claimed_at__isnull=False)
    return claimed_before, len(too_late), set(claimed_after.values_list("pk", flat=True))


def ready(count: int) -> tuple[list[Meeting], dt.datetime]:
    """Meetings whose confirmations are due."""
    now = timezone.now()
    make_meetings(count, booked_at=now)
    plan(now=now)
    return list(Meeting.objects.select_related("organizer")), now


def test_no_message_is_claimed_after_its_meeting_was_cancelled() -> None:
    meetings, now = ready(1_000)
    with counted("W12") as figures:
        before, stopped, after = race(meetings, now)
        figures |= {"cancelled": len(meetings), "claimed before": before, "stopped": stopped, "claimed after": len(after)}
    assert before > 0
    assert stopped > 0
    assert after == set()
    # Whoever looks for more finds that all is stopped.
    while claim(now=now):
        pass
    assert not Message.objects.filter(meeting__in=meetings, sequence=0, state=State.PENDING).exists()


@pytest.mark.parametrize("check", ["_sort_out", "_hold_still"])
def test_without_either_check_cancelled_meetings_are_written_of(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, check, lambda *args: None)
    meetings, now = ready(300)
    with counted(f"W12 without {check}") as figures:
        before, stopped, after = race(meetings, now)
        figures |= {"cancelled": len(meetings), "stopped": stopped - len(after), "claimed after": len(after)}
    assert after
