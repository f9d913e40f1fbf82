"""Keeps the wall times of coming meetings when a new tzdata release says that clocks change otherwise."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Value

from clients.audit import audit
from clients.day import PersonKey, away_dates, participant_of, person_key
from clients.models import AccountManager, Contact
from clients.zones import known_zones
from holidays_app.selectors import days_for_calendars
from scheduling.engine import Participant, Policy, Reason, Slot
from scheduling.meetings.errors import InvalidBooking, StaleMeeting
from scheduling.meetings.models import Attendance, Meeting, MeetingChange, Series
from scheduling.meetings.models.meeting import BLOCKING, DOUBLE_BOOKED, Status
from scheduling.meetings.nudge import nudge_workers
from scheduling.meetings.selectors import MARGIN_DAYS
from scheduling.meetings.services.rows import slot_at, weigh
from scheduling.meetings.services.transactions import booking_transaction, lock_people
from scheduling.meetings.walltime import WallTime, tzdata_version, utc_offset_minutes

logger = logging.getLogger(__name__)

BATCH = 100
# What has begun by the old clocks may be yet to come by the new ones.
LOOK_BACK = dt.timedelta(days=1)


@dataclass(frozen=True)
class Followed:
    """How many meetings were derived from older tzdata, and how many of them changed for somebody."""

    meetings: int
    changed: int


@dataclass(frozen=True)
class _Derived:
    """A meeting with its attendances as stored, and its wall time by the running tzdata."""

    meeting: Meeting
    rows: Sequence[Attendance]
    wall: WallTime
    previous_start_at: dt.datetime

    @property
    def start_at(self) -> dt.datetime:
        return self.wall.instant

    @property
    def shift(self) -> dt.timedelta:
        return self.start_at - self.previous_start_at

    @property
    def known_offsets(self) -> dict[str, int]:
        """The offsets that attendees know, by attendance; without those who live elsewhere by now."""
        return {
            str(row.pk): row.utc_offset_minutes
            for row in self.rows
            if row.utc_offset_minutes is not None and row.time_zone == row.person.time_zone
        }

    @property
    def told_otherwise(self) -> set[int]:
        """The attendances at which another wall time is known than it will be."""
        known = self.known_offsets
        return {
            row.pk
            for row in self.rows
            if str(row.pk) in known
            and self.shift + dt.timedelta(minutes=self.offset(row) - known[str(row.pk)]) != dt.timedelta()
        }

    def offset(self, row: Attendance) -> int:
        """The attendee's own, at the start."""
        return utc_offset_minutes(row.person.zone, self.start_at)


def follow_tzdata(*, now: dt.datetime) -> Followed:
    """What became of the coming meetings whose instants were derived from older tzdata than the running one.

    Wall time, zone and fold stay; the instant and what follows from it is derived anew, and attendees are told where
    that changes anything for one of them. A meeting that is thereby put onto another one, or outside somebody's hours,
    is kept there and flagged: `Attendance.blockers`. Interrupted, it goes on where it was; repeated, it does nothing.

    Raises: TryAgain.
    """
    # Older, not other: a worker that still runs the old release must not take back what a new one did.
    stale = Meeting.objects.filter(
        status=Status.CONFIRMED, start_at__gt=now - LOOK_BACK, tzdata_version__lt=tzdata_version()
    ).order_by("start_at", "pk")
    meetings = changed = 0
    while batch := list(stale.values_list("pk", "series")[:BATCH]):
        # A series as a whole, so that one message tells of it.
        whole = stale.filter(series__in={series for _pk, series in batch if series}).values_list("pk", flat=True)
        done = _follow([pk for pk, _series in batch] + list(whole), now=now)
        meetings, changed = meetings + done.meetings, changed + done.changed
    release_double_bookings(now=now)
    return Followed(meetings, changed)


@booking_transaction
def release_double_bookings(*, now: dt.datetime) -> int:
    """How many attendances are the only one at their time again, since the other one was moved or cancelled."""
    flagged = Attendance.objects.filter(DOUBLE_BOOKED, meeting__end_at__gt=now, status__in=BLOCKING)
    lock_people(row.person for row in flagged.select_related("contact", "account_manager"))
    return _release(flagged)


