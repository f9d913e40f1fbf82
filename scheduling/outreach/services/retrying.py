"""A second chance for messages that could not be sent."""

import datetime as dt

from django.db import transaction

from clients.audit import audit
from clients.models import AccountManager
from scheduling.meetings.nudge import nudge_workers
from scheduling.outreach.errors import NoAddress, NothingToRetry
from scheduling.outreach.models import Message
from scheduling.outreach.operations.dead_letters import failed_for
from scheduling.outreach.reasons import CAME_BACK

State = Message.State
# So many at once that a page answers soon, and that a mistake can be stopped.
MOST_AT_ONCE = 500
AGAIN = ("address", "state", "reason", "fallback_reason", "tries", "next_try_at")


def is_retryable(message: Message, *, now: dt.datetime) -> bool:
    """Whether it failed, or was held back for an address that its reader has put right since, and can still be sent."""
    is_held_back = message.state == State.SUPPRESSED and message.reason == CAME_BACK
    is_mended = is_held_back and message.person.email.lower() not in ("", message.address.lower())
    return message.expires_at > now and (message.state in (State.DEAD, State.UNDELIVERABLE) or is_mended)


@transaction.atomic
def retry(*, actor: AccountManager, message: Message, now: dt.datetime) -> Message:
    """The message, waiting again with all its tries, for the address that its reader has today.

    Raises: NothingToRetry, NoAddress.
    """
    current = Message.objects.select_for_update().filter(pk=message.pk).first()
    if current is None or not is_retryable(current, now=now):
        raise NothingToRetry
    current.address = current.person.email
    if not current.address:
        raise NoAddress
    _again(current, now)
    current.save(update_fields=AGAIN)
    audit(actor=actor, action="message retried", subject=current, now=now)
    nudge_workers()
    return current


@transaction.atomic
def retry_all(*, actor: AccountManager, reason: str, now: dt.datetime) -> int:
    """How many of the actor's messages that failed for exactly this reason wait again, the oldest first.

    At most `MOST_AT_ONCE`; whoever has no address any more stays where they are.
    """
    failed = failed_for(actor, now=now).filter(reason=reason).order_by("due_at", "pk")[:MOST_AT_ONCE]
    rows = Message.objects.filter(pk__in=failed.values("pk"), state=State.DEAD).order_by("pk")
    rows = rows.select_related("attendance__contact", "attendance__account_manager", "contact", "account_manager")
    # Somebody else who asks for the same waits, and then finds them gone.
    again = [message for message in rows.select_for_update(of=("self",)) if message.person.email]
    for message in again:
        message.address = message.person.email
        _again(message, now)
    if again:
        Message.objects.bulk_update(again, AGAIN)
        audit(
            actor=actor,
            action="messages retried",
            subject=again[0],
            now=now,
            messages=[message.pk for message in again],
        )
        nudge_workers()
    return len(again)


def _again(message: Message, now: dt.datetime) -> None:
    message.state = State.DRAFT if _is_unread(message) else State.PENDING
    message.reason = ""
    if message.channel != Message.Channel.EMAIL:
        # It became no mail after all.
        message.fallback_reason = ""
    message.tries = 0
    message.next_try_at = max(now, message.due_at)


def _is_unread(message: Message) -> bool:
    """Whether it is of a plan whose mails are read first, and nobody could read it for want of an address."""
    if message.state != State.UNDELIVERABLE or message.kind != Message.Kind.CHECK_IN or message.fallback_reason:
        return False
    return message.enrolment is not None and message.enrolment.plan.is_approved_first
