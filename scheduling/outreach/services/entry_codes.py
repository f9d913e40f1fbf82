"""Codes by which contacts are recognised at public pages.

Asking for one is the same work for every address; the worker who plans the mail finds out whether there is anybody.
"""

import datetime as dt
import hmac
import secrets

from django.db import transaction

from clients.limits import take_place
from clients.models import AccountManager, Contact
from scheduling.meetings.nudge import nudge_workers
from scheduling.outreach.mail import new_message_id
from scheduling.outreach.models import EntryCode, Message
from scheduling.outreach.public_pages import code_of, digest, known_at

VALID_FOR = dt.timedelta(minutes=10)
MOST_TRIES = 5
#: Longer nobody needs to know that a code was asked for.
KEPT_FOR = dt.timedelta(days=1)
#: So many mails with codes one address gets within that time, however often they are asked for.
MAILS_AT_MOST, MAILS_WITHIN_SECONDS = 5, 60 * 60
CHUNK = 500


@transaction.atomic
def ask_for_code(*, account_manager: AccountManager, email: str, now: dt.datetime) -> EntryCode:
    """Notes the wish; the next tick plans the mail, if there is anybody at that address."""
    entry_code = EntryCode.objects.create(
        account_manager=account_manager, email=email, seed=secrets.token_bytes(32), asked_at=now
    )
    nudge_workers()
    return entry_code


@transaction.atomic
def plan_codes(*, now: dt.datetime) -> int:
    """How many mails with codes were written; what is older than a day is forgotten."""
    EntryCode.objects.filter(asked_at__lte=now - KEPT_FOR).delete()
    asked = EntryCode.objects.filter(is_planned=False).select_for_update(skip_locked=True, of=("self",))
    codes = list(asked.select_related("account_manager").order_by("pk")[:CHUNK])
    for entry_code in codes:
        is_wanted = entry_code.asked_at + VALID_FOR > now
        contact = known_at(entry_code.account_manager, entry_code.email) if is_wanted else None
        counted = f"code-to:{digest(entry_code.email)}"
        if contact is not None and take_place(counted, MAILS_AT_MOST, MAILS_WITHIN_SECONDS):
            entry_code.message = _message(entry_code, contact, now)
        entry_code.is_planned = True
        entry_code.save(update_fields=["message", "is_planned"])
    return sum(entry_code.message is not None for entry_code in codes)


@transaction.atomic
def use_code(*, pk: int, typed: str, now: dt.datetime) -> Contact | None:
    """The contact whom the right code recognises, once; nobody where it is wrong, used, too old or tried too often.

    Every try counts, and takes the same work whether the address is known or not.
    """
    entry_code = EntryCode.objects.select_for_update(of=("self",)).select_related("account_manager").get(pk=pk)
    is_open = entry_code.used_at is None and entry_code.tries < MOST_TRIES and now < entry_code.asked_at + VALID_FOR
    is_right = hmac.compare_digest(code_of(entry_code), typed)
    contact = known_at(entry_code.account_manager, entry_code.email)
    entry_code.tries = min(entry_code.tries + 1, MOST_TRIES)
    if not (is_open and is_right) or contact is None:
        entry_code.save(update_fields=["tries"])
        return None
    entry_code.used_at = now
    entry_code.save(update_fields=["tries", "used_at"])
    return contact


def _message(entry_code: EntryCode, contact: Contact, now: dt.datetime) -> Message:
    return Message.objects.create(
        occurrence_key=f"code:{entry_code.pk}",
        kind=Message.Kind.CODE,
        contact=contact,
        address=contact.email,
        message_id=new_message_id(),
        created_at=now,
        due_at=now,
        next_try_at=now,
        expires_at=entry_code.asked_at + VALID_FOR,
    )
