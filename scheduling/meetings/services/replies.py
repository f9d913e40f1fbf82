"""The same request twice has one effect and one answer."""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from clients.models import Contact, Person
from scheduling.meetings.errors import KeyInFlight, KeyReused
from scheduling.meetings.models import IdempotentReply
from scheduling.meetings.services.rows import by
from scheduling.meetings.services.transactions import booking_transaction, try_lock

KEEP = dt.timedelta(days=7)


@booking_transaction
def answer_once(*, actor: Person, key: UUID, request_digest: str, act: Callable[[], str], now: dt.datetime) -> str:
    """Where the request leads: what `act` returns, or what it returned when it ran under this key before.

    The reply is stored in the transaction that acts, so there is one exactly when there was an effect.

    Raises: KeyInFlight while the first request runs; KeyReused where the key came with another request; and
        whatever `act` raises, which is not remembered.
    """
    if not try_lock(lock_key(actor, key)):
        raise KeyInFlight
    known = IdempotentReply.objects.filter(**by(actor), key=key).first()
    if known is not None:
        if known.request_digest != request_digest:
            raise KeyReused
        return known.location
    location = act()
    IdempotentReply.objects.create(
        **by(actor), key=key, request_digest=request_digest, location=location, created_at=now
    )
    return location


def forget_replies(*, now: dt.datetime) -> int:
    """How many replies were deleted because no client repeats a request after so long."""
    deleted, _ = IdempotentReply.objects.filter(created_at__lt=now - KEEP).delete()
    return deleted


def lock_key(actor: Person, key: UUID) -> int:
    """A signed 64-bit number; two keys that share one merely wait for each other."""
    whose: int = actor.pk << 1 | isinstance(actor, Contact)
    folded = (key.int ^ (key.int >> 64) ^ (whose << 47)) & (2**64 - 1)
    return folded - 2**63
