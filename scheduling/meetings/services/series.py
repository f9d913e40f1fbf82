"""Books a weekly series, all of it or nothing."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from clients.audit import audit
from clients.models import AccountManager, Contact
from scheduling.engine import NearMiss, Participant, Policy, SeriesRequest, Slot, WeeklyTime
from scheduling.meetings.errors import InvalidBooking, OccurrencesLost
from scheduling.meetings.models import Attendance, Meeting, MeetingChange, Series
from scheduling.meetings.models.series import monday_of, weekly_time_text
from scheduling.meetings.nudge import nudge_workers
from scheduling.meetings.selectors import attendee_key, attendees
from scheduling.meetings.services.booking import end_holds
from scheduling.meetings.services.rows import (
    as_far_as_holidays_are_known,
    check_time,
    new_attendance,
    set_time,
    slot_at,
)
from scheduling.meetings.services.transactions import booking_transaction, lock_people


@booking_transaction
def book_series(
    *,
    actor: AccountManager,
    contacts: Sequence[Contact],
    colleagues: Sequence[AccountManager],
    request: SeriesRequest,
    times: Sequence[WeeklyTime],
    starts: Sequence[dt.datetime],
    title: str,
    now: dt.datetime,
    agenda: str = "",
    channel: str = Meeting.Channel.VIDEO,
    location: str = "",
) -> Series:
    """The series with a confirmed meeting for each of the `starts`, anchored in the first contact's zone.

    `times` are the weekly times it keeps. The actor organizes it, or the first colleague where the actor does not
    attend. The number of queries does not depend on the number of occurrences.

    Raises: InvalidBooking, OccurrencesLost, SlotTaken, TryAgain.
    """
    if not contacts:
        raise InvalidBooking("contacts", _("Choose at least one contact."))
    if not colleagues:
        raise InvalidBooking("colleagues", _("Choose at least one colleague to hold the meeting."))
    people = [*contacts, *colleagues]
    by_week = weeks_of(starts, contacts[0].zone, request, now)
    check_times(times)
    lock_people(people)
    end_holds(people, now)
    prefetch_related_objects(people, "calendar")
    with as_far_as_holidays_are_known():
        found = attendees(
            contacts=contacts,
            colleagues=colleagues,
            start_at=min(starts),
            end_at=max(starts) + dt.timedelta(minutes=request.duration_minutes),
            now=now,
        )
    slots = slots_of(by_week, [one.participant for one in found], request.duration_minutes, request.policy)
    series = Series(
        client=contacts[0].client,
        organizer=actor if actor in colleagues else colleagues[0],
        title=title,
        agenda=agenda,
        channel=channel,
        location=location,
        policy=request.policy,
        uid=str(uuid.uuid4()),
        start_date=request.start_date,
        weeks=request.weeks,
        weekdays=list(request.weekdays),
        max_times=request.max_times,
        time_zone=contacts[0].time_zone,
        duration_minutes=request.duration_minutes,
        weekly_times=[weekly_time_text(weekly) for weekly in times],
        created_at=now,
    )
    if len(times) == 1 and _passes_once_a_week(times[0], series):
        series.rule_time = series.weekly_times[0]
    series.save(force_insert=True)
    meetings = [new_occurrence(series, week_date, slot.start_at, now) for week_date, slot in slots.items()]
    Meeting.objects.bulk_create(meetings)
    costs = {slot.start_at: {cost.id: cost for cost in slot.participants} for slot in slots.values()}
    Attendance.objects.bulk_create(
        new_attendance(meeting, person, costs[meeting.start_at][attendee_key(person)])
        for meeting in meetings
        for person in people
    )
    record_all(
        series,
        [change_of(meeting, MeetingChange.Kind.BOOKED, series, actor, now) for meeting in meetings],
        actor=actor,
        action="series booked",
        now=now,
    )
    return series


def weeks_of(
    starts: Sequence[dt.datetime], zone: ZoneInfo, request: SeriesRequest, now: dt.datetime
) -> dict[dt.date, dt.datetime]:
    """The start of each week by its Monday on the anchor's wall, in order.

    Raises: InvalidBooking where one can't be booked, lies beside the series' weeks or in the week of another.
    """
    by_week: dict[dt.date, dt.datetime] = {}
    first_date = monday_of(request.start_date)
    for start_at in sorted(starts):
        check_time(start_at, request.duration_minutes, now)
        week_date = monday_of(start_at.astimezone(zone).date())
        if week_date in by_week or not 0 <= (week_date - first_date).days < 7 * request.weeks:
            raise InvalidBooking("starts", _("Choose one time in each week of the series."))
        by_week[week_date] = start_at
    if not by_week:
        raise InvalidBooking("starts", _("Choose a time in at least one week."))
    return by_week


def check_times(times: Sequence[WeeklyTime]) -> None:
    """Raises: InvalidBooking where the weekly times are none."""
    if not times:
        raise InvalidBooking("times", _("Choose at least one weekly time."))


def slots_of(
    by_week: Mapping[dt.date, dt.datetime], participants: Sequence[Participant], duration_minutes: int, policy: Policy
) -> dict[dt.date, Slot]:
    """What each week's occurrence costs everybody.

    Raises: InvalidBooking; OccurrencesLost with every week in which somebody can't come any more.
    """
    slots: dict[dt.date, Slot] = {}
    lost: list[NearMiss] = []
    for week_date, start_at in by_week.items():
        slot = slot_at(participants, start_at, duration_minutes, policy)
        if isinstance(slot, Slot):
            slots[week_date] = slot
        else:
            lost.append(slot)
    if lost:
        raise OccurrencesLost(lost)
    return slots


def new_occurrence(series: Series, week_date: dt.date, start_at: dt.datetime, now: dt.datetime) -> Meeting:
    """The series' meeting of one week, not saved yet."""
    meeting = Meeting(
        series=series,
        series_week_date=week_date,
        client_id=series.client_id,
        organizer_id=series.organizer_id,
        title=series.title,
        agenda=series.agenda,
        channel=series.channel,
        location=series.location,
        policy=series.policy,
        uid=str(uuid.uuid4()),
        created_at=now,
    )
    set_time(meeting, series.time_zone, start_at, series.duration_minutes)
    return meeting


