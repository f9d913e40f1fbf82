"""Who sends which message: claims under a lease, and marks that only the last claimer can make.

A message waits, is claimed and committed, is sent outside of any transaction, and is marked in a transaction of its
own, so that one failure never takes back what was done for another.
"""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.plain_text import one_line
from scheduling.outreach.check_ins.suppression import suppress, suppress_surveys
from scheduling.outreach.models import MailAddress, Message, OutreachSwitch
from scheduling.outreach.operations.pauses import is_paused
from scheduling.outreach.reasons import ANSWERED, CAME_BACK, NEVER_TOLD, OVERTAKEN, TOO_LATE, WORKER_DIED

BATCH = 100
MAX_TRIES = 8
State = Message.State
Kind = Message.Kind


@transaction.atomic
def claim(*, now: dt.datetime, size: int = BATCH) -> list[Message]:
    """Due messages, the longest waiting first, that are the caller's alone until their lease ends; none in a pause."""
    if is_paused():
        return []
    due = Message.objects.filter(state__in=Message.QUEUED, next_try_at__lte=now).order_by("next_try_at", "pk")
    columns = "pk", "meeting_id", "kind", "expires_at", "tries"
    rows = list(due.select_for_update(skip_locked=True).values_list(*columns, named=True)[:size])
    if not rows:
        return []
    _hold_still({row.meeting_id for row in rows} - {None})
    _sort_out(rows, now)
    keys = [row.pk for row in rows]
    claimable = Message.objects.filter(pk__in=keys, state__in=Message.QUEUED)
    claimable.update(
        state=State.CLAIMED,
        claimed_at=now,
        next_try_at=now + dt.timedelta(seconds=settings.OUTBOX_LEASE_SECONDS),
        fencing_token=F("fencing_token") + 1,
    )
    return list(Message.objects.filter(pk__in=keys, state=State.CLAIMED).order_by("due_at", "pk"))


def _hold_still(meetings: set[int]) -> None:
    """Waits for whoever changes one of these meetings, and keeps others from it until the transaction ends."""
    if not meetings:
        return
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Meeting._meta.db_table)
        # FOR SHARE, which the ORM does not know: claims do not wait for each other.
        cursor.execute(f"SELECT FROM {table} WHERE id = ANY(%s) ORDER BY id FOR SHARE", [sorted(meetings)])


# Any, because mypy knows no rows with names that Django makes.
def _sort_out(rows: Sequence[Any], now: dt.datetime) -> None:
    """Ends the messages among these that are not to be sent any more, by what the locked meetings say.

    What none of them can meet is not asked: to put a question together takes as long as to claim a dozen messages.
    """
    keys = [row.pk for row in rows]
    kinds = {row.kind for row in rows}
    locked = Message.objects.filter(pk__in=keys)
    queued = locked.filter(state__in=Message.QUEUED)
    if any(row.meeting_id is not None for row in rows):
        locked.filter(_overtaken()).update(state=State.SUPERSEDED, reason=OVERTAKEN)
    if Kind.CANCELLATION in kinds:
        queued.filter(_never_told()).update(state=State.SUPERSEDED, reason=NEVER_TOLD)
    if any(row.expires_at <= now for row in rows):
        queued.filter(expires_at__lte=now).update(state=State.EXPIRED, reason=TOO_LATE)
    queued.filter(_came_back()).update(state=State.SUPPRESSED, reason=CAME_BACK)
    if Kind.CHECK_IN in kinds:
        suppress(keys, now=now)
    if Kind.SURVEY in kinds:
        suppress_surveys(keys)
    if Kind.SUITS in kinds:
        queued.filter(_answered()).update(state=State.SUPERSEDED, reason=ANSWERED)
    if any(row.tries >= MAX_TRIES for row in rows):
        queued.filter(tries__gte=MAX_TRIES).update(state=State.DEAD, reason=WORKER_DIED)


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


def _came_back() -> Q:
    return Q(Exists(MailAddress.objects.filter(email=Lower(OuterRef("address")), suppressed_at__isnull=False)))


def begin(message: Message) -> bool:
    """Whether the message is still the caller's to send; counts the try, whatever becomes of the worker."""
    message.tries += 1
    # Whoever pauses in the middle of a batch stops it there; the rest waits for its lease to end.
    paused = OutreachSwitch.objects.filter(paused_at__isnull=False)
    return _held(message).exclude(Exists(paused)).update(tries=message.tries) == 1


def mark_sent(message: Message, *, raw: bytes, now: dt.datetime) -> bool:
    """Whether the mark counts: not where the lease ran out and another worker claimed the message."""
    return _mark(message, state=State.SENT, sent_at=now, raw=raw, reason="")


def mark_failed(message: Message, *, reason: str, permanent: bool, now: dt.datetime) -> bool:
    """Whether the mark counts. The message waits for its next try, or is dead after the last one."""
    if permanent or message.tries >= MAX_TRIES:
        return _mark(message, state=State.DEAD, reason=_fit(reason))
    # Full jitter: what failed together does not come back together.
    delay = dt.timedelta(minutes=random.uniform(0, 2**message.tries))  # noqa: S311
    return _mark(message, state=State.PENDING, reason=_fit(reason), next_try_at=now + delay)


def release(messages: Sequence[Message], *, reason: str, next_try_at: dt.datetime) -> None:
    """Gives back claimed messages as if they had not been tried."""
    alike: dict[tuple[int, int], list[int]] = defaultdict(list)
    for message in messages:
        alike[message.fencing_token, message.tries].append(message.pk)
    # A whole batch meets the same fate, so it takes a statement or two instead of a hundred.
    for (fencing_token, tries), keys in sorted(alike.items()):
        held = Message.objects.filter(pk__in=keys, state=State.CLAIMED, fencing_token=fencing_token)
        held.update(state=State.PENDING, tries=tries, reason=_fit(reason), next_try_at=next_try_at)


def _fit(reason: str) -> str:
    """The reason as the column takes it, whatever a mail server or an error said."""
    return one_line(reason)[:500]


def _mark(message: Message, **columns: object) -> bool:
    return _held(message).update(**columns) == 1


def _held(message: Message) -> QuerySet[Message]:
    """The message's row, unless its lease ran out and another worker claimed it."""
    return Message.objects.filter(pk=message.pk, state=State.CLAIMED, fencing_token=message.fencing_token)
