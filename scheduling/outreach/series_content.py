"""What a message about a whole series says, in its reader's language, zone and clock."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Contact
from clients.reader import Reader, reader_of, text_language
from clients.zones import city
from scheduling.meetings.icalendar_files import Method, series_invitation, series_method, web_link
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.plain_text import lines, one_line
from scheduling.outreach.content import Letter, html_part, own_page, places_of_new_rules, set_apart
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import Correspondence
from scheduling.outreach.texts.rendering import greeting_of

Kind = Message.Kind


@dataclass(frozen=True)
class DateOfSeries:
    """One occurrence for the reader."""

    day: str
    time: str


@dataclass(frozen=True)
class Attendee:
    """Somebody who attends the series, and where their clock is."""

    name: str
    is_organizer: bool
    city: str


def is_of_series(message: Message) -> bool:
    """Whether the message tells of all occurrences that changed together."""
    return message.change is not None and message.change.series_sequence is not None


def series_letter(message: Message, before: Correspondence, *, now: dt.datetime, home_url: str = "") -> Letter:
    """What the message says now: all occurrences to come, or those that were cancelled, with one calendar file."""
    person = message.person
    reader = reader_of(person)
    meetings = _meetings(message)
    is_cancelled = message.kind == Kind.CANCELLATION
    changed = _changed_together(message)
    listed = [
        meeting
        for meeting in meetings
        if (meeting.pk in changed if is_cancelled else meeting.status == Status.CONFIRMED and meeting.end_at > now)
    ]
    series = message.its_meeting.series
    if series is None:
        raise ValueError(f"message {message.pk} is of no series")
    wanted = Method.CANCEL if is_cancelled else Method.REQUEST
    # A recurring event is told whole; of single ones those that changed.
    told = meetings if series.rule and not is_cancelled else [one for one in meetings if one.pk in changed]
    with translation.override(text_language(person.language)):
        reason = lines(before.reason) if message.kind != Kind.CONFIRMATION else ""
        context = _context(message, listed, reader) | _wording(message, before, listed, reader) | {"reason": reason}
        context |= own_page(home_url, reader)
        return Letter(
            language=reader.language,
            subject=context["subject"],
            text=render_to_string("mail/series.txt", context).strip() + "\n",
            html=html_part("mail/series.html", context),
            calendar=series_invitation(series, told, method=wanted, now=now, comment=reason),
            method=series_method(series, wanted),
        )


def _meetings(message: Message) -> list[Meeting]:
    """The series' occurrences with everybody in them, in order; the latest one of each week."""
    found = Meeting.objects.filter(series=message.its_meeting.series_id).select_related("series", "organizer")
    return list(found.prefetch_related("attendances__contact", "attendances__account_manager"))


def _changed_together(message: Message) -> set[int]:
    change = message.change
    together = MeetingChange.objects.filter(
        meeting__series=message.its_meeting.series_id, series_sequence=change.series_sequence if change else None
    )
    return set(together.values_list("meeting", flat=True))


def _wording(message: Message, before: Correspondence, listed: Sequence[Meeting], reader: Reader) -> dict[str, str]:
    """The sentences that differ between kinds of messages, without markup, for both parts."""
    meeting = message.its_meeting
    is_client = isinstance(message.person, Contact)
    count = len(listed)
    if message.kind == Kind.CANCELLATION:
        subject = ngettext(
            "Cancelled: %(title)s, %(count)d meeting on %(day)s",
            "Cancelled: %(title)s, %(count)d meetings from %(day)s",
            count,
        )
        lead = _("These weekly meetings with %(name)s have been cancelled.")
        calendar = _("The attached file takes them out of your calendar.")
    elif message.kind == Kind.CONFIRMATION or before.is_first:
        subject = ngettext(
            "Confirmed: %(title)s, %(count)d meeting on %(day)s",
            "Confirmed: %(title)s, %(count)d meetings from %(day)s",
            count,
        )
        lead = _("Your weekly meetings with %(name)s are confirmed.")
        calendar = _("The attached file puts all of them into your calendar.")
    elif before.only_clocks:
        subject = ngettext(
            "Clock change: %(title)s, %(count)d meeting on %(day)s",
            "Clock change: %(title)s, %(count)d meetings from %(day)s",
            count,
        )
        lead = _(
            "The rules for clocks in %(places)s have changed. "
            "These are the times of all your weekly meetings with %(name)s that are to come."
        )
        calendar = _("The attached file brings your calendar up to date.")
    elif before.only_words:
        subject = ngettext(
            "Changed: %(title)s, %(count)d meeting on %(day)s",
            "Changed: %(title)s, %(count)d meetings from %(day)s",
            count,
        )
        lead = _("The details of your weekly meetings with %(name)s have changed. These are all that are to come.")
        calendar = _("The attached file brings your calendar up to date.")
    else:
        subject = ngettext(
            "New times: %(title)s, %(count)d meeting on %(day)s",
            "New times: %(title)s, %(count)d meetings from %(day)s",
            count,
        )
        lead = _("Your weekly meetings with %(name)s have new times. These are all that are to come.")
        calendar = _("The attached file brings your calendar up to date.")
    first_at = listed[0].start_at if listed else meeting.start_at
    values = {
        "title": one_line(meeting.title),
        "day": reader.short_day(reader.day_of(first_at)),
        "name": one_line(meeting.organizer.full_name if is_client else meeting.client.name),
        "places": places_of_new_rules(message, before, reader),
    }
    apart = {name: set_apart(text, reader) for name, text in values.items()}
    return {"subject": subject % {"count": count, **apart}, "lead": lead % apart, "calendar": calendar}


def _context(message: Message, listed: Sequence[Meeting], reader: Reader) -> dict[str, Any]:
    meeting = message.its_meeting
    person = message.person
    organizer = meeting.organizer
    is_client = isinstance(person, Contact)
    series = meeting.series
    words = series or meeting
    return {
        "language": reader.language,
        "text_direction": reader.text_direction,
        "title": one_line(words.title),
        "agenda": lines(words.agenda),
        "channel": Meeting.Channel(words.channel).label,
        "location": one_line(words.location),
        "link": web_link(words.location),
        "greeting": greeting_of(person),
        "organizer": organizer,
        "organizer_name": set_apart(one_line(organizer.full_name), reader),
        "is_cancelled": message.kind == Kind.CANCELLATION,
        "city": set_apart(city(reader.time_zone, reader.language), reader),
        "dates": [
            DateOfSeries(
                set_apart(reader.full_date(reader.day_of(one.start_at)), reader),
                set_apart(reader.time_range(one.start_at, one.end_at), reader),
            )
            for one in listed
        ],
        "attendees": _attendees(message, reader),
        "page": "" if is_client else settings.SITE_ORIGIN + reverse("meetings:series", args=[meeting.series_id]),
    }


def _attendees(message: Message, reader: Reader) -> list[Attendee]:
    """Everybody, the reader first and then west to east."""
    rows: list[Attendance] = sorted(
        message.its_meeting.attendances.all(),
        key=lambda row: (
            row.pk != message.attendance_id,
            message.its_meeting.start_at.astimezone(row.person.zone).utcoffset(),
            row.pk,
        ),
    )
    return [
        Attendee(
            name=set_apart(one_line(row.person.full_name), reader),
            is_organizer=row.account_manager_id == message.its_meeting.organizer_id,
            city=set_apart(city(row.person.time_zone, reader.language), reader),
        )
        for row in rows
    ]