def change_of(
    meeting: Meeting,
    kind: MeetingChange.Kind,
    series: Series,
    actor: AccountManager,
    now: dt.datetime,
    *,
    reason: str = "",
    previous_start_at: dt.datetime | None = None,
) -> MeetingChange:
    """A step in the life of one occurrence that is part of one of the series', not saved yet."""
    return MeetingChange(
        meeting=meeting,
        kind=kind,
        sequence=meeting.sequence,
        series_sequence=series.sequence,
        at=now,
        actor=actor,
        reason=reason,
        previous_start_at=previous_start_at,
    )


def record_all(
    series: Series, changes: Sequence[MeetingChange], *, actor: AccountManager, action: str, now: dt.datetime
) -> None:
    """Writes the changes into the meetings' histories and one entry into the audit log, and wakes the workers."""
    MeetingChange.objects.bulk_create(changes)
    audit(actor=actor, action=action, subject=series, now=now, meetings=[change.meeting_id for change in changes])
    nudge_workers()


def _passes_once_a_week(weekly: WeeklyTime, series: Series) -> bool:
    """Whether that wall time exists in every week and is one instant, so that a recurrence rule can name it."""
    zone = ZoneInfo(series.time_zone)
    for week_date in series.week_dates:
        wall = dt.datetime.combine(week_date + dt.timedelta(days=weekly.weekday), weekly.wall, zone)
        if wall.utcoffset() != wall.replace(fold=1).utcoffset():
            return False
    return True
