"""What a message about a meeting says, in its reader's language, zone and clock."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import css_inline
from babel.lists import format_list
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from clients.models import Contact
from clients.reader import Reader, reader_of, text_language, zone_label
from clients.zones import city
from scheduling.meetings.clock_changes import in_words, wall_change_of
from scheduling.meetings.icalendar_files import Method, invitation, web_link
from scheduling.meetings.models import Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.plain_text import lines, one_line
from scheduling.meetings.walltime import utc_offset_minutes
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import Correspondence
from scheduling.outreach.texts.phrases import isolated
from scheduling.outreach.texts.rendering import greeting_of
from scheduling.outreach.texts.shipped import shipped

Kind = Message.Kind

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


@dataclass(frozen=True)
class Letter:
    """The words of one message: `text` and `html` say the same, `calendar` is the iCalendar object of a meeting.

    Where there is an `unsubscribe_url`, one click of a mail program there ends mails like this one.
    """

    language: str
    subject: str
    text: str
    html: str
    calendar: bytes | None = None
    method: Method | None = None
    unsubscribe_url: str = ""


@dataclass(frozen=True)
class LocalTime:
    """When the meeting is for one attendee; the day is empty where it is the reader's."""

    name: str
    is_organizer: bool
    is_optional: bool
    day: str
    time: str
    zone: str


def letter(
    message: Message, before: Correspondence, *, now: dt.datetime, answer_url: str = "", home_url: str = ""
) -> Letter:
    """What the message says now, to somebody who was told before what `before` says.

    Where there is an `answer_url`, it asks whether the time still suits them, to be answered there; `home_url` is a
    contact's own page.
    """
    person = message.person
    reader = reader_of(person)
    method = Method.CANCEL if message.kind == Kind.CANCELLATION else Method.REQUEST
    with translation.override(text_language(person.language)):
        context = _context(message, before, reader) | _wording(message, before, reader)
        context |= {"answer_url": answer_url, **own_page(home_url, reader)}
        return Letter(
            language=reader.language,
            subject=context["subject"],
            text=render_to_string("mail/message.txt", context).strip() + "\n",
            html=html_part("mail/message.html", context),
            calendar=invitation(message.its_meeting, method=method, now=now, comment=context["reason"]),
            method=method,
        )


def own_page(home_url: str, reader: Reader) -> dict[str, str]:
    """The link to a contact's own page with its words, for the foot of a mail; no link, no words."""
    return {"home_url": home_url, "home_label": shipped(text_language(reader.language)).labels["home"]}


def html_part(template: str, context: dict[str, Any]) -> str:
    """The HTML part without the template's indentation, its styles on the elements where every program reads them."""
    page = render_to_string(template, context)
    return _inliner.inline("\n".join(line.strip() for line in page.splitlines() if line.strip()))


def set_apart(text: str, reader: Reader) -> str:
    """A value as it may stand in a line of a mail to that reader."""
    return isolated(text, is_right_to_left=reader.text_direction == "rtl")


def _wording(message: Message, before: Correspondence, reader: Reader) -> dict[str, str]:
    """The sentences that differ between kinds of messages, without markup, for both parts."""
    meeting = message.its_meeting
    is_client = isinstance(message.person, Contact)
    alert = _alert(message, reader) if message.kind == Kind.CLOCK_CHANGE else None
    if message.kind == Kind.CANCELLATION and meeting.status != Status.CANCELLED:
        subject = _("Without you: %(title)s, %(moment)s (%(city)s)")
        lead = _(
            "Your meeting with %(name)s has moved to a time at which you can’t come. You were invited as optional, so "
            "it takes place without you."
        )
        calendar = _("The attached file takes the meeting out of your calendar.")
    elif message.kind == Kind.CANCELLATION:
        subject = _("Cancelled: %(title)s, %(moment)s (%(city)s)")
        lead = _("Your meeting with %(name)s has been cancelled.")
        calendar = _("The attached file takes the meeting out of your calendar.")
    elif alert:
        subject = _("Clock change: %(title)s, %(moment)s (%(city)s)")
        lead = _(
            "From %(day)s, your meeting with %(name)s is at %(time)s instead of %(previous)s in your time, "
            "because clocks change in %(changes)s."
        )
        calendar = _("The attached file puts the meeting into your calendar, if it is not there yet.")
    elif message.kind == Kind.SUITS:
        subject = _("Still suits you? %(title)s, %(moment)s (%(city)s)")
        lead = _("You have a meeting with %(name)s soon.")
        calendar = _("The attached file puts the meeting into your calendar, if it is not there yet.")
    elif message.kind in Message.OF_THE_TIME:
        subject = _("Reminder: %(title)s, %(moment)s (%(city)s)")
        lead = _("This is a reminder of your meeting with %(name)s.")
        calendar = _("The attached file puts the meeting into your calendar, if it is not there yet.")
    elif message.kind == Kind.CONFIRMATION or before.is_first:
        subject = _("Confirmed: %(title)s, %(moment)s (%(city)s)")
        lead = _("Your meeting with %(name)s is confirmed.")
        calendar = _("The attached file puts the meeting into your calendar.")
    elif _known_wall(message, before, reader):
        subject = _("New time: %(title)s, %(moment)s (%(city)s)")
        lead = _("Your meeting with %(name)s has a new time.")
        if before.only_clocks:
            lead = _("The rules for clocks in %(places)s have changed, so your meeting with %(name)s has a new time.")
        calendar = _("The attached file moves the meeting in your calendar.")
    elif before.only_clocks:
        subject = _("Same time: %(title)s, %(moment)s (%(city)s)")
        lead = _(
            "The rules for clocks in %(places)s have changed. Your meeting with %(name)s stays at the time you know."
        )
        calendar = _("The attached file keeps the meeting at that time in your calendar.")
    else:
        subject = _("Changed: %(title)s, %(moment)s (%(city)s)")
        lead = _("The details of your meeting with %(name)s have changed.")
        calendar = _("The attached file updates the meeting in your calendar.")
    values = {
        "title": one_line(meeting.title),
        "moment": reader.moment(meeting.start_at),
        "city": city(reader.time_zone, reader.language),
        "name": one_line(meeting.organizer.full_name if is_client else meeting.client.name),
        "places": places_of_new_rules(message, before, reader),
        **(alert or {}),
    }
    apart = {name: set_apart(text, reader) for name, text in values.items()}
    return {"subject": subject % apart, "lead": lead % apart, "calendar": calendar}


