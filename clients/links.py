"""Private links: made for mails, opened from them.

A link works while it is stored as it was made, is not past its end, and its contact has the mail address that it was
sent to; so whoever changes an address, wherever that is, ends the links sent to the one before.
"""

import base64
import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac

from clients.audit import audit
from clients.errors import LinkEnded
from clients.models import AccountManager, Contact, PrivateLink

Purpose = PrivateLink.Purpose

SEED_BYTES = 32
# An array for each column: a batch of mails makes hundreds, which the ORM would put together one by one.
_STORE = f"""
    INSERT INTO {connection.ops.quote_name(PrivateLink._meta.db_table)}
        (contact_id, purpose, seed, token_hash, email, created_at)
    SELECT *, %(now)s FROM unnest(
        %(contacts)s::bigint[], %(purposes)s::text[], %(seeds)s::bytea[], %(hashes)s::bytea[], %(emails)s::text[]
    ) ON CONFLICT DO NOTHING RETURNING contact_id, purpose
"""  # noqa: S608  (names of our own, no values)
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
    return _address(purpose, _token(link))


def links_for(wanted: Collection[tuple[Contact, Purpose]], *, now: dt.datetime) -> dict[tuple[int, Purpose], str]:
    """What `link_for` gives for each contact and purpose, by the contact's key, in a few statements for all.

    Only for links that open no one row and have no end.
    """
    emails = {(contact.pk, purpose): contact.email for contact, purpose in wanted}
    addresses = _standing(emails)
    addresses |= _made({key: email for key, email in emails.items() if key not in addresses}, now)
    for contact, purpose in wanted:
        if (contact.pk, purpose) not in addresses:
            # To be made anew, because the address or the secret key is another one; or somebody was as quick.
            addresses[contact.pk, purpose] = link_for(contact, purpose, now=now)
    return addresses


def open_link(token: str, *, now: dt.datetime) -> PrivateLink:
    """The link with its contact and their client. Raises: LinkEnded where the token opens nothing (any more)."""
    return link_with(token_hash(token), now=now)


def link_with(hashed: bytes, *, now: dt.datetime) -> PrivateLink:
    """The working link whose token has that hash. Raises: LinkEnded."""
    link = PrivateLink.objects.select_related("contact__client").filter(token_hash=hashed).first()
    if link is None or link.email != link.contact.email or (link.expires_at is not None and link.expires_at <= now):
        raise LinkEnded
    return link


def revoke_links(*, actor: AccountManager, contact: Contact, now: dt.datetime) -> int:
    """How many links of the contact have ended; the mails to come carry others."""
    return end_links(actor=actor, links=PrivateLink.objects.filter(contact=contact), now=now)


@transaction.atomic
def end_links(*, actor: AccountManager, links: QuerySet[PrivateLink], now: dt.datetime) -> int:
    """How many of these links have ended, each contact's in one audit entry."""
    rows = list(links.select_for_update(of=("self",)).select_related("contact"))
    for contact in {link.contact for link in rows}:
        audit(actor=actor, action="revoke_links", subject=contact, now=now)
    PrivateLink.objects.filter(pk__in=[link.pk for link in rows]).delete()
    return len(rows)


def token_hash(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def _standing(emails: Mapping[tuple[int, Purpose], str]) -> dict[tuple[int, Purpose], str]:
    """The addresses of those links that are stored and work, by contact and purpose."""
    contacts, purposes = {contact for contact, _purpose in emails}, {purpose for _contact, purpose in emails}
    rows = PrivateLink.objects.filter(contact__in=contacts, purpose__in=purposes, subject_id=None, expires_at=None)
    found = {}
    for link in rows.order_by():
        key = link.contact_id, Purpose(link.purpose)
        if link.email == emails.get(key) and (token := _token(link)):
            found[key] = _address(key[1], token)
    return found


def _made(emails: Mapping[tuple[int, Purpose], str], now: dt.datetime) -> dict[tuple[int, Purpose], str]:
    """The addresses of the links that are new, by contact and purpose, once they are stored."""
    if not emails:
        return {}
    # In one order, so that two who make the same links never wait for each other crosswise.
    keys = sorted(emails)
    seeds = {key: secrets.token_bytes(SEED_BYTES) for key in keys}
    tokens = {key: derived_token(seed, settings.SECRET_KEY) for key, seed in seeds.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "contacts": [contact for contact, _purpose in keys],
                "purposes": [str(purpose) for _contact, purpose in keys],
                "seeds": [seeds[key] for key in keys],
                "hashes": [token_hash(tokens[key]) for key in keys],
                "emails": [emails[key] for key in keys],
                "now": now,
            },
        )
        new = [(contact, Purpose(purpose)) for contact, purpose in cursor.fetchall()]
    return {key: _address(key[1], tokens[key]) for key in new}


def _address(purpose: Purpose, token: str | None) -> str:
    return f"{settings.SITE_ORIGIN}{reverse(DOORS.get(purpose, 'private_link'), args=[token])}"


def _token(link: PrivateLink) -> str | None:
    """The token that the link was made with; none where the key for it is gone."""
    tokens = (derived_token(bytes(link.seed), key) for key in _keys())
    return next((token for token in tokens if token_hash(token) == bytes(link.token_hash)), None)


def derived_token(seed: bytes, key: str) -> str:
    """The token of that seed, under a secret key."""
    digest = salted_hmac("clients.links", seed, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _keys() -> Iterable[str]:
    # As for signed cookies: a key that is being replaced serves what was made with it.
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _fresh(email: str, now: dt.datetime) -> dict[str, Any]:
    seed = secrets.token_bytes(SEED_BYTES)
    return {
        "seed": seed,
        "token_hash": token_hash(derived_token(seed, settings.SECRET_KEY)),
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
