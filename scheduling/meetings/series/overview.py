"""A booked series as its page shows it: what became of every week."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.models import AccountManager
from clients.reader import Reader
from scheduling.engine import Band, WeeklyTime
from scheduling.meetings.models import Meeting, Series
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.proposals.people import Portrait, portraits, west_to_east
from scheduling.meetings.selectors import attendee_key, without
from scheduling.meetings.series.broken import Broken, attendees_of, broken_occurrences, with_people
from scheduling.meetings.series.page import moved_mark, weekly_label
from scheduling.meetings.series.rows import Mark, Occasion, Row, rows
from scheduling.meetings.series.why import Weeks
from scheduling.meetings.services.following import revision_of


class WeekState(StrEnum):
    """What became of a week's occurrence."""

    TO_COME = "to_come"
    PAST = "past"
    CANCELLED = "cancelled"
    NONE = "none"


@dataclass(frozen=True)
class Week:
    """One week with its meeting, where there is or was one."""

    row: Row
    meeting: Meeting | None
    state: WeekState

    @property
    def word(self) -> str:
        """The state in words."""
        return {
            WeekState.TO_COME: _("to come"),
            WeekState.PAST: _("over"),
            WeekState.CANCELLED: _("cancelled"),
            WeekState.NONE: _("no meeting"),
        }[self.state]


@dataclass(frozen=True)
class SeriesOverview:
    """Everything the template draws of a booked series."""

    series: Series
    people: tuple[Portrait, ...]
    times: tuple[SafeString, ...]
    weeks: tuple[Week, ...]
    broken: tuple[Broken, ...]
    revision: int

    @property
    def to_come(self) -> tuple[Week, ...]:
        """The weeks whose occurrence has not begun."""
        return tuple(week for week in self.weeks if week.state is WeekState.TO_COME)


def series_overview(series: Series, *, actor: AccountManager, now: dt.datetime, reader: Reader) -> SeriesOverview:
    """The page of a series; the number of queries does not depend on its weeks."""
    meetings = list(with_people(series.meetings.all()))
    to_come = [meeting for meeting in meetings if meeting.status == Status.CONFIRMED and meeting.start_at > now]
    # Everybody's days are read once, for the weeks to come; of a series that is over only names are needed.
    found = attendees_of(to_come or meetings[:1], now=now, language=reader.language)
    own_rows = [row for meeting in meetings for row in meeting.attendances.all()]
    people = portraits(without(found, own_rows), actor, reader)
    first_at = to_come[0].start_at if to_come else meetings[0].start_at
    ordered = tuple(sorted(west_to_east(people, first_at), key=lambda portrait: not portrait.is_reader))
    by_week = {meeting.series_week_date: meeting for meeting in sorted(meetings, key=_is_kept)}
    weeks = Weeks(people, series.time_zone, series.duration_minutes, series.weekdays, now)
    occasions = [_occasion(date, by_week.get(date), series) for date in series.week_dates]
    marks = {
        date: [mark]
        for date, meeting in by_week.items()
        if date is not None and (mark := _mark(date, meeting, series, weeks, reader, now))
    }
    return SeriesOverview(
        series=series,
        people=ordered,
        times=tuple(weekly_label(weekly, series.time_zone, reader) for weekly in series.times),
        weeks=tuple(
            Week(row, by_week.get(row.occasion.week_date), _state(by_week.get(row.occasion.week_date), now))
            for row in rows(occasions, marks, ordered, reader)
        ),
        broken=broken_occurrences(to_come, actor=actor, now=now, reader=reader, known=found),
        revision=revision_of(series, meetings),
    )


def _is_kept(meeting: Meeting) -> bool:
    return meeting.status == Status.CONFIRMED


def _state(meeting: Meeting | None, now: dt.datetime) -> WeekState:
    if meeting is None:
        return WeekState.NONE
    if meeting.status == Status.CANCELLED:
        return WeekState.CANCELLED
    return WeekState.TO_COME if meeting.start_at > now else WeekState.PAST


def _occasion(date: dt.date, meeting: Meeting | None, series: Series) -> Occasion:
    if meeting is None:
        return Occasion(date, None, None, {})
    return Occasion(
        date,
        start_at=meeting.start_at,
        end_at=meeting.end_at,
        bands={attendee_key(row.person): Band(row.band) for row in meeting.attendances.all()},
        number=next((place for place, weekly in enumerate(series.times, 1) if _is_at(meeting, weekly)), None),
    )


def _is_at(meeting: Meeting, weekly: WeeklyTime) -> bool:
    date = meeting.series_week_date
    return date is not None and weekly == WeeklyTime((meeting.start_date - date).days, meeting.start_wall)


def _mark(
    date: dt.date, meeting: Meeting, series: Series, weeks: Weeks, reader: Reader, now: dt.datetime
) -> Mark | None:
    """That an occurrence to come is at none of the weekly times, and whom they don't suit."""
    if _state(meeting, now) is not WeekState.TO_COME or any(_is_at(meeting, weekly) for weekly in series.times):
        return None
    return moved_mark(weeks.why_moved(date, series.times, reader))
