"""Reads: the outbox as an account manager may see it, and messages with all that their words are made of."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from clients.models import AccountManager, Client
from clients.selectors import clients_for, contacts_for
from scheduling.meetings.models import Attendance, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.selectors import meetings_for
from scheduling.outreach.check_ins.suppression import left_out
from scheduling.outreach.models import Approval, ApprovalEvent, CheckInPlan, Enquiry, Message

# The changes that give a meeting its start.
FIXING = (MeetingChange.Kind.BOOKED, MeetingChange.Kind.MOVED, MeetingChange.Kind.CLOCKS)
#: So many earlier mails of a plan are named in the next one's References.
THREAD_LENGTH = 10
#: What is to be said is shown so long before: in the evening, where it is morning there at night.
SAID_AHEAD = dt.timedelta(hours=24)


def messages_for(actor: AccountManager) -> QuerySet[Message]:
    """The messages of the actor's meetings, to the contacts of their clients and to themselves; all for an admin.

    Without the bytes that were sent.
    """
    visible = (
        Q(meeting__in=meetings_for(actor).values("pk"))
        | Q(contact__in=contacts_for(actor).values("pk"))
        | Q(account_manager=actor)
        | Q(enquiry__account_manager=actor)
    )
    messages = Message.objects.all() if actor.is_staff else Message.objects.filter(visible)
    return messages.select_related(
        "meeting__client",
        "attendance__contact",
        "attendance__account_manager",
        "contact__client",
        "account_manager",
        "approval_event__approval__client",
        "survey__meeting",
        "offer__client",
        "enquiry",
    ).defer("raw")


def plans_for(actor: AccountManager) -> QuerySet[CheckInPlan]:
    """The check-in plans of the clients that the actor may see."""
    return CheckInPlan.objects.filter(client__in=clients_for(actor)).select_related("client", "account_manager")


def enquiries_for(actor: AccountManager) -> QuerySet[Enquiry]:
    """The requests that people unknown left at the actor's public page, the newest first; all for an admin."""
    confirmed = Enquiry.objects.exclude(state=Enquiry.State.UNCONFIRMED).select_related("account_manager", "client")
    return confirmed if actor.is_staff else confirmed.filter(account_manager=actor)


def drafts_for(actor: AccountManager, *, now: dt.datetime) -> QuerySet[Message]:
    """The check-ins that wait to be read by the actor or a colleague, the next due first."""
    waiting = messages_for(actor).filter(kind=Message.Kind.CHECK_IN, state=Message.State.DRAFT, expires_at__gt=now)
    return waiting.order_by("due_at", "pk")


def to_say_for(actor: AccountManager, *, now: dt.datetime) -> QuerySet[Message]:
    """The check-ins that the actor says in person, those due within a day among them, the next first.

    Those of a colleague who has left are everybody's who looks after that client.
    """
    to_come = Q(state__in=Message.QUEUED, due_at__lte=now + SAID_AHEAD)
    waiting = with_content(messages_for(actor)).filter(
        Q(state=Message.State.TO_SAY) | to_come,
        Q(enrolment__plan__account_manager=actor) | Q(enrolment__plan__account_manager__is_active=False),
        kind=Message.Kind.CHECK_IN,
        channel__in=Message.SPOKEN,
        enrolment__plan__is_paused=False,
        expires_at__gt=now,
    )
    return waiting.exclude(left_out(now)).order_by("due_at", "pk")


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
            | Q(contact__full_name__icontains=word)
            | Q(contact__client__name__icontains=word)
            | Q(account_manager__full_name__icontains=word)
            | Q(approval_event__approval__title__icontains=word)
            | Q(approval_event__approval__client__name__icontains=word)
            | Q(offer__title__icontains=word)
            | Q(offer__client__name__icontains=word)
            | Q(survey__meeting__title__icontains=word)
            | Q(enquiry__full_name__icontains=word)
        )
    return messages


_OF_MEETINGS = (
    "meeting__client",
    "meeting__organizer",
    "meeting__series",
    "change",
    "attendance__contact",
    "attendance__account_manager",
)
#: Hours that a check-in has no use for: to read JSON would take half as long as to find the words.
_UNUSED_HOURS = "contact__working_hours", "contact__preferred_hours"
_OF_OTHERS = (
    "contact__client",
    "enrolment__plan__account_manager",
    "account_manager",
    "enrolment__contact__client",
    "approval_event__approval__account_manager",
    "approval_event__approval__client",
    "approval_event__contact",
    "approval_event__decider",
    "survey__account_manager",
    "survey__meeting",
    "offer__account_manager",
    "offer__client",
    "offer_event__contact",
    "enquiry__account_manager",
    "entry_code__account_manager",
)


