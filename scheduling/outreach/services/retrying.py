"""A second chance for a message that could not be sent."""

import datetime as dt

from django.db import transaction

from clients.audit import audit
from clients.models import AccountManager
from scheduling.meetings.nudge import nudge_workers
from scheduling.outreach.errors import NoAddress, NothingToRetry
from scheduling.outreach.models import Message

State = Message.State
RETRYABLE = (State.DEAD, State.UNDELIVERABLE)


@transaction.atomic
def retry(*, actor: AccountManager, message: Message, now: dt.datetime) -> Message:
    """The message, waiting again with all its tries, for the address that its reader has today.

    Raises: NothingToRetry, NoAddress.
    """
    current = Message.objects.select_for_update().filter(pk=message.pk, state__in=RETRYABLE, expires_at__gt=now).first()
    if current is None:
        raise NothingToRetry
    current.address = current.attendance.person.email
    if not current.address:
        raise NoAddress
    current.state = State.PENDING
    current.reason = ""
    current.tries = 0
    current.next_try_at = now
    current.save(update_fields=["address", "state", "reason", "tries", "next_try_at"])
    audit(actor=actor, action="message retried", subject=current, now=now)
    nudge_workers()
    return current
