"""An admin's own texts."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clients.audit import audit
from clients.models import AccountManager
from scheduling.outreach.models import FrameText, MessageText


@transaction.atomic
def save_text(
    *, actor: AccountManager, purpose: str, language: str, formality: str, subject: str, body: str, now: dt.datetime
) -> None:
    """Stores the text, said from now on instead of the shipped one.

    Raises: ValidationError where a placeholder is unknown; PermissionDenied, but for admins.
    """
    key = {"purpose": purpose, "language": language, "formality": formality}
    _save(actor, MessageText, key, {"subject": subject, "body": body}, now)


@transaction.atomic
def reset_text(*, actor: AccountManager, purpose: str, language: str, formality: str, now: dt.datetime) -> bool:
    """Whether there was an own text; from now on the shipped one is said. Raises: PermissionDenied, but for admins."""
    return _reset(actor, MessageText, {"purpose": purpose, "language": language, "formality": formality}, now)


@transaction.atomic
def save_frame(
    *, actor: AccountManager, language: str, formality: str, lines: Mapping[str, str], now: dt.datetime
) -> None:
    """Stores what mails begin and end with, each of `FrameText.LINES`, instead of the shipped lines.

    Raises: ValidationError where a placeholder is unknown; PermissionDenied, but for admins.
    """
    _save(actor, FrameText, {"language": language, "formality": formality}, lines, now)


@transaction.atomic
def reset_frame(*, actor: AccountManager, language: str, formality: str, now: dt.datetime) -> bool:
    """Whether there were own lines; from now on the shipped ones are said. Raises: PermissionDenied, but for admins."""
    return _reset(actor, FrameText, {"language": language, "formality": formality}, now)


def _save(
    actor: AccountManager,
    model: type[MessageText | FrameText],
    key: Mapping[str, Any],
    words: Mapping[str, str],
    now: dt.datetime,
) -> None:
    _require_admin(actor)
    row, is_new = model.objects.select_for_update().get_or_create(**key)
    changed = [name for name, text in words.items() if getattr(row, name) != text]
    for name in changed:
        setattr(row, name, words[name])
    row.full_clean()
    if changed:
        row.save()
        audit(actor=actor, action="create" if is_new else "update", subject=row, now=now, fields=changed)


def _reset(
    actor: AccountManager, model: type[MessageText | FrameText], key: Mapping[str, Any], now: dt.datetime
) -> bool:
    _require_admin(actor)
    row = model.objects.select_for_update().filter(**key).first()
    if row is None:
        return False
    audit(actor=actor, action="delete", subject=row, now=now)
    row.delete()
    return True


def _require_admin(actor: AccountManager) -> None:
    if not actor.is_staff:
        raise PermissionDenied
