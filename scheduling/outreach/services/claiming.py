"""Who sends which message: claims under a lease, and marks that only the last claimer can make.

A message waits, is claimed and committed, is sent outside of any transaction, and is marked in a transaction of its
own, so that one failure never takes back what was done for another.
"""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
)

from scheduling.meetings.models import Attendance, Invitee, Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.plain_text import one_line
from scheduling.meetings.prepared import Given, IsOneOf, Prepared, executed
from scheduling.outreach.check_ins.suppression import why_left_out
from scheduling.outreach.models import Approval, Message, OutreachSwitch
from scheduling.outreach.reasons import (
    ANSWERED,
    APPROVAL_SETTLED,
    NEVER_TOLD,
    NO_ADDRESS,
    OFFER_SETTLED,
    OVERTAKEN,
    QUIET_HOURS,
    TOO_LATE,
    WORKER_DIED,
)

BATCH = 100
MAX_TRIES = 8
State = Message.State
Kind = Message.Kind
#: What belongs to a day, and to no other time.
OF_A_DAY = {Kind.CHECK_IN, Kind.SURVEY}
#: What asks somebody to choose a time.
OFFERING = {Kind.OFFER, Kind.OFFER_REMINDER, Kind.OFFER_ADDED}

_MESSAGE = connection.ops.quote_name(Message._meta.db_table)
_SWITCH = connection.ops.quote_name(OutreachSwitch._meta.db_table)
# IS TRUE keeps PostgreSQL from going through all claimed rows, of which its statistics know none yet, to find one.
_CLAIM = f"""
    UPDATE {_MESSAGE}
    SET state = 'claimed', claimed_at = %(now)s, next_try_at = %(until_at)s, fencing_token = fencing_token + 1
    WHERE id = ANY(%(keys)s) AND (state IN ('pending', 'claimed')) IS TRUE
    RETURNING id, kind, channel, due_at, tries, fencing_token
"""  # noqa: S608  (names of our own, no values)
# Whoever pauses in the middle of a batch stops it there; the rest waits for its lease to end.
_BEGIN = f"""
    UPDATE {_MESSAGE} SET tries = tries + 1
    WHERE id = %(pk)s AND (state = 'claimed') IS TRUE AND fencing_token = %(token)s
    AND NOT EXISTS (SELECT FROM {_SWITCH} WHERE paused_at IS NOT NULL)
"""  # noqa: S608  (names of our own, no values)
_MARK_SENT = f"""
    UPDATE {_MESSAGE} SET state = 'sent', sent_at = %(now)s, raw = %(raw)s, reason = ''
    WHERE id = %(sent_pk)s AND (state = 'claimed') IS TRUE AND fencing_token = %(sent_token)s
"""  # noqa: S608  (names of our own, no values)
# The second one never waits for a row while the first one holds one, so that nobody who changes both is in its way.
_GO_ON = f"""
    WITH marked AS ({_MARK_SENT} RETURNING id),
    free AS (SELECT id FROM {_MESSAGE} WHERE id = %(pk)s FOR UPDATE SKIP LOCKED),
    begun AS (
        {_BEGIN} AND (%(sent_pk)s::bigint IS NULL OR EXISTS (SELECT FROM marked)) AND EXISTS (SELECT FROM free)
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM begun), EXISTS (
        SELECT FROM {_MESSAGE}
        WHERE id = %(going_pk)s AND (state = 'claimed') IS TRUE AND fencing_token = %(going_token)s
    ) AND NOT EXISTS (SELECT FROM {_SWITCH} WHERE paused_at IS NOT NULL)
"""  # noqa: S608  (names of our own, no values)


@dataclass(slots=True)
class Claimed:
    """A message that is the caller's alone, as far as one must know to see what comes next of it."""

    pk: int
    kind: str
    channel: str
    due_at: dt.datetime
    tries: int
    fencing_token: int


#: That, or the message's own row, read since.
Claim = Claimed | Message


class _Due(NamedTuple):
    """A due message, which is the transaction's alone."""

    pk: int
    meeting_id: int | None
    kind: str
    tries: int
    is_too_late: bool


