"""Which private links stand in a mail: those that work, or what a preview shows instead."""

import datetime as dt
from collections.abc import Collection
from typing import Protocol

from django.conf import settings

from clients.links import Purpose, link_for, links_for
from clients.models import Contact


class Linker(Protocol):
    """Gives the absolute address of a contact's page, as `clients.links.link_for` does."""

    def __call__(
        self,
        contact: Contact,
        purpose: Purpose,
        *,
        now: dt.datetime,
        subject_id: int | None = None,
        expires_at: dt.datetime | None = None,
    ) -> str: ...


def shown_link(
    contact: Contact,
    purpose: Purpose,
    *,
    now: dt.datetime,
    subject_id: int | None = None,
    expires_at: dt.datetime | None = None,
) -> str:
    """What a preview shows: looking at a mail writes nothing, and only the contact may have the link."""
    return f"{settings.SITE_ORIGIN}/p/…/"


def without_link(
    contact: Contact,
    purpose: Purpose,
    *,
    now: dt.datetime,
    subject_id: int | None = None,
    expires_at: dt.datetime | None = None,
) -> str:
    """What is said, read by others than the contact, or written anew by somebody: a link has no place in it."""
    return ""


def linker_for(wanted: Collection[tuple[Contact, Purpose]], *, now: dt.datetime) -> Linker:
    """`link_for`, with these links at hand, which open no one row and have no end."""
    at_hand = links_for(wanted, now=now)

    def link(
        contact: Contact,
        purpose: Purpose,
        *,
        now: dt.datetime,
        subject_id: int | None = None,
        expires_at: dt.datetime | None = None,
    ) -> str:
        found = at_hand.get((contact.pk, purpose)) if subject_id is None and expires_at is None else None
        return found or link_for(contact, purpose, now=now, subject_id=subject_id, expires_at=expires_at)

    return link
