"""A check-in as it is said or shown in a chat: without links, which are for its contact's eyes alone."""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage

from django.template.loader import render_to_string

from clients.models import Contact
from scheduling.outreach.check_ins.letter import message_words
from scheduling.outreach.check_ins.quoted import Quoted, quoted_in
from scheduling.outreach.errors import BrokenText
from scheduling.outreach.linking import without_link
from scheduling.outreach.models import Message
from scheduling.outreach.texts.wordings import OwnTexts, own_texts

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Spoken:
    """The words in the contact's language; `text_direction` is “ltr” or “rtl”."""

    contact: Contact
    subject: str
    text: str
    language: str
    text_direction: str

    @property
    def raw(self) -> bytes:
        """The words as a mail, which is how the outbox keeps everything."""
        mail = EmailMessage(policy=policy.SMTP)
        mail.set_content(self.text)
        mail["Subject"] = self.subject
        mail["Content-Language"] = self.language
        return mail.as_bytes()


def spoken_check_in(
    message: Message, *, now: dt.datetime, own: OwnTexts | None = None, facts: Quoted | None = None
) -> Spoken:
    """What a check-in says, its contact's client and its plan's account manager having been read with it."""
    contact, _sender, words = message_words(message, now=now, link=without_link, own=own, facts=facts)
    text = render_to_string("mail/check_in_words.txt", {"words": words}).strip() + "\n"
    return Spoken(contact, words.subject, text, words.language, words.text_direction)


@dataclass(frozen=True)
class ToSay:
    """A check-in that an account manager says, with its words."""

    message: Message
    spoken: Spoken

    @property
    def contact(self) -> Contact:
        return self.spoken.contact


def to_say(messages: Iterable[Message], *, now: dt.datetime) -> tuple[ToSay, ...]:
    """The check-ins with their words, in a fixed number of queries.

    One whose words can't be found is left to the outbox, which says why.
    """
    messages = list(messages)
    if not messages:
        return ()
    own, facts = own_texts(), quoted_in(messages, now=now)
    found = []
    for message in messages:
        try:
            found.append(ToSay(message, spoken_check_in(message, now=now, own=own, facts=facts)))
        except (ValueError, BrokenText):
            logger.exception("Check-in %s has no words", message.pk)
    return tuple(found)
