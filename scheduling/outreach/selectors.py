"""Reads: the outbox as an account manager may see it, and messages with all that their words are made of."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from clients.models import AccountManager
from scheduling.meetings.models import Attendance, MeetingChange
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
        "meeting__client",
        "meeting__organizer",
        "meeting__series",
        "change",
        "attendance__contact",
        "attendance__account_manager",
    ).prefetch_related(Prefetch("meeting__attendances", queryset=people))


@dataclass(frozen=True)
class Correspondence:
    """What the reader of a message got of its meeting before, and what the message is to tell them."""

    # Message-IDs, oldest first.
    sent: tuple[str, ...]
    # Their confirmation never went out, so this is the first they hear of the meeting.
    is_first: bool
    # The message's own change, after those before it that this reader was not told of, in order.
    news: tuple[MeetingChange, ...]

    @property
    def moved(self) -> MeetingChange | None:
        """The change that ended the time this reader knows, where there is one."""
        moving = (MeetingChange.Kind.MOVED, MeetingChange.Kind.CLOCKS)
        return next((change for change in self.news if change.kind in moving), None)

    @property
    def known_start_at(self) -> dt.datetime | None:
        """The start that this reader knows, where it became another one."""
        return next((change.previous_start_at for change in self.news if change.previous_start_at), None)

    @property
    def only_clocks(self) -> bool:
        """Whether all the news is that clocks follow new rules."""
        return bool(self.news) and all(change.kind == MeetingChange.Kind.CLOCKS for change in self.news)

    @property
    def reason(self) -> str:
        """The latest reason that somebody gave."""
        return next((change.reason for change in reversed(self.news) if change.reason), "")


def correspondences(messages: Collection[Message]) -> dict[int, Correspondence]:
    """What the readers of these messages got before, by message."""
    sent: dict[int, list[tuple[str, int]]] = defaultdict(list)
    unsent_confirmations = set()
    told = Q(state=Message.State.SENT) | Q(kind=Message.Kind.CONFIRMATION)
    rows = Message.objects.filter(told, attendance__in={message.attendance_id for message in messages})
    columns = "attendance_id", "message_id", "sequence", "state"
    for attendance, message_id, sequence, state in rows.order_by("sent_at", "pk").values_list(*columns):
        if state == Message.State.SENT:
            sent[attendance].append((message_id, sequence))
        elif state != Message.State.CLAIMED:
            unsent_confirmations.add(attendance)
    changes: dict[int, list[MeetingChange]] = defaultdict(list)
    for change in MeetingChange.objects.filter(meeting__in={message.meeting_id for message in messages}):
        changes[change.meeting_id].append(change)
    found = {}
    for message in messages:
        before = sent[message.attendance_id]
        # Without a trace of what they were told, they are taken to know all but this.
        known = max((sequence for _, sequence in before), default=message.sequence - 1)
        found[message.pk] = Correspondence(
            sent=tuple(message_id for message_id, _ in before),
            is_first=not before and message.attendance_id in unsent_confirmations,
            news=tuple(one for one in changes[message.meeting_id] if known < one.sequence <= message.sequence),
        )
    return found


def due_count(now: dt.datetime) -> int:
    """How many messages wait to be claimed."""
    return Message.objects.filter(state__in=Message.QUEUED, next_try_at__lte=now).count()
