"""Addresses that open a calendar's own form on the web, filled in with a meeting."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from scheduling.meetings.models import Meeting
from scheduling.meetings.plain_text import lines, one_line


@dataclass(frozen=True)
class CalendarLink:
    """A calendar by the name of its maker, and where its form opens."""

    name: str
    url: str


def calendar_links(meeting: Meeting) -> tuple[CalendarLink, ...]:
    """Google's calendar, Outlook's of private people, and Outlook's of organisations, in that order."""
    title, location, details = one_line(meeting.title), one_line(meeting.location), lines(meeting.agenda)
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{_basic(meeting.start_at)}/{_basic(meeting.end_at)}",
        "location": location,
        "details": details,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": _extended(meeting.start_at),
        "enddt": _extended(meeting.end_at),
        "location": location,
        "body": details,
    }
    return (
        CalendarLink("Google", _url("https://calendar.google.com/calendar/render", google)),
        CalendarLink("Outlook", _url("https://outlook.live.com/calendar/0/deeplink/compose", outlook)),
        CalendarLink("Microsoft 365", _url("https://outlook.office.com/calendar/0/deeplink/compose", outlook)),
    )


def _url(address: str, fields: dict[str, str]) -> str:
    # Outlook shows a plus as a plus, so that a space is %20.
    return f"{address}?{urlencode({name: text for name, text in fields.items() if text}, quote_via=quote, safe='')}"


def _basic(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _extended(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
