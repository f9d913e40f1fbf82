"""Mails as their readers see them, and when the meeting is that they tell of."""

import datetime as dt
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

from clients.models import AccountManager, Contact
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import correspondences, with_content
from scheduling.outreach.services import plan
from scheduling.outreach.services.delivery import write

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
# Between the clock changes of America and of Europe.
START = dt.datetime(2026, 3, 17, 15, tzinfo=dt.UTC)


def mail_to(person: Contact | AccountManager, kind: Message.Kind, now: dt.datetime = NOW) -> EmailMessage:
    """The latest planned mail of that kind to that person, through its bytes."""
    plan(now=now)
    message = with_content(Message.objects.filter(address=person.email, kind=kind)).latest("pk")
    return parsed(write(message, correspondences([message])[message.pk], now=now).raw)


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


class Reading(HTMLParser):
    """The words of a page, as a person reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.skipped = 0
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.skipped += tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.words += data.split()


def words(text: str) -> set[str]:
    return {word.rstrip(":.") for word in re.findall(r"[\w:–−+@./]+", text)}
