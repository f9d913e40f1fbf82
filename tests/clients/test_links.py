"""Private links: hard to guess, told by no table and no log, for one page of one contact, gone when they should be."""

import datetime as dt
import io
import logging
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.test import Client as Browser
from django.utils import timezone
from gunicorn.config import Config
from pytest_django import Settings

from clients import services
from clients.errors import LinkEnded
from clients.links import Purpose, link_for, links_for, open_link, revoke_links
from clients.models import AccountManager, AuditEntry, Contact, PrivateLink
from clients.tokens import without_tokens
from clients.views.private import COOKIE, WRONG_TOKENS
from config.server_log import ServerLog
from tests.people import make_contact

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def contact() -> Contact:
    return make_contact(language="es-CO")


def token_of(url: str) -> str:
    match = re.fullmatch(re.escape(project.SITE_ORIGIN) + r"/p/([A-Za-z0-9_-]+)/(unsubscribe/)?", url)
    assert match, url
    return match[1]


def wishes_link(contact: Contact, **options: Any) -> str:
    return token_of(link_for(contact, Purpose.WISHES, now=NOW, **options))


# Made


def test_link_stays_the_same_and_opens_for_its_contact(contact: Contact) -> None:
    token = wishes_link(contact)
    assert wishes_link(contact) == token
    link = open_link(token, now=NOW)
    assert (link.contact, link.purpose, link.subject_id) == (contact, Purpose.WISHES, None)
    assert PrivateLink.objects.count() == 1


def test_every_contact_purpose_and_row_has_a_link_of_its_own(contact: Contact) -> None:
    other = make_contact(contact.client)
    tokens = {
        wishes_link(contact),
        wishes_link(other),
        token_of(link_for(contact, Purpose.UNSUBSCRIBE, now=NOW)),
        *(token_of(link_for(contact, Purpose.APPROVAL, now=NOW, subject_id=row)) for row in (1, 2)),
    }
    assert len(tokens) == 5
    # 256 bits, in six per character.
    assert {len(token) for token in tokens} == {43}


def test_links_for_many_are_those_for_each(contact: Contact, django_assert_num_queries: Any) -> None:
    stale, moved, fresh = (make_contact(contact.client) for _ in range(3))
    purposes = Purpose.WISHES, Purpose.UNSUBSCRIBE
    known = wishes_link(contact)
    before = wishes_link(moved)
    moved.email = "another@client.example"
    moved.save()
    # A link to one row is another one.
    link_for(stale, Purpose.WISHES, now=NOW, subject_id=1)
    wanted = [(one, purpose) for one in (contact, stale, moved, fresh) for purpose in purposes]
    found = links_for(wanted, now=NOW)
    assert found == {(one.pk, purpose): link_for(one, purpose, now=NOW) for one, purpose in wanted}
    assert token_of(found[contact.pk, Purpose.WISHES]) == known
    assert token_of(found[moved.pk, Purpose.WISHES]) != before
    for (pk, purpose), url in found.items():
        link = open_link(token_of(url), now=NOW)
        assert (link.contact_id, link.purpose, link.created_at) == (pk, purpose, NOW)
    with django_assert_num_queries(1):
        assert links_for(wanted, now=NOW) == found


def test_many_new_links_take_two_statements(contact: Contact, django_assert_num_queries: Any) -> None:
    contacts = [make_contact(contact.client) for _ in range(5)]
    with django_assert_num_queries(2):
        assert len(links_for([(one, Purpose.WISHES) for one in contacts], now=NOW)) == 5


def test_table_alone_tells_no_token(contact: Contact, settings: Settings) -> None:
    token = wishes_link(contact)
    row = PrivateLink.objects.values().get()
    assert token not in str(row)
    settings.SECRET_KEY = "another key, as if the table had been taken without the key"
    settings.SECRET_KEY_FALLBACKS = []
    assert wishes_link(contact) != token


def test_link_survives_a_new_secret_key_with_the_old_one_to_fall_back_on(contact: Contact, settings: Settings) -> None:
    token = wishes_link(contact)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key " * 5, [settings.SECRET_KEY]
    assert wishes_link(contact) == token
    assert open_link(token, now=NOW).contact == contact


# Ended


@pytest.mark.parametrize("change", ["x", "", "y\0"])
def test_mistyped_link_opens_nothing(contact: Contact, change: str) -> None:
    token = wishes_link(contact)
    with pytest.raises(LinkEnded):
        open_link(token[:-1] + change, now=NOW)


