"""The one door to `icalendar`: a meeting as mail programs and calendars read it."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import icalendar
from django.utils.translation import gettext as _

from scheduling.engine import WeeklyTime
from scheduling.meetings.models import Attendance, Meeting, Series
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.plain_text import lines, one_line

PRODUCT = "-//Dayband//Dayband//EN"
STATUSES = {Status.HELD: "TENTATIVE", Status.CONFIRMED: "CONFIRMED", Status.CANCELLED: "CANCELLED"}


class Method(StrEnum):
    """What the receiver is to do with the meeting. Source: RFC 5546, section 1.4."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Text(icalendar.vText):
    r"""A text that arrives as it was written: the library takes `\N`, as in C:\New, for the end of a line."""

    def to_ical(self) -> bytes:
        """The text, escaped. Source: RFC 5545, section 3.3.11."""
        escaped = self.replace("\\", r"\\").replace(";", r"\;").replace(",", r"\,").replace("\n", r"\n")
        return escaped.encode()


def invitation(meeting: Meeting, *, method: Method, now: dt.datetime, comment: str = "") -> bytes:
    """The meeting as an iCalendar object in UTF-8, its own words in the active language.

    Published, it names no attendees and so asks nobody to answer. Source: RFC 5545, RFC 5546, RFC 7986.
    """
    return _object([_event(meeting, method, now)], method, [meeting], comment)


def series_invitation(
    series: Series, meetings: Sequence[Meeting], *, method: Method, now: dt.datetime, comment: str = ""
) -> bytes:
    """The series with all of its `meetings`, the cancelled ones included, as one iCalendar object.

    Where it has a rule, as one recurring event with its exceptions; cancelled, as those occurrences that are.
    Where it rotates, as events of their own, which only a published object may hold.
    """
    if series.rule is None:
        method = Method.PUBLISH
        events = [_event(meeting, method, now) for meeting in meetings]
    elif method is Method.CANCEL:
        cancelled = [meeting for meeting in meetings if meeting.status == Status.CANCELLED]
        events = [_event(meeting, method, now) for meeting in cancelled]
    else:
        kept = {meeting.series_week_date: meeting for meeting in meetings if meeting.status != Status.CANCELLED}
        events = [_recurring_event(series, series.rule, meetings, kept, method, now)]
        events += [_event(one, method, now) for one in kept.values() if not _keeps(one, series, series.rule)]
    return _object(events, method, meetings, comment)


def series_method(series: Series, method: Method) -> Method:
    """The method that an object of the whole series has where `method` is wanted."""
    return method if series.rule is not None else Method.PUBLISH


def _object(events: Sequence[icalendar.Event], method: Method, meetings: Sequence[Meeting], comment: str) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method.value)
    comment = lines(comment)
    if comment:
        for event in events:
            event.add("COMMENT", Text(comment))
    # A moved occurrence names the time that it had, maybe of another year.
    times: list[Any] = [event[name] for event in events for name in ("DTSTART", "RECURRENCE-ID") if name in event]
    zones = dict.fromkeys(time.params["TZID"] for time in times if "TZID" in time.params)
    years = [time.dt.year for time in times]
    first_year = min(*years, *(meeting.start_at.astimezone(dt.UTC).year for meeting in meetings))
    last_year = max(*years, *(meeting.end_at.astimezone(dt.UTC).year for meeting in meetings))
    for time_zone in zones:
        calendar.add_component(_time_zone(time_zone, first_year, last_year + 1))
    for event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _recurring_event(
    series: Series,
    rule: WeeklyTime,
    meetings: Sequence[Meeting],
    kept: Mapping[dt.date | None, Meeting],
    method: Method,
    now: dt.datetime,
) -> icalendar.Event:
    """The event that recurs every week at the series' rule, without the weeks that have no meeting."""
    weeks = sorted({meeting.series_week_date for meeting in meetings if meeting.series_week_date})
    starts = {date: _on_rule(series, rule, date) for date in series.week_dates if weeks[0] <= date <= weeks[-1]}
    first = next(iter(starts.values()))
    event = icalendar.Event()
    event.add("UID", series.uid)
    event.add("SEQUENCE", series.sequence)
    event.add("DTSTAMP", now.astimezone(dt.UTC).replace(microsecond=0))
    event.add("DTSTART", first)
    # Exact time, whatever clocks do meanwhile; an end would be a wall time.
    event.add("DURATION", dt.timedelta(minutes=series.duration_minutes))
    event.add("RRULE", {"FREQ": "WEEKLY", "UNTIL": starts[weeks[-1]].astimezone(dt.UTC)})
    if without := [start for date, start in starts.items() if date not in kept]:
        event.add("EXDATE", without)
    example = next(iter(kept.values()), meetings[0])
    _add_words(event, series, example, method)
    return event


