"""What could not be sent, by cause."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from clients.models import AccountManager
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import messages_for

#: So many causes are worth a button of their own.
CAUSES = 10


@dataclass(frozen=True)
class Cause:
    """A reason in the words that it was stored with, and how many messages failed for it and may still be sent."""

    reason: str
    count: int


def failed_for(actor: AccountManager, *, now: dt.datetime) -> QuerySet[Message]:
    """The actor's messages that failed and that it is not too late for."""
    return messages_for(actor).filter(state=Message.State.DEAD, expires_at__gt=now)


def causes(actor: AccountManager, *, now: dt.datetime) -> list[Cause]:
    """Why messages of the actor failed, the commonest cause first."""
    rows = failed_for(actor, now=now).order_by().values("reason").annotate(count=Count("pk"))
    return [Cause(row["reason"], row["count"]) for row in rows.order_by("-count", "reason")[:CAUSES]]
