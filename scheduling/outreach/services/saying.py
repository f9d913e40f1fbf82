"""Check-ins that an account manager says: done, or nobody was reached."""

import datetime as dt

from django.db import transaction

from clients.audit import audit
from clients.models import AccountManager
from scheduling.meetings.nudge import nudge_workers
from scheduling.outreach.errors import NotToSay
from scheduling.outreach.models import Message
from scheduling.outreach.reasons import NOT_REACHED, NOT_REACHED_AT_ALL, NOT_SAID
from scheduling.outreach.selectors import messages_for
from scheduling.outreach.services.check_ins import log_talk

State = Message.State


@transaction.atomic
def note_said(*, actor: AccountManager, message: Message, now: dt.datetime) -> Message:
    """The check-in, said now, with the talk noted; said before, it is as it was.

    Raises: NotToSay, Message.DoesNotExist, Client.DoesNotExist.
    """
    found = _locked(actor, message)
    if found.state == State.SAID:
        return found
    client = _still_to_say(found, now).client
    if client is None:
        raise NotToSay
    found.state, found.reason = State.SAID, ""
    found.save(update_fields=["state", "reason"])
    audit(actor=actor, action="check-in said", subject=found, now=now)
    # Check-ins keep silent after it, as after any other talk.
    log_talk(actor=actor, client=client, at=now, note=found.about, now=now)
    return found


@transaction.atomic
def note_not_reached(*, actor: AccountManager, message: Message, now: dt.datetime) -> Message:
    """The check-in, which goes as a mail instead where there is an address; noted before, it is as it was.

    Raises: NotToSay, Message.DoesNotExist.
    """
    found = _locked(actor, message)
    if found.fallback_reason in (NOT_REACHED, NOT_REACHED_AT_ALL):
        return found
    _still_to_say(found, now)
    found.channel = Message.Channel.EMAIL
    # It may be hours since it was planned. Whoever has no address any more is written to at the last one.
    found.address = found.person.email or found.address
    if found.address:
        found.state, found.fallback_reason = State.PENDING, NOT_REACHED
        # Not before its time, where somebody called earlier.
        found.next_try_at = max(now, found.due_at)
    else:
        found.state, found.fallback_reason = State.UNDELIVERABLE, NOT_REACHED_AT_ALL
    found.save(update_fields=["channel", "address", "state", "fallback_reason", "next_try_at"])
    audit(actor=actor, action="not reached", subject=found, now=now)
    nudge_workers()
    return found


def expire_unsaid(*, now: dt.datetime) -> int:
    """How many check-ins nobody said in time."""
    late = Message.objects.filter(state=State.TO_SAY, due_at__lte=now, expires_at__lte=now)
    return late.update(state=State.EXPIRED, reason=NOT_SAID)


def _locked(actor: AccountManager, message: Message) -> Message:
    rows = messages_for(actor).select_related(None).select_related("contact__client")
    return rows.select_for_update(of=("self",)).get(pk=message.pk)


def _still_to_say(message: Message, now: dt.datetime) -> Message:
    is_waiting = message.state in (*Message.QUEUED, State.TO_SAY) and message.channel in Message.SPOKEN
    if not is_waiting or message.expires_at <= now:
        raise NotToSay
    return message
