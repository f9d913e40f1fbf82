"""The one door to `icalendar`: a meeting as mail programs and calendars read it."""

import datetime as dt
import re
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import icalendar
from django.utils.translation import gettext as _

from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.plain_text import lines, one_line

PRODUCT = "-//Dayband//Dayband//EN"
STATUSES = {Status.HELD: "TENTATIVE", Status.CONFIRMED: "CONFIRMED", Status.CANCELLED: "CANCELLED"}


class Method(StrEnum):
    """What the receiver is to do with the meeting. Source: RFC 5546, section 1.4."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def invitation(meeting: Meeting, *, method: Method, now: dt.datetime, comment: str = "") -> bytes:
    """The meeting as an iCalendar object in UTF-8, its own words in the active language.

    Published, it names no attendees and so asks nobody to answer. Source: RFC 5545, RFC 5546, RFC 7986.
    """
    calendar = icalendar.Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method.value)
    event = _event(meeting, method, now)
    if comment := lines(comment):
        event.add("COMMENT", comment)
    if "TZID" in event["DTSTART"].params:
        years = meeting.start_at.astimezone(dt.UTC).year, meeting.end_at.astimezone(dt.UTC).year + 1
        calendar.add_component(_time_zone(meeting.time_zone, *years))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _event(meeting: Meeting, method: Method, now: dt.datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("UID", meeting.uid)
    event.add("SEQUENCE", meeting.sequence)
    event.add("DTSTAMP", now.astimezone(dt.UTC).replace(microsecond=0))
    start, end = _times(meeting)
    event.add("DTSTART", start)
    event.add("DTEND", end)
    event.add("SUMMARY", one_line(meeting.title))
    if description := _description(meeting):
        event.add("DESCRIPTION", description)
    if location := one_line(meeting.location):
        event.add("LOCATION", location)
    if meeting.channel == Meeting.Channel.VIDEO and (link := web_link(meeting.location)):
        conference = icalendar.vUri(link)
        conference.params["VALUE"] = "URI"
        conference.params["FEATURE"] = "VIDEO"
        event.add("CONFERENCE", conference)
    event.add("STATUS", "CANCELLED" if method is Method.CANCEL else STATUSES[Status(meeting.status)])
    event.add("ORGANIZER", _address(meeting.organizer.email, meeting.organizer.full_name))
    if method is not Method.PUBLISH:
        for attendance in meeting.attendances.all():
            if attendance.person.email:
                event.add("ATTENDEE", _attendee(attendance, meeting, method))
    return event


def _times(meeting: Meeting) -> tuple[dt.datetime, dt.datetime]:
    """Start and end on the wall of the meeting's zone, or in UTC where that wall can't tell them apart."""
    zone = ZoneInfo(meeting.time_zone)
    start, end = meeting.start_at.astimezone(zone), meeting.end_at.astimezone(zone)
    if start.fold or end.fold:
        # A local time that occurs twice means its first pass: RFC 5545, section 3.3.5.
        return meeting.start_at.astimezone(dt.UTC), meeting.end_at.astimezone(dt.UTC)
    return start, end


def _description(meeting: Meeting) -> str:
    channel = meeting.get_channel_display()
    location = one_line(meeting.location)
    how = _("%(channel)s: %(location)s") % {"channel": channel, "location": location} if location else channel
    return "\n\n".join(part for part in (lines(meeting.agenda), how) if part)


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
    address.params["ROLE"] = "REQ-PARTICIPANT"
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
