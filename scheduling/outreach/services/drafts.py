"""Check-ins that wait to be read: changed, let go, sent at once or discarded by an account manager."""

import datetime as dt

from django.db import transaction

from clients.audit import audit
from clients.models import AccountManager
from scheduling.meetings.nudge import nudge_workers
from scheduling.outreach.check_ins.calendar import GRACE
from scheduling.outreach.check_ins.suppression import OVERRULED, held_back
from scheduling.outreach.errors import HeldBack, NotADraft
from scheduling.outreach.models import Message
from scheduling.outreach.quiet import waits_until
from scheduling.outreach.reasons import DISCARDED, NOT_READ, QUIET_HOURS
from scheduling.outreach.selectors import messages_for

State = Message.State


@transaction.atomic
def rewrite_draft(*, actor: AccountManager, message: Message, subject: str, text: str, now: dt.datetime) -> Message:
    """The draft with the actor's own words; both empty give it those of the template again.

    Raises: NotADraft, Message.DoesNotExist.
    """
    draft = _locked(actor, message, now)
    draft.own_subject, draft.own_text = subject, text
    draft.save(update_fields=["own_subject", "own_text"])
    audit(actor=actor, action="draft rewritten", subject=draft, now=now)
    return draft


@transaction.atomic
def release_draft(*, actor: AccountManager, message: Message, now: dt.datetime) -> Message:
    """The draft, which goes at its time. Raises: NotADraft, Message.DoesNotExist."""
    draft = _locked(actor, message, now)
    draft.state = State.PENDING
    draft.save(update_fields=["state"])
    audit(actor=actor, action="draft released", subject=draft, now=now)
    return draft


@transaction.atomic
def send_draft_now(*, actor: AccountManager, message: Message, now: dt.datetime, goes_anyway: bool = False) -> Message:
    """The draft, which goes within a minute, or as soon as its contact can be reached: then it is due.

    `goes_anyway` lets it go although the plan is paused or somebody has just spoken with the client.

    Raises: HeldBack where it would be left out; NotADraft, Message.DoesNotExist.
    """
    draft = _locked(actor, message, now)
    later_at = waits_until(draft, now)
    against = held_back(draft, now=later_at or now)
    if against and not (goes_anyway and set(against) <= set(OVERRULED)):
        raise HeldBack(against)
    draft.state, draft.goes_anyway = State.PENDING, goes_anyway
    draft.due_at = draft.next_try_at = later_at or now
    draft.expires_at = draft.due_at + GRACE
    # Planning leaves alone what has one.
    draft.reason = QUIET_HOURS if later_at else ""
    draft.save(update_fields=["state", "reason", "goes_anyway", "due_at", "next_try_at", "expires_at"])
    audit(actor=actor, action="draft sent", subject=draft, now=now)
    nudge_workers()
    return draft


@transaction.atomic
def discard_draft(*, actor: AccountManager, message: Message, now: dt.datetime) -> Message:
    """The draft, which is not sent. Raises: NotADraft, Message.DoesNotExist."""
    draft = _locked(actor, message, now)
    draft.state, draft.reason = State.SUPPRESSED, DISCARDED
    draft.save(update_fields=["state", "reason"])
    audit(actor=actor, action="draft discarded", subject=draft, now=now)
    return draft


def expire_drafts(*, now: dt.datetime) -> int:
    """How many drafts nobody read in time; they are not sent."""
    # The due time first, because that is in the index.
    late = Message.objects.filter(state=State.DRAFT, due_at__lte=now, expires_at__lte=now)
    return late.update(state=State.EXPIRED, reason=NOT_READ)


def _locked(actor: AccountManager, message: Message, now: dt.datetime) -> Message:
    found = messages_for(actor).select_related(None).select_for_update(of=("self",)).get(pk=message.pk)
    if found.state != State.DRAFT or found.expires_at <= now:
        raise NotADraft
    return found
