"""The one way to write an audit entry."""

import datetime as dt
from typing import Any

from django.db.models import Model

from clients.models import AuditEntry, Contact, Person


def audit(*, actor: Person | None, action: str, subject: Model, now: dt.datetime, **details: Any) -> AuditEntry:
    """The stored entry, part of the caller's transaction; a contact who acts stands in its details, by number.

    `details` names fields and rows, never their contents: an entry can't be erased.
    """
    if isinstance(actor, Contact):
        details["contact"] = actor.pk
    return AuditEntry.objects.create(
        at=now,
        actor_id=actor.pk if actor is not None and not isinstance(actor, Contact) else None,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        details=details,
    )