@transaction.atomic
def claim(*, now: dt.datetime, size: int = BATCH) -> list[Claimed]:
    """Due messages, the longest waiting first, that are the caller's alone until their lease ends; none in a pause."""
    rows = [_Due(*row) for row in _due(size).rows(now=now)]
    if not rows:
        return []
    _hold_still({row.meeting_id for row in rows if row.meeting_id is not None})
    _sort_out(rows, now)
    until_at = now + dt.timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    with executed(_CLAIM, {"keys": [row.pk for row in rows], "now": now, "until_at": until_at}) as cursor:
        claimed = [Claimed(*row) for row in cursor.fetchall()]
    return sorted(claimed, key=lambda one: (one.due_at, one.pk))


@cache
def _due(size: int) -> Prepared:
    """Due messages that nobody else holds, unless there is a pause."""
    due = Message.objects.filter(
        ~Exists(OutreachSwitch.stopping()),
        state__in=Message.QUEUED,
        next_try_at__lte=Given("now", DateTimeField()),
    )
    locked = due.order_by("next_try_at", "pk").select_for_update(skip_locked=True, of=("self",))
    is_too_late = ExpressionWrapper(Q(expires_at__lte=Given("now", DateTimeField())), output_field=BooleanField())
    return Prepared.of(locked.annotate(is_too_late=is_too_late).values_list(*_Due._fields)[:size])


@cache
def _reasons() -> Prepared:
    """What is against sending these messages, as far as no meeting has a say in it; empty where nothing is."""
    why = why_left_out(Given("now", DateTimeField()))
    asked = Message.objects.filter(IsOneOf("pk", Given("keys", ArrayField(BigIntegerField())))).order_by()
    return Prepared.of(asked.values_list("pk", why))


def _hold_still(meetings: set[int]) -> None:
    """Waits for whoever changes one of these meetings, and keeps others from it until the transaction ends."""
    if not meetings:
        return
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Meeting._meta.db_table)
        # FOR SHARE, which the ORM does not know: claims do not wait for each other.
        cursor.execute(f"SELECT FROM {table} WHERE id = ANY(%s) ORDER BY id FOR SHARE", [sorted(meetings)])


def _sort_out(rows: Sequence[_Due], now: dt.datetime) -> None:
    """Ends the messages among these that are not to be sent any more, by what the locked meetings say.

    What none of them can meet is not asked: to put a question together takes as long as to claim a dozen messages.
    """
    keys, kinds = [row.pk for row in rows], {row.kind for row in rows}

    def end(condition: Q, state: State, reason: str) -> None:
        queued = Message.objects.filter(pk__in=keys, state__in=Message.QUEUED)
        queued.filter(condition).update(state=state, reason=reason)

    if any(row.meeting_id is not None for row in rows):
        end(_overtaken(), State.SUPERSEDED, OVERTAKEN)
    if Kind.CANCELLATION in kinds:
        end(_never_told(), State.SUPERSEDED, NEVER_TOLD)
    for (state, reason), ended in _ends(rows, now).items():
        end(Q(pk__in=ended), state, reason)
    if Kind.SUITS in kinds:
        end(_answered(), State.SUPERSEDED, ANSWERED)
    if Kind.APPROVAL in kinds:
        end(_approval_settled(), State.SUPERSEDED, APPROVAL_SETTLED)
    if kinds & OFFERING:
        end(_offer_settled(), State.SUPERSEDED, OFFER_SETTLED)
        end(_offer_answered(), State.SUPERSEDED, ANSWERED)
    if any(row.tries >= MAX_TRIES for row in rows):
        end(Q(tries__gte=MAX_TRIES), State.DEAD, WORKER_DIED)


def _ends(rows: Sequence[_Due], now: dt.datetime) -> dict[tuple[State, str], list[int]]:
    """Which messages end in which state and why, as far as no meeting has a say in it."""
    ends: dict[tuple[State, str], list[int]] = defaultdict(list)
    why = dict(_reasons().rows(now=now, keys=[row.pk for row in rows]))
    for row in rows:
        if row.is_too_late:
            ends[State.EXPIRED, TOO_LATE].append(row.pk)
        elif why[row.pk]:
            ends[State.SUPPRESSED, why[row.pk]].append(row.pk)
    return ends