def _alert(message: Message, reader: Reader) -> dict[str, str] | None:
    """The words of a clock change to come; none where the reader's time stays, such as once the other meeting moved."""
    found = wall_change_of(message.its_attendance)
    if found is None:
        return None
    start_at = message.its_meeting.start_at
    return {
        "day": reader.long_day(reader.day_of(start_at)),
        "time": reader.time(start_at),
        "previous": reader.time(found.previous_start_at),
        "changes": in_words(found.clock_changes, reader),
    }


def places_of_new_rules(message: Message, before: Correspondence, reader: Reader) -> str:
    """The cities whose clocks follow new rules at the meeting's time; that of the meeting where nobody else's do."""
    if before.moved is None:
        return ""
    known_at = before.known_start_at or message.its_meeting.start_at
    zones = {
        attendance.person.time_zone
        for attendance in message.its_meeting.attendances.all()
        if (known := before.moved.previous_offsets.get(str(attendance.pk))) is not None
        and known != utc_offset_minutes(attendance.person.zone, known_at)
    }
    cities = sorted(city(time_zone, reader.language) for time_zone in zones or {message.its_meeting.time_zone})
    return format_list(cities, locale=reader.locale)


def _context(message: Message, before: Correspondence, reader: Reader) -> dict[str, Any]:
    meeting = message.its_meeting
    person = message.person
    organizer = meeting.organizer
    is_client = isinstance(person, Contact)
    told_of_change = message.kind == Kind.CANCELLATION or (message.kind == Kind.UPDATE and not before.is_first)
    return {
        "language": reader.language,
        "text_direction": reader.text_direction,
        "channel": Meeting.Channel(meeting.channel).label,
        "title": one_line(meeting.title),
        "agenda": lines(meeting.agenda),
        "location": one_line(meeting.location),
        "link": web_link(meeting.location),
        "greeting": greeting_of(person),
        "organizer": organizer,
        "organizer_name": set_apart(one_line(organizer.full_name), reader),
        "is_client": is_client,
        "is_cancelled": message.kind == Kind.CANCELLATION,
        "reason": lines(before.reason) if told_of_change else "",
        "date": reader.full_date(reader.day_of(meeting.start_at)),
        "time": set_apart(_time_range(reader, meeting.start_at, meeting.end_at), reader),
        "zone": set_apart(zone_label(reader.time_zone, meeting.start_at, reader.language), reader),
        "previously": set_apart(_previously(message, before, reader), reader) if told_of_change else "",
        "attendees": _local_times(message, reader),
        "page": "" if is_client else settings.SITE_ORIGIN + reverse("meetings:detail", args=[meeting.pk]),
    }


def _time_range(reader: Reader, start_at: dt.datetime, end_at: dt.datetime) -> str:
    if reader.day_of(start_at) == reader.day_of(end_at):
        return reader.time_range(start_at, end_at)
    pattern = str(reader.locale.interval_formats[None]).replace("\N{THIN SPACE}", " ")
    return pattern.format(reader.time(start_at), reader.moment(end_at))


def _known_wall(message: Message, before: Correspondence, reader: Reader) -> dt.datetime | None:
    """What the reader's clock shows at the start they know, where that is another time now."""
    change, start_at = before.moved, message.its_meeting.start_at
    if change is None:
        return None
    known_at = before.known_start_at or start_at
    offset = change.previous_offsets.get(str(message.attendance_id))
    if offset is None:
        return None if known_at == start_at else reader.wall(known_at)
    # By the rules of then.
    known_wall = known_at.astimezone(dt.timezone(dt.timedelta(minutes=offset)))
    return None if known_wall.replace(tzinfo=None) == reader.wall(start_at).replace(tzinfo=None) else known_wall


def _previously(message: Message, before: Correspondence, reader: Reader) -> str:
    wall = _known_wall(message, before, reader)
    return reader.with_time(reader.full_date(wall.date()), reader.wall_time(wall.time())) if wall else ""


def _local_times(message: Message, reader: Reader) -> list[LocalTime]:
    """Every attendee's own time on the reader's clock, the reader first and then west to east."""
    meeting: Meeting = message.its_meeting
    rows = [
        (attendance.pk != message.attendance_id, meeting.start_at.astimezone(attendance.person.zone), attendance)
        for attendance in meeting.attending
    ]
    rows.sort(key=lambda row: (row[0], row[1].utcoffset(), row[2].pk))
    own_date = reader.day_of(meeting.start_at)
    local_times = []
    for _is_other, wall, attendance in rows:
        person = attendance.person
        there = replace(reader, time_zone=person.time_zone)
        local_times.append(
            LocalTime(
                name=set_apart(one_line(person.full_name), reader),
                is_organizer=attendance.account_manager_id == meeting.organizer_id,
                is_optional=attendance.is_optional,
                day="" if wall.date() == own_date else set_apart(reader.short_day(wall.date()), reader),
                time=set_apart(there.time(meeting.start_at), reader),
                zone=set_apart(zone_label(person.time_zone, meeting.start_at, reader.language), reader),
            )
        )
    return local_times
