"""What contacts answer to the question whether a meeting's time still suits them."""

import datetime as dt

from django.db import transaction

from scheduling.meetings.models import Attendance
from scheduling.meetings.nudge import nudge_workers
from scheduling.meetings.selectors import looks_after
from scheduling.meetings.services import answer
from scheduling.outreach.mail import new_message_id
from scheduling.outreach.models import Message

PartStat = Attendance.PartStat


@transaction.atomic
def answer_invitation(
    *, attendance: Attendance, suits: bool, words: str = "", start_at: dt.datetime, now: dt.datetime
) -> None:
    """“It suits me”, or the wish for another time, of which the organizer is told at once; said again, it does nothing.

    A wish declines nothing: the meeting stands until somebody of ours moves it, and reminders of it are still sent.

    Raises: StaleMeeting where `start_at` is not its time any more, or it is cancelled or has begun.
    """
    partstat = PartStat.ACCEPTED if suits else PartStat.TENTATIVE
    is_new = answer(attendance=attendance, partstat=partstat, words=words, start_at=start_at, now=now)
    if is_new and not suits:
        meeting = attendance.meeting
        hears = meeting.organizer
        if not hears.is_active and attendance.contact is not None:
            hears = looks_after(attendance.contact) or hears
        Message.objects.create(
            occurrence_key=f"reply:{attendance.pk}:{now:%Y%m%dT%H%M%S.%fZ}",
            kind=Message.Kind.REPLY,
            account_manager=hears,
            meeting=meeting,
            address=hears.email,
            message_id=new_message_id(),
            created_at=now,
            due_at=now,
            next_try_at=now,
            expires_at=meeting.end_at,
        )
        nudge_workers()