def test_link_ends_at_its_time_and_lives_again_when_it_is_sent_again(contact: Contact) -> None:
    token = wishes_link(contact, expires_at=NOW + dt.timedelta(days=90))
    open_link(token, now=NOW + dt.timedelta(days=90, seconds=-1))
    with pytest.raises(LinkEnded):
        open_link(token, now=NOW + dt.timedelta(days=90))
    assert wishes_link(contact, expires_at=NOW + dt.timedelta(days=120)) == token
    open_link(token, now=NOW + dt.timedelta(days=90))


def test_link_ends_when_the_address_changes_and_another_is_sent_to_the_new_one(
    contact: Contact, manager: AccountManager
) -> None:
    old = wishes_link(contact)
    contact.email = "new@client.example"
    services.update_contact(actor=manager, contact=contact, changed=["email"], now=NOW)
    with pytest.raises(LinkEnded):
        open_link(old, now=NOW)
    new = wishes_link(contact)
    assert new != old
    assert open_link(new, now=NOW).contact == contact
    with pytest.raises(LinkEnded):
        open_link(old, now=NOW)


def test_revoked_links_end_and_later_mails_carry_others(contact: Contact, manager: AccountManager) -> None:
    other = make_contact(contact.client)
    old, others = wishes_link(contact), wishes_link(other)
    assert revoke_links(actor=manager, contact=contact, now=NOW) == 1
    with pytest.raises(LinkEnded):
        open_link(old, now=NOW)
    assert wishes_link(contact) != old
    assert open_link(others, now=NOW).contact == other
    entry = AuditEntry.objects.get(action="revoke_links")
    assert (entry.actor_id, entry.subject_id) == (manager.pk, contact.pk)


def test_account_manager_ends_the_links_of_their_own_contacts_alone(
    browser: Browser, own_contact: Contact, foreign_contact: Contact
) -> None:
    own, foreign = wishes_link(own_contact), wishes_link(foreign_contact)
    assert browser.get(f"/clients/contacts/{own_contact.pk}/end-links/").status_code == 405
    page = browser.post(f"/clients/contacts/{own_contact.pk}/end-links/", follow=True)
    assert "The links have ended" in page.content.decode()
    assert browser.post(f"/clients/contacts/{foreign_contact.pk}/end-links/").status_code == 404
    with pytest.raises(LinkEnded):
        open_link(own, now=NOW)
    open_link(foreign, now=NOW)


# Opened in a browser


def test_link_leads_to_a_clean_address_with_a_cookie_for_that_page_alone(contact: Contact, client: Browser) -> None:
    token = wishes_link(contact)
    response = client.get(f"/p/{token}/")
    assert (response.status_code, response["Location"]) == (302, "/you/wishes/")
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    cookie = response.cookies[COOKIE]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/you/wishes/", "Lax", True)
    assert token not in str(cookie)
    page = client.get("/you/wishes/")
    assert page.status_code == 200
    assert token not in page.content.decode() + str(page.headers)
    assert "no-store" in page["Cache-Control"]
    assert page["Content-Language"] == "es"


def test_cookie_of_one_page_opens_no_other(contact: Contact, client: Browser) -> None:
    client.get(f"/p/{wishes_link(contact)}/")
    # A browser would not even send it there.
    client.cookies[COOKIE]["path"] = "/you/unsubscribe/"
    assert client.get("/you/unsubscribe/").status_code == 404


def test_forged_cookie_opens_nothing(contact: Contact, client: Browser) -> None:
    wishes_link(contact)
    client.cookies[COOKIE] = bytes(PrivateLink.objects.get().token_hash).hex()
    assert client.get("/you/wishes/").status_code == 404


def test_open_page_ends_with_its_link(contact: Contact, client: Browser, manager: AccountManager) -> None:
    client.get(f"/p/{wishes_link(contact)}/")
    revoke_links(actor=manager, contact=contact, now=NOW)
    assert client.get("/you/wishes/").status_code == 404


def test_mistyped_ended_and_revoked_links_answer_alike_in_the_browsers_language(
    contact: Contact, client: Browser
) -> None:
    ended = wishes_link(contact, expires_at=timezone.now() - dt.timedelta(days=1))
    moved = make_contact()
    other = wishes_link(moved)
    Contact.objects.filter(pk=moved.pk).update(email="elsewhere@client.example")
    pages = set()
    for token in (ended, other, "x" * 43, "%00", "é"):
        response = client.get(f"/p/{token}/", headers={"accept-language": "es"})
        assert response.status_code == 404
        pages.add(response.content)
    (page,) = pages
    assert '<html lang="es"' in page.decode()
    assert "<h1>" in page.decode()
    assert client.get("/you/wishes/", headers={"accept-language": "es"}).content == page