def with_content(messages: QuerySet[Message], *, kinds: Collection[str] | None = None) -> QuerySet[Message]:
    """The messages with the rows that their words are made of, in a fixed number of queries.

    Where all are of certain `kinds`, what those know nothing of is not asked for.
    """
    if kinds is not None and set(kinds) <= {Message.Kind.CHECK_IN}:
        plans = messages.select_related("contact__client", "enrolment__plan").defer(*_UNUSED_HOURS)
        # One of them writes to many.
        return plans.prefetch_related("enrolment__plan__account_manager")
    people = Attendance.objects.select_related("contact", "account_manager")
    attendances = Prefetch("meeting__attendances", queryset=people)
    return messages.select_related(*_OF_MEETINGS, *_OF_OTHERS).prefetch_related(attendances)


@dataclass(frozen=True)
class Correspondence:
    """What the reader of a message got of its meeting, or of its plan, before, and what it is to tell them."""

    # Message-IDs, oldest first.
    sent: tuple[str, ...]
    # Their confirmation never went out, so this is the first they hear of the meeting.
    is_first: bool = False
    # The message's own change, after those before it that this reader was not told of, in order.
    news: tuple[MeetingChange, ...] = ()

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
    def only_words(self) -> bool:
        """Whether all the news is what it is about or where."""
        return bool(self.news) and all(change.kind == MeetingChange.Kind.EDITED for change in self.news)

    @property
    def reason(self) -> str:
        """The latest reason that somebody gave."""
        return next((change.reason for change in reversed(self.news) if change.reason), "")


class _Sent(NamedTuple):
    """A mail that went out; sorted, the oldest comes first."""

    sent_at: dt.datetime
    pk: int
    message_id: str
    sequence: int | None


def correspondences(messages: Collection[Message]) -> dict[int, Correspondence]:
    """What the readers of these messages got before, by message."""
    of_meetings = [message for message in messages if message.attendance_id is not None]
    of_offers = [message for message in messages if message.offer_id is not None]
    of_plans = [message for message in messages if message.attendance_id is None and message.offer_id is None]
    return _of_meetings(of_meetings) | _of_offers(of_offers) | _of_plans(of_plans)


def _of_meetings(messages: Collection[Message]) -> dict[int, Correspondence]:
    if not messages:
        return {}
    attendances = {message.attendance_id for message in messages if message.attendance_id is not None}
    sent: dict[int | None, list[_Sent]] = defaultdict(list)
    unsent_confirmations = set()
    told = Q(state=Message.State.SENT) | Q(kind=Message.Kind.CONFIRMATION)
    rows = Message.objects.filter(told, attendance__in=attendances)
    for attendance, state, *mail in rows.values_list("attendance_id", "state", *_Sent._fields):
        if state == Message.State.SENT:
            sent[attendance].append(_Sent(*mail))
        elif state != Message.State.CLAIMED:
            unsent_confirmations.add(attendance)
    of_series = _of_series(attendances)
    changes: dict[int | None, list[MeetingChange]] = defaultdict(list)
    for change in MeetingChange.objects.filter(meeting__in={message.meeting_id for message in messages}):
        changes[change.meeting_id].append(change)
    found = {}
    for message in messages:
        before = sent[message.attendance_id]
        thread = sorted({*before, *of_series.get(message.attendance_id, ())})
        latest = message.sequence or 0
        # Without a trace of what they were told, they are taken to know all but this.
        known = max((mail.sequence or 0 for mail in before), default=latest - 1)
        found[message.pk] = Correspondence(
            sent=tuple(mail.message_id for mail in thread),
            is_first=not before and message.attendance_id in unsent_confirmations,
            news=tuple(one for one in changes[message.meeting_id] if known < one.sequence <= latest),
        )
    return found


