"""A message as its reader sees it: the mail that was sent, or the one that would be sent now."""

import datetime as dt
import logging
from dataclasses import dataclass
from email import message_from_bytes, policy

from babel import Locale

from clients.tokens import without_tokens
from scheduling.outreach.linking import shown_link
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import correspondences
from scheduling.outreach.services.delivery import write

logger = logging.getLogger(__name__)

State = Message.State
TO_COME = (State.PENDING, State.CLAIMED, State.DEAD, State.DRAFT)


@dataclass(frozen=True)
class Preview:
    """The parts of one mail; `language` and `text_direction` are its reader's, not the page's.

    `calendar` is empty where the mail is about no meeting.
    """

    headers: tuple[tuple[str, str], ...]
    subject: str
    text: str
    html: str
    calendar: str
    language: str
    text_direction: str


def preview_of(message: Message, *, now: dt.datetime) -> Preview | None:
    """The parts of the mail, or nothing where there never will be one or it can't be written."""
    if message.state == State.SENT:
        return _parse(bytes(message.raw or b""))
    if message.state not in TO_COME:
        return None
    try:
        return _parse(write(message, correspondences([message])[message.pk], now=now, link=shown_link).raw)
    except Exception:
        # The page that says why a message failed is needed most where it can't be written.
        logger.exception("Message %s can't be written", message.pk)
        return None


def _parse(raw: bytes) -> Preview:
    mail = message_from_bytes(raw, policy=policy.default)
    # Private links are the reader's alone: nobody else answers in their name.
    parts = {
        part.get_content_type(): without_tokens(part.get_content())
        for part in mail.walk()
        if part.get_content_maintype() == "text"
    }
    language = mail["Content-Language"]
    return Preview(
        headers=tuple(
            (name, without_tokens(str(value)))
            for name, value in mail.items()
            if not name.startswith(("Content-", "MIME-"))
        ),
        subject=mail["Subject"],
        text=parts["text/plain"],
        html=parts["text/html"],
        calendar=parts.get("text/calendar", ""),
        language=language,
        text_direction=Locale.parse(language, sep="-").text_direction,
    )
