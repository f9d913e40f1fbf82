"""An admin's own texts."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clients.audit import audit
from clients.models import AccountManager
from scheduling.outreach.models import MessageText


@transaction.atomic
def save_text(
    *, actor: AccountManager, purpose: str, language: str, formality: str, subject: str, body: str, now: dt.datetime
) -> MessageText:
    """The stored text, said from now on instead of the shipped one.

    Raises: ValidationError where a placeholder is unknown; PermissionDenied, but for admins.
    """
    if not actor.is_staff:
        raise PermissionDenied
    row, is_new = MessageText.objects.select_for_update().get_or_create(
        purpose=purpose, language=language, formality=formality
    )
    changed = [name for name, value in (("subject", subject), ("body", body)) if getattr(row, name) != value]
    row.subject, row.body = subject, body
    row.full_clean()
    if changed:
        row.save()
        audit(actor=actor, action="create" if is_new else "update", subject=row, now=now, fields=changed)
    return row


@transaction.atomic
def reset_text(*, actor: AccountManager, purpose: str, language: str, formality: str, now: dt.datetime) -> bool:
    """Whether there was an own text; from now on the shipped one is said. Raises: PermissionDenied, but for admins."""
    if not actor.is_staff:
        raise PermissionDenied
    rows = MessageText.objects.select_for_update().filter(purpose=purpose, language=language, formality=formality)
    row = rows.first()
    if row is None:
        return False
    audit(actor=actor, action="delete", subject=row, now=now)
    row.delete()
    return True
