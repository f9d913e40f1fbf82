"""When a contact is asked whether a meeting's time still suits them.

They are asked on the morning of their last working day before it. Who is reminded of it on that day anyway gets one
mail and not two: the reminder of a day before asks, as it does on any other day as long as they have not answered.
"""

import datetime as dt

from clients.models import Contact
from scheduling.meetings.models import Attendance
from scheduling.outreach.check_ins.calendar import DAY, REACH_DAYS, ContactDays
from scheduling.outreach.models import Message
from scheduling.outreach.quiet import reminder_due_at

#: The reminder that asks.
DAY_BEFORE_MINUTES = 1440
AT_WALL = dt.time(9)


def asked_date(meeting_date: dt.date, days: ContactDays) -> dt.date | None:
    """The last working day before a meeting on that date; None where there is none within a week."""
    dates = (meeting_date - distance * DAY for distance in range(1, REACH_DAYS + 1))
    return next((date for date in dates if days.off(date) is None), None)


def reminder_asks(contact: Contact, start_at: dt.datetime, date: dt.date, *, fixed_at: dt.datetime) -> bool:
    """Whether the contact's own reminder of a day before comes on that date of theirs."""
    lead = dt.timedelta(minutes=DAY_BEFORE_MINUTES)
    due_at = reminder_due_at(contact, start_at, lead, fixed_at=fixed_at)
    return DAY_BEFORE_MINUTES in contact.reminder_minutes and due_at.astimezone(contact.zone).date() == date


def asks(message: Message) -> bool:
    """Whether the message to an attendee carries the question."""
    is_reminder = message.kind == Message.Kind.REMINDER and message.lead_minutes == DAY_BEFORE_MINUTES
    is_open = message.its_attendance.partstat == Attendance.PartStat.NEEDS_ACTION
    return message.kind == Message.Kind.SUITS or (is_reminder and is_open)
