"""Private links: made for mails, opened from them.

A link works while it is stored as it was made, is not past its end, and its contact has the mail address that it was
sent to; so whoever changes an address, wherever that is, ends the links sent to the one before.
"""

import base64
import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac

from clients.audit import audit
from clients.errors import LinkEnded
from clients.models import AccountManager, Contact, PrivateLink

Purpose = PrivateLink.Purpose

SEED_BYTES = 32
#: RFC 8058's click comes by POST without a cookie, so that its link has a door of its own.
DOORS = {Purpose.UNSUBSCRIBE: "one_click"}


def link_for(
    contact: Contact,
    purpose: Purpose,
    *,
    now: dt.datetime,
    subject_id: int | None = None,
    expires_at: dt.datetime | None = None,
) -> str:
    """The absolute address at which this contact finds that page, the same each time it is asked for.

    It works until `expires_at`, as last given; without, for ever.
    """
    link, is_new = PrivateLink.objects.get_or_create(
        contact=contact,
        purpose=purpose,
        subject_id=subject_id,
        defaults={**_fresh(contact.email, now), "expires_at": expires_at},
    )
    if not is_new and (link.email != contact.email or _token(link) is None):
        link = _renewed(link, now)
    if link.expires_at != expires_at:
        PrivateLink.objects.filter(pk=link.pk).update(expires_at=expires_at)
    return f"{settings.SITE_ORIGIN}{reverse(DOORS.get(purpose, 'private_link'), args=[_token(link)])}"


def open_link(token: str, *, now: dt.datetime) -> PrivateLink:
    """The link with its contact and their client. Raises: LinkEnded where the token opens nothing (any more)."""
    return link_with(token_hash(token), now=now)


def link_with(hashed: bytes, *, now: dt.datetime) -> PrivateLink:
    """The working link whose token has that hash. Raises: LinkEnded."""
    link = PrivateLink.objects.select_related("contact__client").filter(token_hash=hashed).first()
    if link is None or link.email != link.contact.email or (link.expires_at is not None and link.expires_at <= now):
        raise LinkEnded
    return link


@transaction.atomic
def revoke_links(*, actor: AccountManager, contact: Contact, now: dt.datetime) -> int:
    """How many links of the contact have ended; the mails to come carry others."""
    ended, _rows = PrivateLink.objects.filter(contact=contact).delete()
    if ended:
        audit(actor=actor, action="revoke_links", subject=contact, now=now)
    return ended


def token_hash(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def _token(link: PrivateLink) -> str | None:
    """The token that the link was made with; none where the key for it is gone."""
    tokens = (_derived(bytes(link.seed), key) for key in _keys())
    return next((token for token in tokens if token_hash(token) == bytes(link.token_hash)), None)


def _derived(seed: bytes, key: str) -> str:
    digest = salted_hmac("clients.links", seed, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _keys() -> Iterable[str]:
    # As for signed cookies: a key that is being replaced serves what was made with it.
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _fresh(email: str, now: dt.datetime) -> dict[str, Any]:
    seed = secrets.token_bytes(SEED_BYTES)
    return {
        "seed": seed,
        "token_hash": token_hash(_derived(seed, settings.SECRET_KEY)),
        "email": email,
        "created_at": now,
    }


@transaction.atomic
def _renewed(link: PrivateLink, now: dt.datetime) -> PrivateLink:
    """The link made anew, unless somebody did so meanwhile."""
    stored = PrivateLink.objects.select_for_update(of=("self",)).select_related("contact").get(pk=link.pk)
    if stored.email != stored.contact.email or _token(stored) is None:
        for name, value in _fresh(stored.contact.email, now).items():
            setattr(stored, name, value)
        stored.save(update_fields=["seed", "token_hash", "email", "created_at"])
    return stored
