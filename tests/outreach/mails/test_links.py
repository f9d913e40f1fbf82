"""Links in mails: programs that look at mails may follow each of them as often as they like (row S4)."""

import re
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.test import Client as Browser
from django.urls import resolve

from scheduling.outreach.models import Message
from scheduling.outreach.selectors import correspondences, with_content
from scheduling.outreach.services.delivery import write
from tests.outreach.mails.one_of_each import OneOfEach
from tests.outreach.mails.reading import parsed

pytestmark = pytest.mark.django_db

Kind = Message.Kind
#: What leads nowhere, or says it all itself.
WITHOUT_LINKS = {Kind.TEST, Kind.CODE, Kind.DECLINED}

#: Each of these links opens a page of its own, for whoever has it.
PRIVATE = ("/p/", "/with/")


def links_in(mail: EmailMessage) -> set[str]:
    """Every address of the web in its headers and its parts, the calendar's among them, without our own origin."""
    texts = [str(value) for value in mail.values()]
    texts += [part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart()]  # type: ignore[union-attr]
    found = {link.rstrip(".,;") for text in texts for link in re.findall(r"""\bhttps?://[^\s"'<>]+""", text)}
    ours = {link for link in found if link.startswith(settings.SITE_ORIGIN)}
    assert not found - ours, "a link to somebody else"
    # A preview's, which stand for links, lead nowhere.
    return {link.removeprefix(settings.SITE_ORIGIN) for link in ours if "…" not in link}


def rows() -> dict[str, list[dict[str, object]]]:
    """All rows of all tables; whoever looks has a session, and cached counts have no model."""
    tables = (table for table in apps.get_models(include_auto_created=True) if table != Session)
    return {table._meta.label: list(QuerySet(table).order_by("pk").values()) for table in tables}


def _to_different_pages(links: set[str]) -> list[str]:
    """Every private link, and one of those to each page of account managers."""
    by_page = {link if link.startswith(PRIVATE) else resolve(urlsplit(link).path).view_name: link for link in links}
    return sorted(by_page.values())


def test_every_link_of_every_kind_of_mail_is_opened_ten_times_and_changes_nothing() -> None:
    scene, links = OneOfEach(), dict[str, set[str]]()
    for message in with_content(Message.objects.filter(pk__in=[one.pk for one in scene.messages()])):
        mail = parsed(write(message, correspondences([message])[message.pk], now=scene.now).raw)
        links.setdefault(message.kind, set()).update(links_in(mail))
    assert set(links) == set(Kind.values)
    assert {kind for kind, found in links.items() if not found} == WITHOUT_LINKS
    desk = Browser()
    desk.force_login(scene.manager)
    before = rows()
    for link in _to_different_pages(set().union(*links.values())):
        browser = Browser() if link.startswith(PRIVATE) else desk
        for number in range(10):
            fetch = browser.head if number % 2 else browser.get
            # Most programs that look do not take the cookie on to the page.
            assert fetch(link, follow=number < 4).status_code in ((200,) if number < 4 else (200, 302)), link
    assert rows() == before
