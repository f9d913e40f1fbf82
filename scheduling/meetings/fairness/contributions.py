"""What each past meeting of one person adds to their burden now."""

import datetime as dt
from dataclasses import dataclass

from clients.reader import Reader
from scheduling.meetings.fairness.measures import fading
from scheduling.meetings.models import Attendance
from scheduling.meetings.proposals.wording import points, share


@dataclass(frozen=True)
class Contribution:
    """One past meeting of somebody: what it cost, what is left of that, and its part of all that they carry now."""

    attendance: Attendance
    is_visible: bool
    cost: str
    left: str
    part: str


def contribution(attendance: Attendance, burden: float, *, now: dt.datetime, reader: Reader) -> Contribution:
    """The row of one of `ledger.attendances_of`."""
    cost = float(attendance.cost)
    left = cost * fading(attendance.meeting.start_at, now)
    return Contribution(
        attendance=attendance,
        is_visible=attendance.is_visible,  # type: ignore[attr-defined]
        cost=points(cost, reader),
        left=points(left, reader),
        part=share(left / burden if burden else 0.0, reader),
    )
