"""What is held about a contact, put together from all apps: to be told, and to be erased."""

from collections import Counter
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients import personal_data as of_clients
from clients.models import AccountManager, Contact
from clients.personal_data import NO_WORDS, Holding, told
from scheduling.meetings import personal_data as of_meetings
from scheduling.outreach.models import (
    Approval,
    ApprovalEvent,
    BounceReport,
    Enquiry,
    Enrolment,
    EntryCode,
    LinkRequest,
    MailAddress,
    MailWishes,
    Message,
    Survey,
)


def _named(contact: Contact) -> QuerySet[ApprovalEvent]:
    """Where somebody else wrote their address, as that of whoever decides."""
    return ApprovalEvent.objects.filter(kind=ApprovalEvent.Kind.DECIDER_NAMED, words__iexact=contact.email)


def _theirs(contact: Contact) -> QuerySet[Message]:
    return Message.objects.filter(Q(contact=contact) | Q(attendance__contact=contact))


def _about_them(contact: Contact) -> QuerySet[Message]:
    """Mails that others got, in which the contact may stand as one who attends, decides or is tried on."""
    about = (
        Q(meeting__attendances__contact=contact)
        | Q(approval_event__contact=contact)
        | Q(approval_event__decider=contact)
        | Q(approval_event__in=_named(contact))
        | Q(approval_event__approval__contact=contact)
        | Q(survey__contact=contact)
        | Q(enrolment__contact=contact)
        | Q(offer__invitees__contact=contact)
        | Q(offer_event__contact=contact)
    )
    return Message.objects.filter(about, state=Message.State.SENT).exclude(pk__in=_theirs(contact).values("pk"))


def _address(contact: Contact) -> QuerySet[MailAddress]:
    """What is known of their address, unless it is somebody else's too."""
    rows = MailAddress.objects.filter(email=contact.email.lower())
    people: tuple[QuerySet[Any], ...] = (Contact.objects.exclude(pk=contact.pk), AccountManager.objects.all())
    for others in people:
        rows = rows.exclude(Exists(others.annotate(lower=Lower("email")).filter(lower=OuterRef("email"))))
    return rows if contact.email else rows.none()


HOLDINGS = (
    # Those who refer to other rows come before them.
    Holding(
        "bounces",
        lambda contact: BounceReport.objects.filter(message__in=_theirs(contact)),
        told=("kind", "status", "diagnostic", "reported_at"),
    ),
    Holding("mails_to_others", _about_them, left={"raw": b""}),
    Holding(
        "messages",
        _theirs,
        told=(
            "kind",
            "address",
            "own_subject",
            "own_text",
            "due_at",
            "sent_at",
            "state",
            "reason",
            "raw",
        ),
    ),
    Holding("mail_address", _address, told=("email", "bounce_score", "suppressed_at", "reason")),
    Holding("link_requests", lambda contact: LinkRequest.objects.filter(email__iexact=contact.email or None)),
    Holding("entry_codes", lambda contact: EntryCode.objects.filter(email__iexact=contact.email or None)),
    # What they asked for before they were a contact.
    Holding(
        "enquiries",
        lambda contact: Enquiry.objects.filter(email__iexact=contact.email or None),
        told=("full_name", "company", "email", "language", "time_zone", "about", "wishes", "state", "created_at"),
    ),
    Holding(
        "wishes",
        lambda contact: MailWishes.objects.filter(contact=contact),
        told=("unwanted", "paused_until_date"),
    ),
    Holding(
        "check_ins",
        lambda contact: Enrolment.objects.filter(contact=contact),
        told=("frequency", "first_week_date"),
    ),
    Holding(
        "surveys",
        lambda contact: Survey.objects.filter(contact=contact),
        told=("question", "meeting__title", "asked_at", "score", "comment", "answered_at"),
        left={"comment": ""},
    ),
    Holding(
        "approvals",
        lambda contact: Approval.objects.filter(contact=contact),
        told=("title", "details", "needed_by_date", "link", "file_name", "state", "asked_at"),
        # What our work is about is the client's, not one person's.
        is_kept=True,
    ),
    Holding(
        "words_about_approvals",
        lambda contact: ApprovalEvent.objects.filter(contact=contact).exclude(words=""),
        told=("approval__title", "kind", "at", "words"),
        left={"words": NO_WORDS},
    ),
    Holding(
        "named_for_approvals",
        _named,
        told=("approval__title", "at", "words"),
        left={"words": NO_WORDS},
    ),
)

#: In the order in which they are erased.
ALL_HOLDINGS = (*HOLDINGS, *of_meetings.HOLDINGS, *of_clients.HOLDINGS)


def told_about(contact: Contact) -> dict[str, list[dict[str, Any]]]:
    """Everything that is held about the contact, by what it is."""
    return told((*of_clients.HOLDINGS, *of_meetings.HOLDINGS, *HOLDINGS), contact)


#: What is told, in words; several may go by the same.
NAMES: dict[str, Promise] = {
    "contact": _("Name, address, language, hours and what else describes the person"),
    "days_off": _("Days off"),
    "own_holidays": _("Holidays kept or not kept"),
    "private_links": _("Private links"),
    "record_of_changes": _("Who changed what when"),
    "meetings": _("Meetings and answers to invitations"),
    "changes_of_meetings": _("Meetings moved or cancelled"),
    "offers": _("Offered times and answers"),
    "votes": _("Offered times and answers"),
    "answers_to_offers": _("Offered times and answers"),
    "messages": _("Messages"),
    "bounces": _("Mail that came back"),
    "mail_address": _("Mail that came back"),
    "enquiries": _("What was asked for on a public page"),
    "wishes": _("Wishes about mail"),
    "check_ins": _("Wishes about mail"),
    "surveys": _("Questions and answers"),
    "approvals": _("Approvals"),
    "words_about_approvals": _("Approvals"),
    "named_for_approvals": _("Approvals"),
}


def counted(contact: Contact) -> dict[str, int]:
    """How many rows are held about the contact, by what they are called in the reader's language."""
    counts: Counter[str] = Counter()
    for name, rows in told_about(contact).items():
        counts[str(NAMES[name])] += len(rows)
    return dict(+counts)
