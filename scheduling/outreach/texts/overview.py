"""Which texts there are, and how one looks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from clients.models import AccountManager, Client, Contact
from scheduling.outreach.texts.purposes import NEAREST_FORMS, TextPurpose
from scheduling.outreach.texts.rendering import AgreedMeeting, PendingApproval, Words, render
from scheduling.outreach.texts.shipped import Wording, shipped
from scheduling.outreach.texts.wordings import OwnWordings

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


def rows_of(language: str, own: OwnWordings) -> list[Row]:
    """All purposes in one language."""
    return [
        Row(purpose, [_cell(purpose, language, formality, own) for formality in Contact.Formality])
        for purpose in TextPurpose
    ]


def languages_of_mails(own: OwnWordings) -> list[LanguageOfMails]:
    """Every language that mails are in."""
    return [
        LanguageOfMails(code, name, sum(language == code for _purpose, language, _form in own))
        for code, name in settings.MAIL_LANGUAGES
    ]


def sample_words(
    wording: Wording, *, purpose: str, language: str, formality: str, sender: AccountManager, now: dt.datetime
) -> Words:
    """A whole mail with these words, to somebody made up who reads that language. Raises: BrokenText."""
    sample = shipped(language).sample
    contact = Contact(
        client=Client(name=sample.client),
        full_name=sample.contact,
        address_as=sample.contact,
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
        own={(purpose, language, formality): wording},
    )


def _cell(purpose: TextPurpose, language: str, formality: Contact.Formality, own: OwnWordings) -> Cell:
    ours = shipped(language).wordings[purpose]
    for form in NEAREST_FORMS[formality]:
        if (purpose, language, form) in own:
            return Cell(formality, form, is_own=True)
        if form in ours:
            return Cell(formality, form, is_own=False)
    raise LookupError(f"no words for {purpose} in {language}")