def _on_rule(series: Series, rule: WeeklyTime, week_date: dt.date) -> dt.datetime:
    """When the rule would have a week's occurrence, on the wall of the series' zone."""
    return dt.datetime.combine(week_date + dt.timedelta(days=rule.weekday), rule.wall, ZoneInfo(series.time_zone))


def _keeps(meeting: Meeting, series: Series, rule: WeeklyTime) -> bool:
    """Whether the recurring event says all there is to say of this occurrence."""
    words = ("title", "agenda", "channel", "location", "duration_minutes")
    return (
        meeting.series_week_date is not None
        and meeting.start_at == _on_rule(series, rule, meeting.series_week_date)
        and all(getattr(meeting, name) == getattr(series, name) for name in words)
    )


def _event(meeting: Meeting, method: Method, now: dt.datetime) -> icalendar.Event:
    event = icalendar.Event()
    series = meeting.series
    if series is not None and series.rule is not None and meeting.series_week_date is not None:
        event.add("UID", series.uid)
        event.add("RECURRENCE-ID", _on_rule(series, series.rule, meeting.series_week_date))
        # Both rise, so that the latest word on an occurrence has the highest number.
        event.add("SEQUENCE", series.sequence + meeting.sequence)
    else:
        event.add("UID", meeting.uid)
        event.add("SEQUENCE", meeting.sequence)
    event.add("DTSTAMP", now.astimezone(dt.UTC).replace(microsecond=0))
    start, end = _times(meeting)
    event.add("DTSTART", start)
    event.add("DTEND", end)
    _add_words(event, meeting, meeting, method)
    return event


def _add_words(event: icalendar.Event, words: Meeting | Series, meeting: Meeting, method: Method) -> None:
    """What it is about, where, and who attends `meeting`."""
    event.add("SUMMARY", Text(one_line(words.title)))
    if description := _description(words):
        event.add("DESCRIPTION", Text(description))
    if location := one_line(words.location):
        event.add("LOCATION", Text(location))
    if words.channel == Meeting.Channel.VIDEO and (link := web_link(words.location)):
        conference = icalendar.vUri(link)
        conference.params["VALUE"] = "URI"
        conference.params["FEATURE"] = "VIDEO"
        event.add("CONFERENCE", conference)
    uninvited = [row for row in meeting.attendances.all() if meeting.leaves_out(row)] if method is Method.CANCEL else []
    # A meeting that goes on without some has no status for them. Source: RFC 5546, section 3.2.5.
    if not uninvited:
        event.add("STATUS", "CANCELLED" if method is Method.CANCEL else STATUSES[Status(meeting.status)])
    event.add("ORGANIZER", _address(meeting.organizer.email, meeting.organizer.full_name))
    if method is not Method.PUBLISH:
        for attendance in uninvited or meeting.attending:
            if attendance.person.email:
                event.add("ATTENDEE", _attendee(attendance, meeting, method))


