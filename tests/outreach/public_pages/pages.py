"""Browsers at an account manager's public page, and what it writes."""

import re
import sys
import uuid
from collections.abc import Callable
from email import message_from_bytes, policy
from types import FrameType
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import AccountManager
from scheduling.outreach.forms.public_pages import STAMP_SALT
from scheduling.outreach.letters import Supplies, letter_of
from scheduling.outreach.linking import shown_link
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import correspondences
from scheduling.outreach.services import plan

PAGE = "/with/mara/"
REQUEST = {
    "full_name": "Vera Fremd",
    "company": "Fremd & Co",
    "email": "vera@fremd.example",
    "language": "de",
    "time_zone": "Asia/Calcutta",
    "about": "A stand at the fair in spring.",
    "wishes": "Mornings, please.",
    "website": "",
}


def browser_at(address: str = "192.0.2.1", **headers: str) -> Browser:
    return Browser(REMOTE_ADDR=address, headers=headers)


def asked(email: str, address: str = "192.0.2.1") -> Browser:
    """A browser in which a code was asked for."""
    browser = browser_at(address)
    assert browser.post(f"{PAGE}client/", {"email": email})["Location"] == f"{PAGE}code/"
    return browser


def words_of(message: Message) -> str:
    """The text of a mail that is to be sent."""
    before = correspondences([message])[message.pk]
    return letter_of(message, before, now=timezone.now(), supplies=Supplies(shown_link)).text


def code_in_mail() -> str:
    """The code that the next tick writes to whoever asked last."""
    plan(now=timezone.now())
    text = words_of(Message.objects.filter(kind="code").latest("pk"))
    found = re.search(r"^\W?(\d{6})\W?$", text, re.MULTILINE)
    assert found
    return found[1]


def stamp(host: AccountManager, *, seconds: float = 10) -> str:
    """Of a form that was shown so long ago."""
    at = timezone.now().timestamp() - seconds
    return signing.dumps({"key": str(uuid.uuid4()), "host": host.pk, "at": at}, salt=STAMP_SALT)


def shapes(act: Callable[[], object]) -> list[str]:
    """The statements that it takes, without their values."""
    with CaptureQueriesContext(connection) as run:
        act()
    return [re.sub(r"'(?:[^']|'')*'|\d+", "?", query["sql"]) for query in run]


def steps(act: Callable[[], object]) -> list[str]:
    """The lines of our own code that it runs, in order: whoever does more for one address than for another shows it."""
    folders = tuple(f"{settings.BASE_DIR}/{name}/" for name in ("clients", "config", "holidays_app", "scheduling"))
    found = []

    def trace(frame: FrameType, event: str, _value: object) -> Any:
        if not frame.f_code.co_filename.startswith(folders):
            return None
        if event == "line":
            found.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(before)
    return found


def text_of_page(content: bytes) -> str:
    """A page without the tokens and codes that differ each time."""
    return re.sub(r'value="(?:[\w:.-]{36,}|\d{6})"', "", content.decode())


def sent_text(raw: bytes) -> str:
    mail = message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
