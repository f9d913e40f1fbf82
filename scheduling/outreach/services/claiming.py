"""Who sends which message: claims under a lease, and marks that only the last claimer can make.

A message waits, is claimed and committed, is sent outside of any transaction, and is marked in a transaction of its
own, so that one failure never takes back what was done for another.
"""

import datetime as dt
import random
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_noop

from scheduling.meetings.models import Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.plain_text import one_line
from scheduling.outreach.models import Message

BATCH = 100
MAX_TRIES = 8
State = Message.State

OVERTAKEN = gettext_noop("The meeting changed before this was sent.")
NEVER_TOLD = gettext_noop("The meeting was cancelled before this person was told of it.")
TOO_LATE = gettext_noop("It could not be sent in time.")
WORKER_DIED = gettext_noop("Sending this was interrupted each time it was tried.")


@transaction.atomic
def claim(*, now: dt.datetime, size: int = BATCH) -> list[Message]:
    """Messages that are due and the caller's alone until their lease ends, the longest waiting first."""
    due = Message.objects.filter(state__in=Message.QUEUED, next_try_at__lte=now).order_by("next_try_at", "pk")
    rows = due.select_for_update(skip_locked=True).values_list("pk", "meeting_id")[:size]
    keys, meetings = [], set()
    for pk, meeting in rows:
        keys.append(pk)
        meetings.add(meeting)
    if not keys:
        return []
    _hold_still(meetings)
    _sort_out(keys, now)
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
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Meeting._meta.db_table)
        # FOR SHARE, which the ORM does not know: claims do not wait for each other.
        cursor.execute(f"SELECT FROM {table} WHERE id = ANY(%s) ORDER BY id FOR SHARE", [sorted(meetings)])


def _sort_out(keys: Sequence[int], now: dt.datetime) -> None:
    """Ends the messages among these that are not to be sent any more, by what the locked meetings say."""
    locked = Message.objects.filter(pk__in=keys)
    locked.filter(_overtaken()).update(state=State.SUPERSEDED, reason=OVERTAKEN)
    queued = locked.filter(state__in=Message.QUEUED)
    queued.filter(_never_told()).update(state=State.SUPERSEDED, reason=NEVER_TOLD)
    queued.filter(expires_at__lte=now).update(state=State.EXPIRED, reason=TOO_LATE)
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


def begin(message: Message) -> bool:
    """Whether the message is still the caller's to send; counts the try, whatever becomes of the worker."""
    message.tries += 1
    return _mark(message, tries=message.tries)


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
    for message in messages:
        _mark(message, state=State.PENDING, tries=message.tries, reason=_fit(reason), next_try_at=next_try_at)


def _fit(reason: str) -> str:
    """The reason as the column takes it, whatever a mail server or an error said."""
    return one_line(reason)[:500]


def _mark(message: Message, **columns: object) -> bool:
    mine = Message.objects.filter(pk=message.pk, state=State.CLAIMED, fencing_token=message.fencing_token)
    return mine.update(**columns) == 1