def _times(meeting: Meeting) -> tuple[dt.datetime, dt.datetime]:
    """Start and end on the wall of the meeting's zone, or in UTC where that wall can't tell them apart."""
    zone = ZoneInfo(meeting.time_zone)
    start, end = meeting.start_at.astimezone(zone), meeting.end_at.astimezone(zone)
    if start.fold or end.fold:
        # A local time that occurs twice means its first pass: RFC 5545, section 3.3.5.
        return meeting.start_at.astimezone(dt.UTC), meeting.end_at.astimezone(dt.UTC)
    return start, end


def _description(words: Meeting | Series) -> str:
    channel = str(Meeting.Channel(words.channel).label)
    location = one_line(words.location)
    how = _("%(channel)s: %(location)s") % {"channel": channel, "location": location} if location else channel
    return "\n\n".join(part for part in (lines(words.agenda), how) if part)


def web_link(location: str) -> str:
    """The location where it is an address that a browser opens, else nothing."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return ""
    is_link = parts.scheme in {"http", "https"} and parts.netloc and re.fullmatch(r"[!#-;=?-~]+", location)
    return location if is_link else ""


def _attendee(attendance: Attendance, meeting: Meeting, method: Method) -> icalendar.vCalAddress:
    person = attendance.person
    address = _address(person.email, person.full_name)
    address.params["CUTYPE"] = "INDIVIDUAL"
    address.params["LANGUAGE"] = person.language
    if attendance.account_manager_id == meeting.organizer_id:
        address.params["ROLE"] = "CHAIR"
        address.params["PARTSTAT"] = Attendance.PartStat.ACCEPTED.value
        return address
    address.params["ROLE"] = "OPT-PARTICIPANT" if attendance.is_optional else "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = attendance.partstat
    if method is Method.REQUEST and attendance.partstat == Attendance.PartStat.NEEDS_ACTION:
        address.params["RSVP"] = "TRUE"
    return address


def _address(email: str, full_name: str) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{one_line(email)}")
    address.params["CN"] = one_line(full_name)
    return address


@lru_cache(maxsize=512)
def _time_zone(time_zone: str, first_year: int, end_year: int) -> icalendar.Timezone:
    """The zone's offsets from the start of one year to the start of another; shared, so not to be changed.

    Every onset is an observance of its own, since few programs read RDATE. Source: RFC 5545, section 3.6.5.
    """
    zone = ZoneInfo(time_zone)
    component = icalendar.Timezone()
    component.add("TZID", time_zone)
    at, end_at = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC), dt.datetime(end_year, 1, 1, tzinfo=dt.UTC)
    offset_before = _offset(zone, at)
    while at < end_at:
        # Where winter is said to be the exception (Dublin), there is no daylight time.
        is_daylight = (at.astimezone(zone).dst() or dt.timedelta()) > dt.timedelta()
        observance = icalendar.TimezoneDaylight() if is_daylight else icalendar.TimezoneStandard()
        # The onset is told in the wall time that it ends.
        observance.add("DTSTART", (at + offset_before).replace(tzinfo=None))
        observance.add("TZOFFSETFROM", offset_before)
        offset_before = _offset(zone, at)
        observance.add("TZOFFSETTO", offset_before)
        observance.add("TZNAME", at.astimezone(zone).tzname())
        component.add_component(observance)
        at = _next_onset(zone, at, end_at)
    return component


def _next_onset(zone: ZoneInfo, at: dt.datetime, end_at: dt.datetime) -> dt.datetime:
    """The next instant, to the second, at which the zone's offset changes, or `end_at`."""
    day = dt.timedelta(days=1)
    offset = _offset(zone, at)
    while at < end_at and _offset(zone, at + day) == offset:
        at += day
    if at >= end_at:
        return end_at
    before, after = 0, 86_400
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, at + dt.timedelta(seconds=middle)) == offset:
            before = middle
        else:
            after = middle
    return at + dt.timedelta(seconds=after)


def _offset(zone: ZoneInfo, at: dt.datetime) -> dt.timedelta:
    return at.astimezone(zone).utcoffset() or dt.timedelta()