@booking_transaction
def keep(*, actor: AccountManager, meeting: Meeting, sequence: int, now: dt.datetime) -> Meeting:
    """The meeting without the flags of those who are off or can't be reached then: it stays as it is.

    A double booking stays flagged, until one of the two makes room. `sequence` is that of the meeting the actor looked
    at. Repeated, it does nothing.

    Raises: StaleMeeting, TryAgain.
    """
    current = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if current.sequence != sequence or current.status != Status.CONFIRMED or current.end_at <= now:
        raise StaleMeeting
    accepted: dict[str, list[str]] = {}
    for row in current.attendances.exclude(blockers__contained_by=[Reason.BUSY.value]):
        accepted[str(row.pk)] = [reason for reason in row.blockers if reason != Reason.BUSY]
        row.blockers = [reason for reason in row.blockers if reason == Reason.BUSY]
        row.save(update_fields=["blockers"])
    if accepted:
        audit(actor=actor, action="meeting kept as it is", subject=current, now=now, attendances=accepted)
    return current


@booking_transaction
def _follow(pks: Sequence[int], *, now: dt.datetime) -> Followed:
    people = Attendance.objects.filter(meeting__in=pks).values_list("contact", "account_manager")
    lock_people(Contact(pk=contact) if contact else AccountManager(pk=manager) for contact, manager in people)
    meetings = Meeting.objects.select_for_update().filter(
        pk__in=pks, status=Status.CONFIRMED, tzdata_version__lt=tzdata_version()
    )
    by_pk = {meeting.pk: meeting for meeting in meetings.order_by("pk")}
    rows: dict[int, list[Attendance]] = {pk: [] for pk in by_pk}
    for row in _rows(list(by_pk)):
        rows[row.meeting_id].append(row)
    derived = [_derive(meeting, rows[meeting.pk]) for meeting in by_pk.values() if _is_known(meeting, rows[meeting.pk])]
    changed = [one for one in derived if one.shift or one.told_otherwise]
    if changed:
        _change(changed, now)
    Meeting.objects.filter(pk__in=by_pk).update(tzdata_version=tzdata_version())
    return Followed(len(by_pk), len(changed))


def _rows(meetings: Sequence[int]) -> list[Attendance]:
    rows = Attendance.objects.filter(meeting__in=meetings, status__in=BLOCKING)
    return list(rows.select_related("contact__calendar", "account_manager__calendar"))


def _is_known(meeting: Meeting, rows: Sequence[Attendance]) -> bool:
    """Whether the release still has all the zones; without one the instant stays, as nothing better is known."""
    missing = {meeting.time_zone, *(row.person.time_zone for row in rows)} - known_zones()
    if missing:
        logger.error("Meeting %s keeps its instant: tzdata %s lacks %s", meeting.pk, tzdata_version(), sorted(missing))
    return not missing


def _derive(meeting: Meeting, rows: Sequence[Attendance]) -> _Derived:
    wall = WallTime(meeting.start_date, meeting.start_wall, meeting.fold, meeting.time_zone)
    return _Derived(meeting, rows, wall, meeting.start_at)


