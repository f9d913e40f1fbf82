"""People as a plan of a series needs them."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence

from clients.models import AccountManager, Contact
from scheduling.engine import SeriesRequest, series_horizon
from scheduling.meetings.models import Attendance
from scheduling.meetings.selectors import Attendee, attendees, without

QUARTER = dt.timedelta(minutes=15)


def series_attendees(
    request: SeriesRequest,
    *,
    contacts: Sequence[Contact],
    colleagues: Sequence[AccountManager],
    now: dt.datetime,
    language: str | None = None,
    free: Iterable[Attendance] = (),
) -> list[Attendee]:
    """The people with their days over all weeks of the series, of which nothing before `now` can be chosen.

    `free` are attendances whose time does not count as busy.

    Raises: UnsupportedYear where somebody's holidays are not known up to its end.
    """
    start_at, end_at = series_horizon(request, contacts[0].zone)
    found = attendees(
        contacts=contacts, colleagues=colleagues, start_at=start_at, end_at=end_at, now=now, language=language
    )
    found = without(found, free)
    if now + QUARTER <= start_at:
        return found
    return [_busy_until(one, start_at - QUARTER, now + QUARTER) for one in found]


def _busy_until(attendee: Attendee, start_at: dt.datetime, end_at: dt.datetime) -> Attendee:
    """The attendee without the time that is over."""
    participant = attendee.participant
    busy = (*participant.busy, (start_at, end_at))
    return dataclasses.replace(attendee, participant=dataclasses.replace(participant, busy=busy))
