"""Cancels, moves or edits all occurrences of a series that follow, all of them or none."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.translation import gettext as _

from clients.models import AccountManager, Contact, Person
from scheduling.engine import ParticipantSlot, Policy, SeriesRequest, Slot, WeeklyTime
from scheduling.meetings.errors import InvalidBooking, StaleMeeting
from scheduling.meetings.models import Attendance, Meeting, MeetingChange, Series
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.models.series import monday_of, weekly_time_text
from scheduling.meetings.selectors import attendee_key, attendees, without
from scheduling.meetings.services.booking import end_holds
from scheduling.meetings.services.rows import as_far_as_holidays_are_known, attend, new_attendance, set_time
from scheduling.meetings.services.series import (
    change_of,
    check_times,
    new_occurrence,
    record_all,
    slots_of,
    weeks_of,
)
from scheduling.meetings.services.transactions import booking_transaction, lock_people

Kind = MeetingChange.Kind
# What `set_time` and `attend` write.
TIME_FIELDS = (
    "sequence",
    "start_date",
    "start_wall",
    "fold",
    "start_at",
    "end_at",
    "duration_minutes",
    "utc_offset_minutes",
    "tzdata_version",
)
ATTENDANCE_FIELDS = ("status", "partstat", "cost", "band", "during", "time_zone", "utc_offset_minutes", "blockers")


def revision_of(series: Series, meetings: Iterable[Meeting]) -> int:
    """A number that rises whenever the series or one of its meetings, which are all given, changes."""
    return series.sequence + sum(1 + meeting.sequence for meeting in meetings)


@booking_transaction
def cancel_following(
    *, actor: AccountManager, series: Series, from_date: dt.date, reason: str, revision: int, now: dt.datetime
) -> Series:
    """The series without the occurrences still to come from the week that begins at `from_date` on.

    `revision` is that of the series the actor looked at.

    Raises: StaleMeeting, TryAgain.
    """
    series, following = _current(series, revision, from_date, now)
    series.sequence += 1
    series.save(update_fields=["sequence"])
    record_all(
        series,
        _cancel(following, series, actor, reason, now),
        actor=actor,
        action="series cancelled from a week on",
        now=now,
    )
    return series


@booking_transaction
def move_following(
    *,
    actor: AccountManager,
    series: Series,
    request: SeriesRequest,
    times: Sequence[WeeklyTime],
    starts: Sequence[dt.datetime],
    reason: str,
    revision: int,
    now: dt.datetime,
) -> Series:
    """The series with the weekly times `times` and an occurrence at each of the `starts` in the request's weeks.

    An occurrence that is at its time already stays as it is; a week without a start loses its occurrence, and one
    that had none gets one.

    Raises: InvalidBooking, OccurrencesLost, SlotTaken, StaleMeeting, TryAgain.
    """
    by_week = weeks_of(starts, ZoneInfo(series.time_zone), request, now)
    check_times(times)
    people = people_of(series)
    lock_people(people)
    end_holds(people, now)
    series, following = _current(series, revision, monday_of(request.start_date), now)
    kept = series.meetings.filter(status=Status.CONFIRMED).exclude(pk__in=[one.pk for one in following.values()])
    taken = set(kept.values_list("series_week_date", flat=True))
    if not by_week.keys() <= set(series.week_dates) - taken:
        raise InvalidBooking("starts", _("Choose one time in each week of the series."))
    gone = {week_date: meeting for week_date, meeting in following.items() if week_date not in by_week}
    changing = {
        week_date: start_at
        for week_date, start_at in by_week.items()
        if week_date not in following or following[week_date].start_at != start_at
    }
    if not changing and not gone:
        raise InvalidBooking("starts", _("The series keeps these times already."))
    slots = _slots(series, people, changing, following, now) if changing else {}
    series.sequence += 1
    series.weekly_times = [weekly_time_text(weekly) for weekly in _on_its_wall(series, times, by_week.values(), people)]
    series.weekdays = list(request.weekdays)
    series.max_times = request.max_times
    series.save(update_fields=["sequence", "weekly_times", "weekdays", "max_times"])
    cancelled = _cancel(gone, series, actor, reason, now)
    moved = [
        change_of(
            following[week_date],
            Kind.MOVED,
            series,
            actor,
            now,
            reason=reason,
            previous_start_at=following[week_date].start_at,
        )
        for week_date in slots
        if week_date in following
    ]
    _move({week: slot for week, slot in slots.items() if week in following}, following, moved)
    joining = [
        new_occurrence(series, week, slot.start_at, now) for week, slot in slots.items() if week not in following
    ]
    # Calendars know the week by its RECURRENCE-ID: the latest word on it has the highest number.
    latest = dict(series.meetings.order_by("sequence").values_list("series_week_date", "sequence"))
    for meeting in joining:
        meeting.sequence = latest.get(meeting.series_week_date, 0)
    Meeting.objects.bulk_create(joining)
    Attendance.objects.bulk_create(
        new_attendance(meeting, person, _cost(slots[monday_of(meeting.start_date)], person))
        for meeting in joining
        for person in people
    )
    booked = [change_of(meeting, Kind.BOOKED, series, actor, now, reason=reason) for meeting in joining]
    # What was cancelled comes last: the first change says what kind of message tells of all.
    record_all(
        series,
        [*moved, *booked, *cancelled],
        actor=actor,
        action="series moved from a week on",
        now=now,
    )
    return series


@booking_transaction
def edit_series(
    *,
    actor: AccountManager,
    series: Series,
    title: str,
    agenda: str,
    channel: str,
    location: str,
    revision: int,
    now: dt.datetime,
) -> Series:
    """The series, and each of its occurrences still to come, with the new words and place.

    Raises: StaleMeeting, TryAgain.
    """
    series, following = _current(series, revision, dt.date.min, now)
    wanted = {"title": title, "agenda": agenda, "channel": channel, "location": location}

    def says_so(words: Series | Meeting) -> bool:
        return all(getattr(words, field) == value for field, value in wanted.items())

    changing = [meeting for meeting in following.values() if not says_so(meeting)]
    if not changing and says_so(series):
        return series
    series.sequence += 1
    for words in (series, *changing):
        for field, value in wanted.items():
            setattr(words, field, value)
    series.save(update_fields=["sequence", *wanted])
    for meeting in changing:
        meeting.sequence += 1
    Meeting.objects.bulk_update(changing, ["sequence", *wanted])
    record_all(
        series,
        [change_of(meeting, Kind.EDITED, series, actor, now) for meeting in changing],
        actor=actor,
        action="series edited",
        now=now,
    )
    return series


def people_of(series: Series) -> list[Contact | AccountManager]:
    """Who attends the series: contacts first, each in the order of the booking."""
    rows = (
        Attendance.objects.filter(meeting=series.meetings.order_by("-start_at").values("pk")[:1])
        .select_related("contact__calendar", "contact__client", "account_manager__calendar")
        .order_by("pk")
    )
    contacts = [row.contact for row in rows if row.contact is not None]
    return [*contacts, *(row.account_manager for row in rows if row.account_manager is not None)]


def _slots(
    series: Series,
    people: Sequence[Contact | AccountManager],
    by_week: Mapping[dt.date, dt.datetime],
    following: Mapping[dt.date, Meeting],
    now: dt.datetime,
) -> dict[dt.date, Slot]:
    """What the new occurrences cost everybody; the time of those that they replace is free. Raises as `slots_of`."""
    with as_far_as_holidays_are_known():
        found = attendees(
            contacts=[person for person in people if isinstance(person, Contact)],
            colleagues=[person for person in people if isinstance(person, AccountManager)],
            start_at=min(by_week.values()),
            end_at=max(by_week.values()) + dt.timedelta(minutes=series.duration_minutes),
            now=now,
        )
    rows = Attendance.objects.filter(meeting__in=list(following.values())).select_related("contact", "account_manager")
    participants = [one.participant for one in without(found, rows)]
    return slots_of(by_week, participants, series.duration_minutes, Policy(series.policy))


def _on_its_wall(
    series: Series, times: Sequence[WeeklyTime], starts: Collection[dt.datetime], people: Sequence[Person]
) -> list[WeeklyTime]:
    """The weekly times in the zone of the series, which the first contact, on whose wall they are, may have left."""
    anchor = next((person for person in people if isinstance(person, Contact)), None)
    if anchor is None or anchor.time_zone == series.time_zone:
        return list(times)
    found: dict[WeeklyTime, None] = {}
    for start_at in starts:
        there, here = start_at.astimezone(anchor.zone), start_at.astimezone(ZoneInfo(series.time_zone))
        if WeeklyTime(there.weekday(), there.time()) in times:
            found[WeeklyTime(here.weekday(), here.time())] = None
    # Where holidays have moved every week there is none to tell by.
    return list(found or times)


def _move(slots: Mapping[dt.date, Slot], meetings: Mapping[dt.date, Meeting], changes: list[MeetingChange]) -> None:
    """Gives the meetings their new times, and their changes the sequence that follows."""
    moving = [meetings[week_date] for week_date in slots]
    rows = list(Attendance.objects.filter(meeting__in=moving).select_related("contact", "account_manager"))
    # Out of each other's way first: one may move to where another still is.
    Attendance.objects.filter(meeting__in=moving).update(status=Status.CANCELLED)
    for (week_date, slot), change in zip(slots.items(), changes, strict=True):
        meeting = meetings[week_date]
        # As long as it was planned and checked.
        set_time(meeting, meeting.time_zone, slot.start_at, (slot.end_at - slot.start_at) // dt.timedelta(minutes=1))
        meeting.sequence += 1
        change.sequence = meeting.sequence
        for row in rows:
            if row.meeting_id == meeting.pk:
                row.meeting = meeting
                row.status = meeting.status
                # A new time asks everybody again. Source: RFC 5546, section 3.2.2.1.
                row.partstat = Attendance.PartStat.NEEDS_ACTION
                attend(row, _cost(slot, row.person))
    Meeting.objects.bulk_update(moving, TIME_FIELDS)
    Attendance.objects.bulk_update(rows, ATTENDANCE_FIELDS)


def _cost(slot: Slot, person: Person) -> ParticipantSlot:
    return next(cost for cost in slot.participants if cost.id == attendee_key(person))


def _current(
    series: Series, revision: int, from_date: dt.date, now: dt.datetime
) -> tuple[Series, dict[dt.date, Meeting]]:
    """The series and its occurrences to come by week, locked, as the actor knew them. Raises: StaleMeeting."""
    current = Series.objects.select_for_update().get(pk=series.pk)
    # By key, as whoever sends messages locks them.
    meetings = list(current.meetings.select_for_update().order_by("pk"))
    following = {
        meeting.series_week_date: meeting
        for meeting in sorted(meetings, key=lambda meeting: meeting.start_at)
        if meeting.status == Status.CONFIRMED and meeting.start_at > now
        if meeting.series_week_date is not None and meeting.series_week_date >= from_date
    }
    if revision_of(current, meetings) != revision or not following:
        raise StaleMeeting
    return current, following


def _cancel(
    meetings: dict[dt.date, Meeting], series: Series, actor: AccountManager, reason: str, now: dt.datetime
) -> list[MeetingChange]:
    keys = [meeting.pk for meeting in meetings.values()]
    Meeting.objects.filter(pk__in=keys).update(status=Status.CANCELLED, sequence=F("sequence") + 1)
    Attendance.objects.filter(meeting__in=keys).update(status=Status.CANCELLED)
    for meeting in meetings.values():
        meeting.status = Status.CANCELLED
        meeting.sequence += 1
    return [change_of(meeting, Kind.CANCELLED, series, actor, now, reason=reason) for meeting in meetings.values()]
