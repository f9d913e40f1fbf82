"""Which texts there are, and how one looks."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings

from clients.models import AccountManager, Client, Contact
from scheduling.meetings.offers.comfort import Comfort
from scheduling.outreach.texts.purposes import NEAREST_FORMS, TextPurpose
from scheduling.outreach.texts.rendering import (
    AgreedMeeting,
    OfferedTime,
    OfferedTimes,
    PendingApproval,
    Words,
    render,
)
from scheduling.outreach.texts.shipped import shipped
from scheduling.outreach.texts.wordings import OwnTexts

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    """Where the words of one purpose come from in one form of address; `form` is the one that serves."""

    formality: Contact.Formality
    form: Contact.Formality
    is_own: bool

    @property
    def is_borrowed(self) -> bool:
        return self.form != self.formality


@dataclass(frozen=True)
class Row:
    """One purpose in every form of address."""

    purpose: TextPurpose
    cells: Sequence[Cell]


@dataclass(frozen=True)
class LanguageOfMails:
    """A language by its own name, and how many of its texts are an admin's own."""

    code: str
    name: str
    own_count: int


def rows_of(language: str, own: OwnTexts) -> list[Row]:
    """All purposes in one language."""
    return [
        Row(
            purpose,
            _cells(
                shipped(language).wordings[purpose],
                {form for form in Contact.Formality if (purpose, language, form) in own.wordings},
            ),
        )
        for purpose in TextPurpose
    ]


def frame_cells(language: str, own: OwnTexts) -> list[Cell]:
    """Where what mails begin and end with comes from in one language."""
    return _cells(shipped(language).frames, {form for code, form in own.frames if code == language})


def languages_of_mails(own: OwnTexts) -> list[LanguageOfMails]:
    """Every language that mails are in."""
    counted = Counter(
        [language for _purpose, language, _form in own.wordings] + [language for language, _form in own.frames]
    )
    return [LanguageOfMails(code, name, counted[code]) for code, name in settings.LANGUAGES]


def sample_words(
    language: str,
    formality: str,
    *,
    own: OwnTexts,
    sender: AccountManager,
    now: dt.datetime,
    purpose: str = TextPurpose.PRIORITIES,
    by_name: bool = False,
) -> Words:
    """A whole mail to somebody made up who reads that language, of whom perhaps only the full name is known.

    Raises: BrokenText.
    """
    sample = shipped(language).sample
    contact = Contact(
        client=Client(name=sample.client),
        full_name=sample.contact,
        address_as="" if by_name else sample.contact,
        language=language,
        time_zone=sender.time_zone,
        formality=formality,
    )
    meetings = [AgreedMeeting(sample.meeting, now + days * DAY, now + days * DAY + HOUR) for days in (2, 9)]
    asked = now.astimezone(sender.zone).date()
    return render(
        [purpose],
        contact=contact,
        sender=sender,
        now=now,
        approvals=[
            PendingApproval(sample.approvals[0], asked - 5 * DAY, asked + 4 * DAY),
            PendingApproval(sample.approvals[1], asked - 2 * DAY),
        ],
        dates=meetings,
        meeting=meetings[0],
        offer=OfferedTimes(
            sample.meeting, 60, [OfferedTime(one.start_at, one.end_at, Comfort.WORKING) for one in meetings]
        ),
        code="123456",
        own=own,
    )


def _cells(ours: Collection[str], own: Collection[str]) -> list[Cell]:
    """One for each form of address, by the forms that are shipped and those that are an admin's own."""
    return [_cell(formality, ours, own) for formality in Contact.Formality]


def _cell(formality: Contact.Formality, ours: Collection[str], own: Collection[str]) -> Cell:
    form = next(form for form in NEAREST_FORMS[formality] if form in own or form in ours)
    return Cell(formality, form, is_own=form in own)
