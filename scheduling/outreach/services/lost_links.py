"""New links for those who have lost theirs."""

import datetime as dt

from django.db import transaction

from clients.models import Contact
from scheduling.meetings.nudge import nudge_workers
from scheduling.meetings.selectors import looks_after
from scheduling.outreach.mail import new_message_id
from scheduling.outreach.models import LinkRequest, Message

#: Who asks again within this time gets one mail.
ONCE_WITHIN = dt.timedelta(minutes=10)
#: A link that late helps nobody any more.
GRACE = dt.timedelta(hours=6)
CHUNK = 500


@transaction.atomic
def ask_for_link(*, email: str, now: dt.datetime) -> None:
    """Notes the wish; the next tick plans the mail, if there is anybody at that address."""
    LinkRequest.objects.create(email=email, asked_at=now)
    nudge_workers()


@transaction.atomic
def plan_links(*, now: dt.datetime) -> int:
    """How many mails with a link to a contact's own page were written; requests are forgotten thereby."""
    requests = list(LinkRequest.objects.select_for_update(skip_locked=True).order_by("pk")[:CHUNK])
    planned = 0
    for request in requests:
        if request.asked_at + GRACE > now:
            for contact in Contact.objects.filter(email__iexact=request.email).select_related("client"):
                planned += _plan(contact, request.asked_at, now)
    LinkRequest.objects.filter(pk__in=[request.pk for request in requests]).delete()
    return planned


def _plan(contact: Contact, asked_at: dt.datetime, now: dt.datetime) -> int:
    recent = Message.objects.filter(contact=contact, kind=Message.Kind.LINK, created_at__gt=now - ONCE_WITHIN)
    if recent.exists() or looks_after(contact) is None:
        return 0
    Message.objects.create(
        occurrence_key=f"link:{contact.pk}:{asked_at:%Y%m%dT%H%M%S.%fZ}",
        kind=Message.Kind.LINK,
        contact=contact,
        address=contact.email,
        message_id=new_message_id(),
        created_at=now,
        due_at=now,
        next_try_at=now,
        expires_at=asked_at + GRACE,
    )
    return 1
