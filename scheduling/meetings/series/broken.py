"""Occurrences to come that don't suit everybody any more, each with the best times of its week instead."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet
from django.utils.safestring import SafeString

from clients.models import AccountManager, Contact
from clients.reader import Reader
from holidays_app.calendars import UnsupportedYear
from scheduling.engine import MeetingRequest, NearMiss, Policy, Slot, assess, propose
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.models.series import monday_of
from scheduling.meetings.proposals.people import portraits
from scheduling.meetings.selectors import Attendee, attendee_key, attendees, meetings_for, without
from scheduling.meetings.series.why import hindrances_of, sentences_of

REPLACEMENTS = 3
WEEK = dt.timedelta(days=7)
QUARTER_SECONDS = 900


@dataclass(frozen=True)
class Broken:
    """An occurrence, who can't come any more and why, and the fairest times of its week, from the best."""

    meeting: Meeting
    reasons: tuple[SafeString, ...]
    replacements: tuple[Slot, ...]


def occurrences_to_come(actor: AccountManager, *, now: dt.datetime) -> QuerySet[Meeting]:
    """The occurrences of series that the actor may see and that have not begun, with everybody in them."""
    return with_people(meetings_for(actor).filter(series__isnull=False, status=Status.CONFIRMED, start_at__gt=now))


def with_people(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """The meetings with their attendees as the engine needs them, in a fixed number of queries."""
    people = Attendance.objects.select_related("contact__calendar", "contact__client", "account_manager__calendar")
    return meetings.prefetch_related(Prefetch("attendances", queryset=people))


def broken_occurrences(
    meetings: Iterable[Meeting],
    *,
    actor: AccountManager,
    now: dt.datetime,
    reader: Reader,
    known: Sequence[Attendee] | None = None,
) -> tuple[Broken, ...]:
    """Those of the meetings at which somebody is off or can't be reached by today's calendars and profiles.

    The meetings come with their people (`with_people`); `known` are these as `attendees_of` found them. The number of
    queries does not depend on that of the meetings.
    """
    meetings = list(meetings)
    if known is None:
        known = attendees_of(meetings, now=now, language=reader.language)
    by_key = {one.key: one for one in known}
    found = []
    for meeting in meetings:
        rows = list(meeting.attendances.all())
        theirs = [by_key[attendee_key(row.person)] for row in rows]
        miss = _miss(meeting, theirs)
        if miss is None:
            continue
        free = without(theirs, rows)
        hindrances = hindrances_of(miss, meeting.end_at, portraits(free, actor, reader))
        found.append(Broken(meeting, sentences_of(hindrances, reader), _replacements(meeting, free, now)))
    return tuple(found)


def attendees_of(meetings: Collection[Meeting], *, now: dt.datetime, language: str) -> list[Attendee]:
    """Everybody who attends one of the meetings, with their days over all the weeks; nobody where there are none."""
    if not meetings:
        return []
    people = dict.fromkeys(row.person for meeting in meetings for row in meeting.attendances.all())
    edges = [_week(meeting, now) for meeting in meetings]
    ends = max(end_at for _, end_at in edges), max(meeting.end_at for meeting in meetings)
    for end_at in ends:
        try:
            return attendees(
                contacts=[person for person in people if isinstance(person, Contact)],
                colleagues=[person for person in people if isinstance(person, AccountManager)],
                start_at=min(*(start_at for start_at, _ in edges), *(meeting.start_at for meeting in meetings)),
                end_at=end_at,
                now=now,
                language=language,
            )
        except UnsupportedYear:
            # The week of the last meeting may reach beyond the holidays that are known.
            if end_at is ends[-1]:
                raise
    return []


def _miss(meeting: Meeting, people: Sequence[Attendee]) -> NearMiss | None:
    """Who can't come by their day alone: what is booked does not overlap, or it would not be booked."""
    request = MeetingRequest(
        duration_minutes=meeting.duration_minutes, start_at=meeting.start_at, end_at=meeting.end_at
    )
    found = assess(request, [dataclasses.replace(one.participant, busy_seconds=()) for one in people]).slot_at(
        meeting.start_at
    )
    return found if isinstance(found, NearMiss) else None


def _replacements(meeting: Meeting, people: Sequence[Attendee], now: dt.datetime) -> tuple[Slot, ...]:
    start_at, end_at = _week(meeting, now)
    if end_at - start_at < dt.timedelta(minutes=meeting.duration_minutes):
        return ()
    request = MeetingRequest(
        duration_minutes=meeting.duration_minutes,
        start_at=start_at,
        end_at=end_at,
        policy=Policy(meeting.policy),
        count=REPLACEMENTS,
    )
    return propose(request, [one.participant for one in people]).slots


def _week(meeting: Meeting, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The occurrence's week on the anchor's wall, as far as it is to come."""
    zone = ZoneInfo(meeting.time_zone)
    monday = meeting.series_week_date or monday_of(meeting.start_date)
    start_at, end_at = (
        dt.datetime.combine(date, dt.time(), zone).astimezone(dt.UTC) for date in (monday, monday + WEEK)
    )
    next_quarter_at = dt.datetime.fromtimestamp((now.timestamp() // QUARTER_SECONDS + 1) * QUARTER_SECONDS, dt.UTC)
    return max(start_at, next_quarter_at), max(end_at, meeting.end_at)
