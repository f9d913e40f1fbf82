"""Erases what is held about a contact."""

import datetime as dt

from clients.audit import audit
from clients.models import Contact, Person
from clients.personal_data import AFTER_THE_CONTACT, blank_contact
from scheduling.meetings.models import Attendance, Invitee, Offer
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.services import cancel, withdraw_offer
from scheduling.meetings.services.transactions import booking_transaction
from scheduling.outreach.models import Approval, ApprovalEvent, Message
from scheduling.outreach.personal_data import ALL_HOLDINGS
from scheduling.outreach.reasons import APPROVAL_SETTLED
from scheduling.outreach.services.stored_files import forget_file


@booking_transaction
def erase_contact(*, actor: Person, contact: Contact, now: dt.datetime) -> None:
    """Nothing is held about the contact afterwards: an empty row stands for them in past meetings.

    Meetings to come that need them are cancelled; what they were to choose from or approve is withdrawn. Once more,
    it changes nothing.
    """
    stored = Contact.everyone.select_for_update().get(pk=contact.pk)
    if stored.erased_at is not None:
        return
    _leave_meetings(stored, now)
    _withdraw_offers(stored, now)
    _withdraw_approvals(stored, now)
    for holding in ALL_HOLDINGS:
        holding.erase(stored)
    Contact.everyone.filter(pk=stored.pk).update(**blank_contact(now))
    for holding in AFTER_THE_CONTACT:
        holding.erase(stored)
    audit(actor=actor, action="erase", subject=stored, now=now)


def _leave_meetings(contact: Contact, now: dt.datetime) -> None:
    coming = Attendance.objects.filter(
        contact=contact, status=Status.CONFIRMED, meeting__status=Status.CONFIRMED, meeting__end_at__gt=now
    )
    for row in coming.select_related("meeting"):
        if row.is_optional:
            Attendance.objects.filter(pk=row.pk).update(status=Status.CANCELLED)
        else:
            cancel(actor=contact, meeting=row.meeting, reason="", sequence=row.meeting.sequence, now=now)


def _withdraw_offers(contact: Contact, now: dt.datetime) -> None:
    needed = Invitee.objects.filter(contact=contact, is_optional=False)
    for offer in Offer.objects.filter(invitees__in=needed, meeting__isnull=True, withdrawn_at__isnull=True).distinct():
        withdraw_offer(actor=contact, offer=offer, now=now)


def _withdraw_approvals(contact: Contact, now: dt.datetime) -> None:
    pending = Approval.objects.select_for_update().filter(contact=contact, state=Approval.State.PENDING)
    for approval in pending:
        approval.state = Approval.State.WITHDRAWN
        approval.save(update_fields=["state"])
        forget_file(approval)
        ApprovalEvent.objects.create(approval=approval, kind=ApprovalEvent.Kind.WITHDRAWN, at=now)
        waiting = Message.objects.filter(approval_event__approval=approval, kind=Message.Kind.APPROVAL)
        waiting.filter(state=Message.State.PENDING).update(state=Message.State.SUPERSEDED, reason=APPROVAL_SETTLED)
