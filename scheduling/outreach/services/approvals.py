"""Asking clients for approvals, and what they answer; each step is written down and told to the other side at once."""

import datetime as dt

from django.db import transaction

from clients.audit import audit
from clients.creation import insert_once
from clients.errors import KeyReused
from clients.models import AccountManager, Contact
from scheduling.meetings.nudge import nudge_workers
from scheduling.meetings.selectors import looks_after
from scheduling.outreach.errors import AlreadyDecided, HandedToThemselves, NotTheirs
from scheduling.outreach.mail import new_message_id
from scheduling.outreach.models import Approval, ApprovalEvent, Message
from scheduling.outreach.reasons import APPROVAL_SETTLED, NO_ADDRESS
from scheduling.outreach.services.stored_files import forget_file

State, Kind = Approval.State, ApprovalEvent.Kind

#: What a form fills in, besides what the file says.
ASKED_WITH = ("client", "contact", "title", "details", "needed_by_date", "link", "file_name")
#: Nobody wants to hear of it after an outage that long; the page says it anyway.
TOLD_WITHIN = dt.timedelta(days=7)


@transaction.atomic
def ask_approval(*, actor: AccountManager, approval: Approval, now: dt.datetime) -> Approval:
    """The stored approval, or the one that was stored when the same form came first; its contact gets a mail.

    Raises: KeyReused where that form had other contents.
    """
    approval.account_manager, approval.asked_at = actor, now
    try:
        stored = _insert_once(approval)
        if stored is approval:
            _record(approval, Kind.ASKED, now, actor=actor)
    except BaseException:
        _leave_no_file(approval)
        raise
    if stored is not approval:
        _leave_no_file(approval)
    return stored


@transaction.atomic
def approve(*, contact: Contact, approval: Approval, now: dt.datetime) -> None:
    """Once more, it changes nothing. Raises: AlreadyDecided, NotTheirs."""
    _decide(contact, approval, State.APPROVED, "", now)


@transaction.atomic
def refuse_for_now(*, contact: Contact, approval: Approval, words: str, now: dt.datetime) -> None:
    """“Not yet”, and why; once more in the same words, it changes nothing. Raises: AlreadyDecided, NotTheirs."""
    _decide(contact, approval, State.NOT_YET, words, now)


@transaction.atomic
def hand_on(*, contact: Contact, approval: Approval, email: str, now: dt.datetime) -> Contact | None:
    """The colleague at that address, who decides from now on and gets a mail; none where we know no such colleague.

    Then the account manager is told whose decision it is, and asks them.

    Raises: AlreadyDecided, NotTheirs, HandedToThemselves.
    """
    stored = _locked(approval)
    if stored.state != State.PENDING:
        raise AlreadyDecided
    colleague = Contact.objects.filter(client=stored.client_id, email__iexact=email).order_by("pk").first()
    if stored.contact_id != contact.pk:
        # Sent twice: it is where they wanted it.
        if colleague is not None and colleague.pk == stored.contact_id:
            return colleague
        raise NotTheirs
    if email.casefold() == contact.email.casefold():
        raise HandedToThemselves
    if colleague is None:
        named = stored.events.filter(kind=Kind.DECIDER_NAMED).last()
        if named is None or named.words != email:
            _record(stored, Kind.DECIDER_NAMED, now, contact=contact, words=email)
        return None
    _settle_requests(stored)
    stored.contact = colleague
    stored.save(update_fields=["contact"])
    _record(stored, Kind.HANDED_ON, now, contact=contact, decider=colleague)
    return colleague


@transaction.atomic
def withdraw_approval(*, actor: AccountManager, approval: Approval, now: dt.datetime) -> None:
    """Takes the question back, and its file; once more, it changes nothing. Raises: AlreadyDecided."""
    stored = _locked(approval)
    if stored.state == State.WITHDRAWN:
        return
    if stored.state != State.PENDING:
        raise AlreadyDecided
    _end(stored, State.WITHDRAWN)
    forget_file(stored)
    _record(stored, Kind.WITHDRAWN, now, actor=actor)


def _insert_once(approval: Approval) -> Approval:
    stored = insert_once(approval, filled_in=ASKED_WITH)
    if stored is not approval and _bytes_of(stored) != _bytes_of(approval):
        raise KeyReused
    return stored


def _bytes_of(approval: Approval) -> bytes:
    if not approval.file:
        return b""
    with approval.file.open("rb") as file:
        content: bytes = file.read()
    return content


def _leave_no_file(approval: Approval) -> None:
    """The database takes its row back by itself; the disk does not."""
    if approval.file:
        approval.file.delete(save=False)


def _decide(contact: Contact, approval: Approval, state: Approval.State, words: str, now: dt.datetime) -> None:
    stored = _locked(approval)
    if stored.state != State.PENDING:
        same = stored.events.filter(kind=state, contact=contact, words=words)
        if stored.state == state and same.exists():
            return
        raise AlreadyDecided
    if stored.contact_id != contact.pk:
        raise NotTheirs
    _end(stored, state)
    _record(stored, Kind(state), now, contact=contact, words=words)


def _locked(approval: Approval) -> Approval:
    """The approval as it is now, the caller's alone until its transaction ends."""
    locked = Approval.objects.select_for_update(of=("self",))
    return locked.select_related("account_manager", "contact").get(pk=approval.pk)


def _end(approval: Approval, state: Approval.State) -> None:
    approval.state = state
    approval.save(update_fields=["state"])
    _settle_requests(approval)


def _settle_requests(approval: Approval) -> None:
    """Takes back the mails that ask for it and did not go out yet."""
    waiting = Message.objects.filter(
        approval_event__approval=approval, kind=Message.Kind.APPROVAL, state=Message.State.PENDING
    )
    waiting.update(state=Message.State.SUPERSEDED, reason=APPROVAL_SETTLED)


def _record(
    approval: Approval,
    kind: ApprovalEvent.Kind,
    now: dt.datetime,
    *,
    actor: AccountManager | None = None,
    contact: Contact | None = None,
    decider: Contact | None = None,
    words: str = "",
) -> None:
    """The event, its audit entry, and the mails that tell of it."""
    event = ApprovalEvent.objects.create(
        approval=approval, kind=kind, at=now, account_manager=actor, contact=contact, decider=decider, words=words
    )
    audit(actor=actor, action=f"approval {kind}", subject=approval, now=now)
    if kind in (Kind.ASKED, Kind.HANDED_ON):
        _tell(event, now, kind=Message.Kind.APPROVAL, contact=approval.contact, address=approval.contact.email)
    if kind in ApprovalEvent.BY_CONTACTS:
        asked_by = approval.account_manager
        manager = asked_by if asked_by.is_active else looks_after(approval.contact) or asked_by
        _tell(event, now, kind=Message.Kind.ANSWER, account_manager=manager, address=manager.email)


def _tell(event: ApprovalEvent, now: dt.datetime, *, kind: Message.Kind, address: str, **reader: object) -> None:
    message = Message(
        occurrence_key=f"{kind}:{event.pk}",
        kind=kind,
        approval_event=event,
        address=address,
        message_id=new_message_id(),
        created_at=now,
        due_at=now,
        next_try_at=now,
        expires_at=now + TOLD_WITHIN,
        **reader,
    )
    if not address:
        message.state, message.reason = Message.State.UNDELIVERABLE, NO_ADDRESS
    message.save(force_insert=True)
    nudge_workers()