def _overtaken() -> Q:
    """A later change speaks instead; new words leave what is said of the same time as it is."""
    later = MeetingChange.objects.filter(meeting=OuterRef("meeting"), sequence__gt=OuterRef("sequence"))
    new_words = Q(kind=MeetingChange.Kind.EDITED)
    of_one = Q(Exists(later.exclude(new_words))) | Q(Exists(later), ~Q(kind__in=Message.OF_THE_TIME))
    # What tells of a series lists what there is of it, as long as there is something.
    together = MeetingChange.objects.filter(
        meeting__series=OuterRef("meeting__series"), series_sequence=OuterRef("change__series_sequence")
    )
    left = Exists(together.filter(meeting__status=Status.CONFIRMED))
    of_series = Q(change__series_sequence__isnull=False)
    return (~of_series & of_one) | (of_series & ~Q(left) & ~Q(kind=Message.Kind.CANCELLATION))


def _never_told() -> Q:
    """A cancellation for somebody whose confirmation never went out."""
    others = Message.objects.filter(attendance=OuterRef("attendance")).exclude(pk=OuterRef("pk"))
    return Q(
        Exists(others.filter(kind=Message.Kind.CONFIRMATION, state__in=Message.NEVER_SENT)),
        ~Exists(others.filter(state__in=[State.SENT, State.CLAIMED, State.DEAD])),
        kind=Message.Kind.CANCELLATION,
    )


def _answered() -> Q:
    """The question whether a time still suits somebody who has said so meanwhile."""
    answered = Attendance.objects.exclude(partstat=Attendance.PartStat.NEEDS_ACTION)
    return Q(Exists(answered.filter(pk=OuterRef("attendance"))), kind=Message.Kind.SUITS)


def _approval_settled() -> Q:
    """A request for what its contact is not to decide any more, sent again from the outbox or given back meanwhile."""
    theirs = Approval.objects.filter(
        pk=OuterRef("approval_event__approval"), contact=OuterRef("contact"), state=Approval.State.PENDING
    )
    return Q(~Exists(theirs), kind=Kind.APPROVAL)


def _offer_settled() -> Q:
    """Times to choose from where there is nothing to choose any more."""
    is_settled = Q(offer__meeting__isnull=False) | Q(offer__withdrawn_at__isnull=False)
    return is_settled & Q(kind__in=OFFERING)


def _offer_answered() -> Q:
    """A reminder of times, or news of another, for somebody who has said which suit them."""
    answered = Invitee.objects.filter(offer=OuterRef("offer"), contact=OuterRef("contact"), answered_at__isnull=False)
    return Q(Exists(answered), kind__in=OFFERING - {Kind.OFFER})


def begin(message: Claim) -> bool:
    """Whether the message is still the caller's to send; counts the try, whatever becomes of the worker."""
    message.tries += 1
    return _matched(_BEGIN, pk=message.pk, token=message.fencing_token)


def mark_sent(message: Claim, *, raw: bytes, now: dt.datetime) -> bool:
    """Whether the mark counts: not where the lease ran out and another worker claimed the message."""
    return _matched(_MARK_SENT, sent_pk=message.pk, sent_token=message.fencing_token, raw=raw, now=now)


@dataclass(frozen=True)
class GoingOn:
    """What `go_on` found: whether the message may go, and whether the one that follows is begun."""

    may_go: bool
    is_begun: bool


