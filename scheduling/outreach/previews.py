"""A message as its reader sees it: the mail that was sent, or the one that would be sent now."""

import datetime as dt
import logging
import re
from dataclasses import dataclass, replace
from email import message_from_bytes, policy

from babel import Locale

from clients.tokens import without_tokens
from scheduling.outreach.check_ins.spoken import spoken_check_in
from scheduling.outreach.letters import Supplies
from scheduling.outreach.linking import shown_link
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import correspondences
from scheduling.outreach.services.delivery import write

logger = logging.getLogger(__name__)

State = Message.State
# Nobody else is to be recognised by it.
_CODE = re.compile(r"\b\d{6}\b")
TO_COME = (State.PENDING, State.CLAIMED, State.DEAD, State.DRAFT, State.TO_SAY)


@dataclass(frozen=True)
class Preview:
    """The parts of one mail; `language` and `text_direction` are its reader's, not the page's.

    `calendar` is empty where the mail is about no meeting, `html` where it was no mail but said or put into a chat.
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
    found = _preview_of(message, now)
    if found is None or message.kind != Message.Kind.CODE:
        return found
    return replace(found, text=_CODE.sub("…", found.text), html=_CODE.sub("…", found.html))


def _preview_of(message: Message, now: dt.datetime) -> Preview | None:
    if message.state == State.SENT:
        # Of a mail that spoke of somebody who was erased meanwhile, nothing is left.
        return _parse(bytes(message.raw)) if message.raw else None
    if message.state not in TO_COME:
        return None
    try:
        if message.channel != Message.Channel.EMAIL:
            return _parse(spoken_check_in(message, now=now).raw)
        before = correspondences([message])[message.pk]
        return _parse(write(message, before, now=now, supplies=Supplies(shown_link)).raw)
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
        html=parts.get("text/html", ""),
        calendar=parts.get("text/calendar", ""),
        language=language,
        text_direction=Locale.parse(language, sep="-").text_direction,
    )
