"""Mail that came back: counted once, and no more sent where nothing arrives."""

import datetime as dt
import hashlib
from pathlib import Path

from django.db import transaction
from django.db.models import F

from clients.audit import audit
from clients.models import AccountManager
from scheduling.meetings.nudge import nudge_workers
from scheduling.outreach.models import BounceReport, MailAddress, Message
from scheduling.outreach.operations import mail_folder
from scheduling.outreach.operations.delivery_status import Failure, failures
from scheduling.outreach.reasons import CAME_BACK

#: So many mails that came back “for now”, and the address is not used any more.
SOFT_LIMIT = 5
Kind = BounceReport.Kind


def read_bounces(directory: Path, *, now: dt.datetime) -> int:
    """How many reports counted of those in a mailbox folder, each of which is marked as read.

    Raises: FileNotFoundError where there is no such folder.
    """
    counted = 0
    for mail in mail_folder.unread(directory):
        # Marked only afterwards: what a killed worker had begun is read again, and counts once all the same.
        counted += sum(record_failure(failure, now=now) for failure in failures(mail.raw))
        mail.mark_read()
    return counted


def record_failure(failure: Failure, *, now: dt.datetime) -> bool:
    """Whether the report is the first one of a mail that we sent; nobody else's mails are ours to judge by."""
    message = Message.objects.filter(message_id=failure.message_id).exclude(address="").defer("raw").first()
    if message is None:
        return False
    return record_bounce(
        message=message, kind=failure.kind, status=failure.status, diagnostic=failure.diagnostic, now=now
    )


@transaction.atomic
def record_bounce(*, message: Message, kind: BounceReport.Kind, status: str, diagnostic: str, now: dt.datetime) -> bool:
    """Whether this is the first such report on the message.

    The address is that which we sent to: whoever forges a report can only end the mail that they get themselves.
    """
    key = hashlib.sha256(f"{message.message_id} {kind}".encode()).hexdigest()
    email = message.address.lower()
    MailAddress.objects.bulk_create([MailAddress(email=email)], ignore_conflicts=True)
    address = MailAddress.objects.select_for_update().get(email=email)
    _report, is_new = BounceReport.objects.get_or_create(
        report_key=key,
        defaults={
            "address": address,
            "message": message,
            "kind": kind,
            "status": status,
            "diagnostic": diagnostic,
            "reported_at": now,
        },
    )
    if not is_new:
        return False
    address.bounce_score = F("bounce_score") + 1
    address.reason = diagnostic or status
    address.save(update_fields=["bounce_score", "reason"])
    address.refresh_from_db(fields=["bounce_score"])
    if address.suppressed_at is None and (kind != Kind.SOFT or address.bounce_score >= SOFT_LIMIT):
        address.suppressed_at = now
        address.save(update_fields=["suppressed_at"])
        audit(actor=None, action="address suppressed", subject=address, now=now, kind=kind, message=message.pk)
    return True


@transaction.atomic
def trust_address(*, actor: AccountManager, email: str, now: dt.datetime) -> bool:
    """Whether there was anything against the address; what was held back for it alone goes out now.

    The caller has asked whether the address is of somebody that the actor looks after.
    """
    address = MailAddress.objects.select_for_update().filter(email=email.lower()).first()
    if address is None or (address.suppressed_at is None and not address.bounce_score):
        return False
    address.suppressed_at, address.bounce_score, address.reason = None, 0, ""
    address.save()
    held = Message.objects.filter(state=Message.State.SUPPRESSED, reason=CAME_BACK, expires_at__gt=now)
    held.filter(address__iexact=email).update(state=Message.State.PENDING, reason="", next_try_at=now)
    audit(actor=actor, action="address trusted", subject=address, now=now)
    nudge_workers()
    return True
