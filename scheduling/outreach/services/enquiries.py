"""What people unknown ask at public pages, and what account managers make of it.

Nobody is told before the address is confirmed, and nothing that was typed goes to an address that is not.
"""

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from clients.audit import audit
from clients.creation import insert_once
from clients.errors import LinkEnded
from clients.links import derived_token, token_hash
from clients.models import AccountManager, Client, Contact
from clients.services import create_client, create_contact
from scheduling.meetings.nudge import nudge_workers
from scheduling.outreach.errors import EnquirySettled
from scheduling.outreach.mail import new_message_id
from scheduling.outreach.models import Enquiry, Message

State = Enquiry.State

#: So long the link in the mail works, and what nobody confirms is kept.
CONFIRM_WITHIN = dt.timedelta(days=1)
#: Later an account manager does not hear of a request by mail any more.
TOLD_WITHIN = dt.timedelta(days=7)
#: So long a request is kept once it is answered.
KEPT_FOR = dt.timedelta(days=90)


@transaction.atomic
def leave_enquiry(
    *, account_manager: AccountManager, values: Mapping[str, Any], creation_key: uuid.UUID, now: dt.datetime
) -> None:
    """Stores the request and asks its address whether it is meant; the same form sent twice does so once.

    Raises: KeyReused where that form had other contents.
    """
    seed = secrets.token_bytes(32)
    enquiry = Enquiry(
        account_manager=account_manager,
        creation_key=creation_key,
        seed=seed,
        token_hash=token_hash(derived_token(seed, settings.SECRET_KEY)),
        created_at=now,
        **values,
    )
    if insert_once(enquiry, filled_in=values) is enquiry:
        _write(enquiry, Message.Kind.ENQUIRY, now, expires_at=now + CONFIRM_WITHIN)


def enquiry_with(hashed: bytes, *, now: dt.datetime) -> Enquiry:
    """The request whose link has a token of that hash. Raises: LinkEnded where it opens nothing (any more)."""
    enquiry = Enquiry.objects.select_related("account_manager").filter(token_hash=hashed).first()
    if enquiry is None:
        raise LinkEnded
    is_late = enquiry.created_at + CONFIRM_WITHIN <= now
    if enquiry.state == State.UNCONFIRMED and (is_late or not enquiry.account_manager.is_active):
        raise LinkEnded
    return enquiry


@transaction.atomic
def confirm_enquiry(*, enquiry: Enquiry, now: dt.datetime) -> None:
    """From now on the account manager sees it, and is told by mail; once more, it changes nothing."""
    unconfirmed = Enquiry.objects.filter(pk=enquiry.pk, state=State.UNCONFIRMED, account_manager__is_active=True)
    if unconfirmed.update(state=State.WAITING, confirmed_at=now):
        manager = enquiry.account_manager
        _write(enquiry, Message.Kind.REQUEST, now, expires_at=now + TOLD_WITHIN, account_manager=manager)


@transaction.atomic
def accept_enquiry(
    *, actor: AccountManager, enquiry: Enquiry, client: Client, day: Mapping[str, Any], now: dt.datetime
) -> Client:
    """The new client, with whoever asked as its contact; `day` are fields that the client's country tells of them.

    Raises: EnquirySettled, NameTaken.
    """
    stored = _waiting(enquiry)
    created = create_client(actor=actor, client=client, now=now)
    asked = {name: getattr(stored, name) for name in ("full_name", "email", "language", "time_zone")}
    notes = "\n\n".join(text for text in (stored.about, stored.wishes) if text)
    create_contact(actor=actor, contact=Contact(**{**day, **asked}, client=created, notes=notes), now=now)
    _settle(stored, State.ACCEPTED, actor, now, client=created)
    return created


@transaction.atomic
def decline_enquiry(*, actor: AccountManager, enquiry: Enquiry, is_told: bool, now: dt.datetime) -> None:
    """Settles it, with a polite mail or in silence. Raises: EnquirySettled."""
    stored = _waiting(enquiry)
    _settle(stored, State.DECLINED, actor, now)
    if is_told:
        _write(stored, Message.Kind.DECLINED, now, expires_at=now + dt.timedelta(days=7))


def forget_enquiries(*, now: dt.datetime) -> None:
    """Deletes what nobody confirmed, and what was answered long ago."""
    unconfirmed = Q(state=State.UNCONFIRMED, created_at__lte=now - CONFIRM_WITHIN)
    Enquiry.objects.filter(unconfirmed | Q(decided_at__lte=now - KEPT_FOR)).delete()


def _waiting(enquiry: Enquiry) -> Enquiry:
    stored = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if stored.state != State.WAITING:
        raise EnquirySettled
    return stored


def _settle(
    enquiry: Enquiry, state: Enquiry.State, actor: AccountManager, now: dt.datetime, *, client: Client | None = None
) -> None:
    enquiry.state, enquiry.decided_at, enquiry.client = state, now, client
    enquiry.save(update_fields=["state", "decided_at", "client"])
    audit(actor=actor, action=f"{state} enquiry", subject=enquiry, now=now)


def _write(
    enquiry: Enquiry,
    kind: Message.Kind,
    now: dt.datetime,
    *,
    expires_at: dt.datetime,
    account_manager: AccountManager | None = None,
) -> None:
    """Writes to whoever asks, or to an account manager about them."""
    Message.objects.create(
        occurrence_key=f"{kind}:{enquiry.pk}",
        kind=kind,
        enquiry=enquiry,
        account_manager=account_manager,
        address=account_manager.email if account_manager else enquiry.email,
        message_id=new_message_id(),
        created_at=now,
        due_at=now,
        next_try_at=now,
        expires_at=expires_at,
    )
    nudge_workers()
