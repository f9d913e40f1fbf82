"""Asks contacts on the working morning before a meeting whether its time still suits them."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from clients.models import Contact
from scheduling.meetings.models import Attendance
from scheduling.meetings.models.meeting import Status
from scheduling.outreach.check_ins.calendar import DAY, REACH_DAYS, instant
from scheduling.outreach.check_ins.contact_days import contact_days
from scheduling.outreach.mail import new_message_id
from scheduling.outreach.models import Message
from scheduling.outreach.quiet import next_reachable
from scheduling.outreach.selectors import standing_attendances
from scheduling.outreach.services.tallying import EVERY, is_time
from scheduling.outreach.suits.question import AT_WALL, asked_date, reminder_asks

#: Written down so long before it is due: planning comes round more often than that.
HORIZON = 3 * EVERY
#: A question that late is not asked any more.
GRACE = dt.timedelta(hours=6)
TALLY = "suits"
CHUNK = 500


def plan_suits(*, now: dt.datetime) -> int:
    """How many questions were planned, where it is time to look again."""
    return ask_whether_it_suits(now=now) if is_time(TALLY, now) else 0


def ask_whether_it_suits(*, now: dt.datetime) -> int:
    """How many contacts are asked on this morning of theirs; each once for each time, however many ask together."""
    rows = list(_unanswered(now))
    today = now.date()
    days = contact_days({row.contact for row in rows}, today - 2 * DAY, today + (REACH_DAYS + 3) * DAY)
    messages = []
    for row in rows:
        contact: Contact = row.contact
        meeting_date = row.meeting.start_at.astimezone(contact.zone).date()
        date = asked_date(meeting_date, days[contact.pk])
        if date is None or reminder_asks(contact, row.meeting.start_at, date, fixed_at=row.fixed_at):
            continue
        due_at = next_reachable(contact, instant(date, AT_WALL, contact.time_zone))
        # Whoever agreed to it on that day or since has just said that it suits them.
        is_fresh = row.fixed_at.astimezone(contact.zone).date() >= date
        if now - GRACE < due_at <= now + HORIZON and not is_fresh:
            messages.append(_message(row, date, due_at, now))
    Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=CHUNK)
    return Message.objects.filter(message_id__in=[message.message_id for message in messages]).count()


# Any, because mypy knows an annotation only where it is made.
def _unanswered(now: dt.datetime) -> QuerySet[Any]:
    """Those who attend a meeting of the days to come, want reminders and have not answered, nor been asked."""
    asked = Message.objects.filter(attendance=OuterRef("pk"), kind=Message.Kind.SUITS, sequence=OuterRef("fixed_by"))
    rows = (
        standing_attendances()
        .filter(
            ~Exists(asked),
            contact__isnull=False,
            contact__reminder_minutes__len__gt=0,
            partstat=Attendance.PartStat.NEEDS_ACTION,
            meeting__status=Status.CONFIRMED,
            meeting__start_at__gt=now,
            meeting__start_at__lt=now + (REACH_DAYS + 2) * DAY,
            fixed_at__isnull=False,
        )
        .exclude(contact__email="")
    )
    return rows.select_related("meeting", "contact__calendar").order_by("meeting__start_at", "pk")


def _message(row: Any, date: dt.date, due_at: dt.datetime, now: dt.datetime) -> Message:
    return Message(
        occurrence_key=f"suits:{row.pk}:{row.fixed_by}",
        kind=Message.Kind.SUITS,
        attendance=row,
        meeting=row.meeting,
        sequence=row.fixed_by,
        local_date=date,
        address=row.contact.email,
        message_id=new_message_id(),
        created_at=now,
        due_at=due_at,
        next_try_at=due_at,
        expires_at=min(due_at + GRACE, row.meeting.start_at),
    )
