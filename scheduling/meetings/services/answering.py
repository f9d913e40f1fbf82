"""What an attendee answers to an invitation."""

import datetime as dt

from django.db import transaction

from clients.audit import audit
from scheduling.meetings.errors import StaleMeeting
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.models.meeting import Status


@transaction.atomic
def answer(
    *, attendance: Attendance, partstat: Attendance.PartStat, words: str, start_at: dt.datetime, now: dt.datetime
) -> bool:
    """Whether it is another answer than before; `start_at` is the time that the attendee looked at.

    The meeting itself stays as it is: who organizes it decides what follows.

    Raises: StaleMeeting where it moved, was cancelled, has begun or takes place without them.
    """
    meeting = Meeting.objects.select_for_update().get(pk=attendance.meeting_id)
    stored = Attendance.objects.select_for_update().get(pk=attendance.pk)
    if stored.status != Status.CONFIRMED or meeting.start_at != start_at or meeting.start_at <= now:
        raise StaleMeeting
    if stored.partstat == partstat and (stored.answered_at is None or stored.answer_words == words):
        return False
    stored.partstat, stored.answer_words, stored.answered_at = partstat, words, now
    stored.save(update_fields=["partstat", "answer_words", "answered_at"])
    audit(actor=stored.contact, action="answer", subject=stored, now=now, fields=["partstat"])
    return True
