"""Row B11: a fault at any statement of a move leaves the meeting at its old time or at its new one."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from scheduling.meetings import services
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
OLD_AT = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
NEW_AT = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)


class FaultAt:
    """Breaks the n-th statement, before or after the database has carried it out."""

    def __init__(self, number: int, *, after: bool) -> None:
        self.left = number
        self.after = after

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise OperationalError("the connection broke")
        result = execute(sql, params, many, context)
        if self.left == 0:
            raise OperationalError("the connection broke")
        return result


def state(meeting: Meeting) -> tuple[object, ...]:
    """Everything in the database that says when the meeting is."""
    row = Meeting.objects.get(pk=meeting.pk)
    ranges = sorted(
        (during.lower, during.upper)
        for during in Attendance.objects.filter(meeting=meeting).values_list("during", flat=True)
    )
    changes = list(MeetingChange.objects.filter(meeting=meeting).values_list("sequence", "kind"))
    return row.start_at, row.end_at, row.start_date, row.sequence, ranges, changes


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_b11_a_fault_at_every_statement_of_a_move(after: bool) -> None:
    team = make_team()
    host = make_account_manager(team)
    meeting = services.book(
        actor=host,
        contacts=[make_contact(make_client(team))],
        colleagues=[host],
        title="Review",
        start_at=OLD_AT,
        duration_minutes=30,
        now=NOW,
    )
    before = state(meeting)
    number = 0
    while True:
        number += 1
        fault = FaultAt(number, after=after)
        try:
            with connection.execute_wrapper(fault):
                services.move(
                    actor=host,
                    meeting=Meeting.objects.get(pk=meeting.pk),
                    start_at=NEW_AT,
                    duration_minutes=30,
                    reason="",
                    sequence=0,
                    now=NOW,
                )
        except OperationalError:
            assert state(meeting) == before
        else:
            break
    moved = state(meeting)
    print(f"B11: {number - 1} statements broken, one by one")
    assert number > 8
    assert moved[0] == NEW_AT
    assert moved[4] == [(NEW_AT, NEW_AT + dt.timedelta(minutes=30))] * 2
    assert moved[5] == [(0, "booked"), (1, "moved")]
