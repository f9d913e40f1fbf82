"""What a text is for, and the placeholders that it may hold."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Contact


class TextPurpose(models.TextChoices):
    """Every occasion that has a text of its own; the first ones are those of check-ins."""

    PRIORITIES = "priorities", _("Priorities of the week")
    APPROVALS = "approvals", _("Pending approvals")
    NOTHING_PENDING = "nothing_pending", _("A hello when nothing is pending")
    DATES = "dates", _("Dates agreed, and what comes next")
    NO_DATES = "no_dates", _("What comes next when no date is agreed")
    APPROVAL_REQUEST = "approval_request", _("A new request for approval")
    CONFIRM_TIME = "confirm_time", _("“Still suits you?” the working day before")
    SATISFACTION = "satisfaction", _("Survey after a meeting (CSAT)")
    RECOMMENDATION = "recommendation", _("Survey each quarter (NPS)")
    OFFER = "offer", _("Times to choose from")
    OFFER_REMINDER = "offer_reminder", _("A reminder of times to choose from")
    OFFER_ADDED = "offer_added", _("Another time to choose from")
    OFFER_ENDED = "offer_ended", _("Times that can’t be chosen any more")
    OFFER_WITHOUT = "offer_without", _("A vote has ended with a time at which the reader can’t come")
    NEW_LINK = "new_link", _("A new link to the contact’s own page")
    ENTRY_CODE = "entry_code", _("A code for a public page")
    ENQUIRY_CHECK = "enquiry_check", _("Question to somebody unknown whether a request is meant")
    ENQUIRY_DECLINED = "enquiry_declined", _("A polite no to somebody unknown")


Formality = Contact.Formality

#: Where a language has no text in a form of address, the nearest one serves, the more polite one first.
NEAREST_FORMS: Final[Mapping[str, tuple[Formality, ...]]] = MappingProxyType(
    {
        Formality.FORMAL: (Formality.FORMAL, Formality.NEUTRAL, Formality.FAMILIAR),
        Formality.NEUTRAL: (Formality.NEUTRAL, Formality.FORMAL, Formality.FAMILIAR),
        Formality.FAMILIAR: (Formality.FAMILIAR, Formality.NEUTRAL, Formality.FORMAL),
    }
)

#: What a check-in says instead where it has nothing to list.
WITHOUT_ITEMS: Final[Mapping[str, TextPurpose]] = MappingProxyType(
    {TextPurpose.APPROVALS: TextPurpose.NOTHING_PENDING, TextPurpose.DATES: TextPurpose.NO_DATES}
)

_EVERYWHERE = ("contact", "sender", "company", "client")
#: Names that may stand in a text of each purpose. Lists stand alone in a paragraph, and never in a subject.
PLACEHOLDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        TextPurpose.PRIORITIES: (*_EVERYWHERE, "date"),
        TextPurpose.APPROVALS: (*_EVERYWHERE, "date", "approvals"),
        TextPurpose.NOTHING_PENDING: (*_EVERYWHERE, "date"),
        TextPurpose.DATES: (*_EVERYWHERE, "date", "dates"),
        TextPurpose.NO_DATES: (*_EVERYWHERE, "date"),
        TextPurpose.APPROVAL_REQUEST: (*_EVERYWHERE, "approvals"),
        TextPurpose.CONFIRM_TIME: (*_EVERYWHERE, "title", "date", "time", "zone"),
        TextPurpose.SATISFACTION: (*_EVERYWHERE, "title", "date", "time"),
        TextPurpose.RECOMMENDATION: _EVERYWHERE,
        TextPurpose.NEW_LINK: _EVERYWHERE,
        TextPurpose.ENTRY_CODE: (*_EVERYWHERE, "code"),
        TextPurpose.ENQUIRY_CHECK: _EVERYWHERE,
        TextPurpose.ENQUIRY_DECLINED: _EVERYWHERE,
        TextPurpose.OFFER: (*_EVERYWHERE, "title", "duration", "times"),
        TextPurpose.OFFER_REMINDER: (*_EVERYWHERE, "title", "duration", "times"),
        TextPurpose.OFFER_ADDED: (*_EVERYWHERE, "title", "duration", "times"),
        TextPurpose.OFFER_ENDED: (*_EVERYWHERE, "title", "duration"),
        TextPurpose.OFFER_WITHOUT: (*_EVERYWHERE, "title", "duration"),
    }
)
#: Names that may stand in what begins and ends a mail. Mails about meetings, which have no sender, are greeted alike.
FRAME_PLACEHOLDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "greeting": ("contact",),
        "greeting_by_name": ("contact",),
        "opening": _EVERYWHERE,
        "closing": _EVERYWHERE,
    }
)
LISTS: Final = frozenset({"approvals", "dates", "times"})