def test_looking_at_a_link_any_number_of_times_changes_nothing(contact: Contact, client: Browser) -> None:
    urls = [
        f"/p/{wishes_link(contact)}/",
        f"/p/{token_of(link_for(contact, Purpose.UNSUBSCRIBE, now=NOW))}/unsubscribe/",
    ]
    before = (list(Contact.objects.values()), list(PrivateLink.objects.values()), AuditEntry.objects.count())
    for url in urls:
        for _ in range(10):
            assert client.get(url, follow=True).status_code == 200
            assert client.head(url, follow=True).status_code == 200
    assert before == (list(Contact.objects.values()), list(PrivateLink.objects.values()), AuditEntry.objects.count())


def test_link_takes_no_post(contact: Contact, client: Browser) -> None:
    assert client.post(f"/p/{wishes_link(contact)}/").status_code == 405


# Guessing


def test_guessing_is_refused_after_ten_wrong_links_whatever_the_headers_say(contact: Contact, client: Browser) -> None:
    right = wishes_link(contact)
    for number in range(WRONG_TOKENS):
        headers = {"x-forwarded-for": f"198.51.100.{number}", "forwarded": f"for=198.51.100.{number}"}
        assert client.get(f"/p/{number}/", headers=headers).status_code == 404
    refused = client.get("/p/11/", headers={"x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9"})
    assert refused.status_code == 429
    assert refused["Retry-After"]
    # Whether the next one is right is not told either; elsewhere, and a minute later, it is.
    assert client.get(f"/p/{right}/").status_code == 429
    assert client.get(f"/p/{right}/", REMOTE_ADDR="192.0.2.7").status_code == 302
    cache.clear()
    assert client.get(f"/p/{right}/").status_code == 302


def test_right_links_are_never_too_many(contact: Contact, client: Browser) -> None:
    token = wishes_link(contact)
    assert {client.get(f"/p/{token}/").status_code for _ in range(2 * WRONG_TOKENS)} == {302}


# Logs


@pytest.fixture
def log() -> Any:
    """What the project's own handlers write while the test runs."""
    written = io.StringIO()
    handlers = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    assert handlers, "the project logs to a console"
    streams = [handler.setStream(written) for handler in handlers]
    yield written
    for handler, stream in zip(handlers, streams, strict=True):
        handler.setStream(stream)


def test_logs_do_not_show_tokens(contact: Contact, client: Browser, log: io.StringIO) -> None:
    token = wishes_link(contact, expires_at=timezone.now() - dt.timedelta(days=1))
    client.get(f"/p/{token}/")
    client.post(f"/p/{token}/")
    client.get(f"/p/{token[:-1]}%0a/nowhere")
    Browser(enforce_csrf_checks=True).post("/you/wishes/", {"token": token})
    assert "/p/…" in log.getvalue()
    assert token[:-1] not in log.getvalue()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('"GET /p/AbC-_9/ HTTP/1.1" 302', '"GET /p/…/ HTTP/1.1" 302'),
        ("Error handling request /p/AbC?x=1", "Error handling request /p/…?x=1"),
        ("https://dayband.example/p/AbC/unsubscribe/", "https://dayband.example/p/…/unsubscribe/"),
        ("GET /accounts/password/reset/key/3-d0a-77/ HTTP/1.1", "GET /accounts/password/reset/key/…/ HTTP/1.1"),
        ("GET /clients/1/ and /help/AbC", "GET /clients/1/ and /help/AbC"),
    ],
)
def test_token_is_taken_out_of_a_line(line: str, shown: str) -> None:
    assert without_tokens(line) == shown


def test_web_server_does_not_log_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    options = Config()
    options.set("accesslog", "-")
    server = ServerLog(options)
    request = SimpleNamespace(headers=[("REFERER", "https://dayband.example/p/SecretToken/")])
    response = SimpleNamespace(status="302 Found", sent=0, headers=[])
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": "/p/SecretToken/?a=b",
        "PATH_INFO": "/p/SecretToken/",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": "https://dayband.example/p/SecretToken/",
    }
    server.access(response, request, environ, dt.timedelta(milliseconds=3))
    server.exception("Error handling request %s", "/p/SecretToken/")
    written = "".join(capsys.readouterr())
    assert written.count("/p/…/") == 3
    assert "SecretToken" not in written


@pytest.mark.parametrize("starter", ["Dockerfile", "config/supervisor.py"])
def test_web_server_is_started_with_that_log(starter: str) -> None:
    assert "--logger-class=config.server_log.ServerLog" in (project.BASE_DIR / starter).read_text("utf-8")