def _change(derived: Sequence[_Derived], now: dt.datetime) -> None:
    """Stores the new times, what they cost and whom they suit no more, and a change for the attendees to be told of."""
    participants = _participants(derived)
    changes = []
    reasons: dict[int, list[Reason]] = {}
    for one in derived:
        meeting = one.meeting
        told_otherwise = one.told_otherwise
        meeting.start_at = one.start_at
        meeting.end_at = one.start_at + dt.timedelta(minutes=meeting.duration_minutes)
        meeting.utc_offset_minutes = one.wall.utc_offset_minutes
        if meeting.end_at > now:
            meeting.sequence += 1
            changes.append(
                MeetingChange(
                    meeting=meeting,
                    kind=MeetingChange.Kind.CLOCKS,
                    sequence=meeting.sequence,
                    at=now,
                    previous_start_at=one.previous_start_at if one.shift else None,
                    previous_offsets=one.known_offsets,
                )
            )
        for row in one.rows:
            if row.pk in told_otherwise:
                # A new time asks again. Source: RFC 5546, section 3.2.2.1.
                row.partstat = Attendance.PartStat.NEEDS_ACTION
            row.during = (row.during.lower + one.shift, row.during.upper + one.shift)
            row.time_zone, row.utc_offset_minutes = row.person.time_zone, one.offset(row)
            reasons[row.pk] = _judge(row, meeting, participants[person_key(row.person)])
            # Outside of the exclusion constraint until everybody has moved.
            row.blockers = [Reason.BUSY, *reasons[row.pk]]
    # An update in all but name: bulk_update's CASE for every row and column takes many times as long.
    Meeting.objects.bulk_create(
        [one.meeting for one in derived],
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["start_at", "end_at", "utc_offset_minutes", "sequence"],
    )
    Attendance.objects.bulk_create(
        [row for one in derived for row in one.rows],
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["partstat", "during", "time_zone", "utc_offset_minutes", "cost", "band", "blockers"],
    )
    _release(Attendance.objects.filter(pk__in=reasons))
    _join_by_series(changes)
    MeetingChange.objects.bulk_create(changes)
    nudge_workers()


def _join_by_series(changes: Sequence[MeetingChange]) -> None:
    """Makes those of one series a change of the series, of which people are told as a whole."""
    changed = {change.meeting.series_id for change in changes if change.meeting.series_id is not None}
    if not changed:
        return
    sequences = {}
    for series in Series.objects.select_for_update().filter(pk__in=changed).order_by("pk"):
        sequences[series.pk] = series.sequence = series.sequence + 1
        series.save(update_fields=["sequence"])
    for change in changes:
        if change.meeting.series_id is not None:
            change.series_sequence = sequences[change.meeting.series_id]


def _participants(derived: Sequence[_Derived]) -> Mapping[PersonKey, Participant]:
    """Everybody with their days around all of these meetings, and with nothing else to do."""
    people = {person_key(row.person): row.person for one in derived for row in one.rows}
    first_date = min(one.start_at for one in derived).date() - dt.timedelta(days=MARGIN_DAYS)
    last_date = max(one.start_at for one in derived).date() + dt.timedelta(days=MARGIN_DAYS)
    calendars = {person.calendar for person in people.values() if person.calendar is not None}
    days = days_for_calendars(calendars, first_date, last_date, as_far_as_known=True)
    away = away_dates(people.values(), first_date, last_date)
    return {
        key: participant_of(person, days[person.calendar_id] if person.calendar_id else None, away[key])
        for key, person in people.items()
    }


def _judge(row: Attendance, meeting: Meeting, participant: Participant) -> list[Reason]:
    """Why the attendee can't come, whatever else they do then; else the attendance gets what it costs them."""
    try:
        found = slot_at([participant], meeting.start_at, meeting.duration_minutes, Policy(meeting.policy))
    except InvalidBooking:
        # No time that is proposed, such as one beside the quarters of an hour: then it is no worse than it was.
        return []
    if not isinstance(found, Slot):
        return [reason for _who, reason in found.blockers]
    (share,) = found.participants
    weigh(row, share)
    return []


def _release(attendances: QuerySet[Attendance]) -> int:
    """How many of the attendances flagged as double-booked overlap no other one and are so no longer."""
    same_person = Q(contact=OuterRef("contact")) | Q(account_manager=OuterRef("account_manager"))
    others = Attendance.objects.filter(same_person, status__in=BLOCKING, during__overlap=OuterRef("during"))
    alone = attendances.filter(DOUBLE_BOOKED).exclude(Exists(others.exclude(pk=OuterRef("pk"))))
    return alone.update(blockers=Func(F("blockers"), Value(Reason.BUSY.value), function="array_remove"))
