"""Which private links stand in a mail: those that work, or what a preview shows instead."""

import datetime as dt
from typing import Protocol

from django.conf import settings

from clients.links import Purpose
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