def _of_series(attendances: set[int]) -> dict[int | None, list[_Sent]]:
    """The mails about a whole series that the attendees of some of its occurrences got, by attendance."""
    rows = Attendance.objects.filter(pk__in=attendances, meeting__series__isnull=False)
    people = {pk: tuple(key) for pk, *key in rows.values_list("pk", "meeting__series", "contact", "account_manager")}
    if not people:
        return {}
    whole = Message.objects.filter(
        state=Message.State.SENT,
        change__series_sequence__isnull=False,
        meeting__series__in={series for series, *_ in people.values()},
    )
    mails: dict[tuple[int | None, ...], list[_Sent]] = defaultdict(list)
    person = "meeting__series", "attendance__contact", "attendance__account_manager"
    for *key, sent_at, pk, message_id, sequence in whole.values_list(*person, *_Sent._fields):
        mails[tuple(key)].append(_Sent(sent_at, pk, message_id, sequence))
    return {pk: mails[key] for pk, key in people.items()}


def _of_offers(messages: Collection[Message]) -> dict[int, Correspondence]:
    """What was told of each offer before."""
    sent: dict[tuple[int | None, ...], list[str]] = defaultdict(list)
    if messages:
        rows = Message.objects.filter(
            offer__in={message.offer_id for message in messages}, state=Message.State.SENT
        ).order_by("sent_at", "pk")
        for *key, message_id in rows.values_list("offer_id", "contact_id", "account_manager_id", "message_id"):
            sent[tuple(key)].append(message_id)
    return {
        message.pk: Correspondence(tuple(sent[message.offer_id, message.contact_id, message.account_manager_id]))
        for message in messages
    }


def _of_plans(messages: Collection[Message]) -> dict[int, Correspondence]:
    """The latest check-ins of each enrolment: a thread of years is none that anybody reads."""
    enrolments = {message.enrolment_id for message in messages} - {None}
    sent: dict[int | None, list[str]] = defaultdict(list)
    if enrolments:
        rank = Window(RowNumber(), partition_by="enrolment", order_by=[F("sent_at").desc(), F("pk").desc()])
        rows = Message.objects.filter(
            kind=Message.Kind.CHECK_IN,
            channel=Message.Channel.EMAIL,
            enrolment__in=enrolments,
            state=Message.State.SENT,
        ).alias(rank=rank)
        latest = rows.filter(rank__lte=THREAD_LENGTH).order_by("sent_at", "pk")
        for enrolment, message_id in latest.values_list("enrolment_id", "message_id"):
            sent[enrolment].append(message_id)
    return {message.pk: Correspondence(sent=tuple(sent[message.enrolment_id])) for message in messages}


# Any, because mypy knows an annotation only where it is made.
def standing_attendances() -> QuerySet[Any]:
    """The attendances that stand, with when and by which sequence the start of their meeting was fixed."""
    fixing = MeetingChange.objects.filter(meeting=OuterRef("meeting"), kind__in=FIXING).order_by("-sequence")
    standing = Attendance.objects.exclude(status=Status.CANCELLED).exclude(partstat=Attendance.PartStat.DECLINED)
    return standing.annotate(
        fixed_at=Subquery(fixing.values("at")[:1]), fixed_by=Subquery(fixing.values("sequence")[:1])
    )


def due_count(now: dt.datetime, *, at_most: int | None = None) -> int:
    """How many messages wait to be claimed; nobody counts beyond `at_most`."""
    return Message.objects.filter(state__in=Message.QUEUED, next_try_at__lte=now).order_by()[:at_most].count()


#: An answer is shown on the client's page for so long.
ANSWERS_SHOWN = dt.timedelta(days=90)


def approvals_for(actor: AccountManager) -> QuerySet[Approval]:
    """What the clients that the actor may see are asked to approve."""
    found = Approval.objects.filter(client__in=clients_for(actor).values("pk"))
    return found.select_related("client", "contact", "account_manager")


def approvals_of(client: Client, *, now: dt.datetime) -> list[Approval]:
    """The client's pending approvals, the most urgent first, then those settled of late, with their events."""
    lately = ApprovalEvent.objects.filter(approval=OuterRef("pk"), at__gt=now - ANSWERS_SHOWN)
    events = ApprovalEvent.objects.select_related("contact", "decider")
    rows = (
        Approval.objects.filter(Q(state=Approval.State.PENDING) | Exists(lately), client=client)
        .select_related("contact")
        .prefetch_related(Prefetch("events", queryset=events))
    )
    return sorted(rows, key=lambda approval: approval.state != Approval.State.PENDING)
