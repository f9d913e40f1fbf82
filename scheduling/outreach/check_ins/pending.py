"""What waits for an answer from a contact, as far as mails speak of it."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from clients.links import Purpose
from clients.models import Contact
from clients.reader import reader_of
from scheduling.outreach.linking import Linker
from scheduling.outreach.models import Approval
from scheduling.outreach.texts.rendering import PendingApproval

#: A link works for so long after the last mail that it stands in.
LINK_LIFE = dt.timedelta(days=90)


def as_pending(approval: Approval, contact: Contact, *, now: dt.datetime, link: Linker) -> PendingApproval:
    """The approval as a mail to that contact quotes it."""
    reader = reader_of(contact)
    url = link(contact, Purpose.APPROVAL, now=now, subject_id=approval.pk, expires_at=now + LINK_LIFE)
    return PendingApproval(approval.title, reader.day_of(approval.asked_at), approval.needed_by_date, url)


def has_pending_approvals() -> Q:
    """Of messages: whether something waits for the approval of their contact."""
    return Q(Exists(Approval.objects.filter(contact=OuterRef("contact"), state=Approval.State.PENDING)))