def go_on(
    message: Claim,
    *,
    sent: Claim | None,
    raw: bytes,
    following: Claim | None,
    now: dt.datetime,
    meanwhile: Callable[[], object] | None = None,
) -> GoingOn:
    """Whether a message that was begun is still the caller's to send, and the one that follows begun.

    The one before it is marked as sent in the same transaction: one commit for each mail. Where the following one is
    not begun, `begin` says what is the matter with it. `meanwhile` is done while the database thinks of all that.
    """
    values = {
        "sent_pk": sent.pk if sent else None,
        "sent_token": sent.fencing_token if sent else None,
        "raw": raw,
        "now": now,
        "going_pk": message.pk,
        "going_token": message.fencing_token,
        "pk": following.pk if following else None,
        "token": following.fencing_token if following else None,
    }
    with executed(_GO_ON, values, meanwhile=meanwhile) as cursor:
        is_begun, may_go = cursor.fetchone() or (False, False)
    if following is not None:
        following.tries += is_begun
    return GoingOn(may_go, is_begun)


def _matched(sql: str, **values: Any) -> bool:
    with executed(sql, values) as cursor:
        return bool(cursor.rowcount)


def mark_failed(message: Claim, *, reason: str, permanent: bool, now: dt.datetime) -> bool:
    """Whether the mark counts. The message waits for its next try, or is dead after the last one."""
    if permanent or message.tries >= MAX_TRIES:
        return _mark(message, state=State.DEAD, reason=_fit(reason))
    # Full jitter: what failed together does not come back together.
    delay = dt.timedelta(minutes=random.uniform(0, 2**message.tries))  # noqa: S311  (jitter, nothing secret)
    return _mark(message, state=State.PENDING, reason=_fit(reason), next_try_at=now + delay)


def mark_to_say(message: Message, *, until: dt.datetime | None) -> bool:
    """Whether the mark counts. From now on the message waits for its account manager, until then at most."""
    expires_at = min(message.expires_at, until or message.expires_at)
    return _mark(message, state=State.TO_SAY, reason="", expires_at=expires_at)


def fall_back(message: Message, *, reason: str, now: dt.datetime) -> bool:
    """Whether the mark counts. The message becomes a mail with all its tries, where there is an address for one."""
    if not message.address:
        return _mark(message, state=State.UNDELIVERABLE, reason=NO_ADDRESS, fallback_reason=reason)
    by_mail = {"channel": Message.Channel.EMAIL, "fallback_reason": reason, "tries": 0}
    return _mark(message, state=State.PENDING, reason="", next_try_at=now, **by_mail)


def put_off(message: Message, until: dt.datetime) -> None:
    """Gives back a message until its contact can be reached.

    A check-in or a question may wait for hours that begin later that day: it expires as long after them as it would
    have after its own.
    """
    due_at, expires_at, zone = message.due_at, message.expires_at, message.person.zone
    if message.kind in OF_A_DAY and until.astimezone(zone).date() == message.due_at.astimezone(zone).date():
        expires_at = max(expires_at, until + (expires_at - message.due_at))
        # Whoever is to say it is shown when.
        due_at = until if message.channel in Message.SPOKEN else due_at
    release([message], reason=QUIET_HOURS, next_try_at=until, expires_at=expires_at, due_at=due_at)


def release(messages: Collection[Claim], *, reason: str, next_try_at: dt.datetime, **columns: object) -> None:
    """Gives back claimed messages as if they had not been tried."""
    alike: dict[tuple[int, int], list[int]] = defaultdict(list)
    for message in messages:
        alike[message.fencing_token, message.tries].append(message.pk)
    # A whole batch meets the same fate, so it takes a statement or two instead of a hundred.
    for (fencing_token, tries), keys in sorted(alike.items()):
        held = Message.objects.filter(pk__in=keys, state=State.CLAIMED, fencing_token=fencing_token)
        held.update(state=State.PENDING, tries=tries, reason=_fit(reason), next_try_at=next_try_at, **columns)


def _fit(reason: str) -> str:
    """The reason as the column takes it, whatever a mail server or an error said."""
    return one_line(reason)[:500]


def _mark(message: Claim, **columns: object) -> bool:
    return _held(message).update(**columns) == 1


def _held(message: Claim) -> QuerySet[Message]:
    """The message's row, unless its lease ran out and another worker claimed it."""
    return Message.objects.filter(pk=message.pk, state=State.CLAIMED, fencing_token=message.fencing_token)
