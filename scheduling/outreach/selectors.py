"""Reads: the outbox as an account manager may see it, and messages with all that their words are made of."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from clients.models import AccountManager
from scheduling.meetings.models import Attendance
from scheduling.meetings.selectors import meetings_for
from scheduling.outreach.models import Message


def messages_for(actor: AccountManager) -> QuerySet[Message]:
    """The messages of the meetings that the actor may see, without the bytes that were sent."""
    return (
        Message.objects.filter(meeting__in=meetings_for(actor).values("pk"))
        .select_related("meeting__client", "attendance__contact", "attendance__account_manager")
        .defer("raw")
    )


def search_messages(actor: AccountManager, *, text: str, state: str, kind: str) -> QuerySet[Message]:
    """Those of the actor's messages that have the state and kind and contain every word, the latest due first."""
    messages = messages_for(actor)
    if state:
        messages = messages.filter(state=state)
    if kind:
        messages = messages.filter(kind=kind)
    for word in text.split():
        messages = messages.filter(
            Q(address__icontains=word)
            | Q(meeting__title__icontains=word)
            | Q(meeting__client__name__icontains=word)
            | Q(attendance__contact__full_name__icontains=word)
            | Q(attendance__account_manager__full_name__icontains=word)
        )
    return messages


def with_content(messages: QuerySet[Message]) -> QuerySet[Message]:
    """The messages with the rows that their words are made of, in a fixed number of queries."""
    people = Attendance.objects.select_related("contact", "account_manager")
    return messages.select_related(
        "change", "meeting__client", "meeting__organizer", "attendance__contact", "attendance__account_manager"
    ).prefetch_related(Prefetch("meeting__attendances", queryset=people))


@dataclass(frozen=True)
class Correspondence:
    """What one attendee got of a meeting so far: Message-IDs, oldest first."""

    sent: tuple[str, ...] = ()
    # Their confirmation was overtaken before it went out, so the next mail is the first they hear of it.
    is_untold: bool = False


def correspondences(messages: Iterable[Message]) -> dict[int, Correspondence]:
    """What the readers of these messages got before, by attendance."""
    attendances = {message.attendance_id for message in messages}
    told = Q(state=Message.State.SENT) | Q(state=Message.State.SUPERSEDED, kind=Message.Kind.CONFIRMATION)
    rows = Message.objects.filter(told, attendance__in=attendances).order_by("sent_at", "pk")
    sent: dict[int, list[str]] = {attendance: [] for attendance in attendances}
    overtaken = set()
    for attendance, message_id, state in rows.values_list("attendance_id", "message_id", "state"):
        if state == Message.State.SENT:
            sent[attendance].append(message_id)
        else:
            overtaken.add(attendance)
    return {
        attendance: Correspondence(tuple(message_ids), is_untold=attendance in overtaken and not message_ids)
        for attendance, message_ids in sent.items()
    }


def due_count(now: dt.datetime) -> int:
    """How many messages wait to be claimed."""
    return Message.objects.filter(state__in=Message.QUEUED, next_try_at__lte=now).count()
