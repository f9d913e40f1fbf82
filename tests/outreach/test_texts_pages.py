"""The pages on which admins put mails into their own words."""

import datetime as dt
import re
from html import unescape

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.utils import timezone

from clients.models import AccountManager, AuditEntry
from scheduling.outreach import services
from scheduling.outreach.models import FrameText, Message, MessageText
from scheduling.outreach.texts.purposes import TextPurpose
from scheduling.outreach.texts.rendering import greeting_of, render
from scheduling.outreach.texts.shipped import shipped
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_contact

pytestmark = pytest.mark.django_db

TEXTS = "/outbox/texts/"
TEXT = "/outbox/texts/priorities/de/formal/"
TYPED = {"subject": "Ihre Woche, {contact}", "body": "Was steht an?\r\n\r\nHerzlich, {sender}"}


@pytest.fixture
def admin() -> AccountManager:
    return make_account_manager(full_name="Inés Valdemar", is_staff=True)


@pytest.fixture
def browser(admin: AccountManager) -> Browser:
    signed_in = Browser()
    signed_in.force_login(admin)
    return signed_in


def page_of(response: object) -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]


def preview_in(page: str) -> str:
    return page[page.index('<article class="letter"') : page.index("</article>")]


def test_the_list_says_which_texts_are_own_and_which_another_form_serves(browser: Browser) -> None:
    browser.post(TEXT, TYPED)
    page = page_of(browser.get(TEXTS, {"language": "de"}))
    cells = dict(re.findall(r'href="(/outbox/texts/[^"]+)">(?:<b>)?([^<]+)', page))
    assert len(cells) == (1 + len(TextPurpose)) * 3
    assert cells[TEXT] == "your own"
    assert cells["/outbox/texts/priorities/de/neutral/"] == "as formal"
    assert cells["/outbox/texts/priorities/de/familiar/"] == "comes with Dayband"
    assert "1 of your own" in page
    assert all(name in page for _code, name in settings.LANGUAGES)


def test_the_editor_shows_the_words_of_today_the_placeholders_and_a_whole_mail(browser: Browser) -> None:
    page = page_of(browser.get("/outbox/texts/approvals/ja/formal/"))
    assert "{approvals}" in page
    assert '<article class="letter" lang="ja" dir="ltr">' in page
    letter = preview_in(page)
    assert "<p><bdi>見本様</bdi></p>" in letter
    assert "<li><bdi>パンフレットの草案</bdi>" in letter
    assert "Inés Valdemar" in letter
    assert 'dir="rtl"' in page_of(browser.get("/outbox/texts/dates/ar/familiar/"))


def test_saving_stores_an_own_text_and_says_so(browser: Browser, admin: AccountManager) -> None:
    response = browser.post(TEXT, TYPED)
    assert (response.status_code, response["Location"]) == (302, TEXT)
    row = MessageText.objects.get()
    assert (row.purpose, row.language, row.formality) == ("priorities", "de", "formal")
    assert row.body == "Was steht an?\n\nHerzlich, {sender}"
    assert "<p>Herzlich, <bdi>Inés Valdemar</bdi></p>" in preview_in(page_of(browser.get(TEXT)))
    browser.post(TEXT, TYPED | {"subject": "Ihre Woche"})
    assert [(one.action, one.actor_id, one.details) for one in AuditEntry.objects.order_by("pk")] == [
        ("create", admin.pk, {"fields": ["subject", "body"]}),
        ("update", admin.pk, {"fields": ["subject"]}),
    ]


def test_resetting_brings_the_shipped_words_back(browser: Browser) -> None:
    shipped = preview_in(page_of(browser.get(TEXT)))
    browser.post(TEXT, TYPED)
    assert preview_in(page_of(browser.get(TEXT))) != shipped
    assert browser.post(f"{TEXT}reset/").status_code == 302
    assert browser.post(f"{TEXT}reset/").status_code == 302
    assert not MessageText.objects.exists()
    assert preview_in(page_of(browser.get(TEXT))) == shipped
    assert AuditEntry.objects.filter(action="delete").count() == 1


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("body", "Hallo {kontakt}", "{kontakt} is no placeholder here. You can use {contact}, {sender}"),
        ("body", "Hallo {contact.__class__}", "{contact.__class__} is no placeholder here"),
        ("body", "Hallo {contact", "A brace stands alone."),
        ("subject", "{date!r}", "{date!r} is no placeholder here"),
        ("subject", "", "This field is required."),
        ("body", " \r\n\x0b ", "This field is required."),
    ],
)
def test_what_cannot_be_said_is_refused_and_stays_in_the_form(
    browser: Browser, name: str, typed: str, said: str
) -> None:
    response = browser.post(TEXT, TYPED | {name: typed})
    assert response.status_code == 422
    page = page_of(response)
    assert said in page
    assert f'id="id_{name}_error"' in page
    assert typed.strip() in page
    assert ("Was steht an?" if name == "subject" else "Ihre Woche, {contact}") in page
    assert not MessageText.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_refused_change_leaves_the_text_of_before(browser: Browser) -> None:
    browser.post(TEXT, TYPED)
    assert browser.post(TEXT, TYPED | {"body": "{oops}"}).status_code == 422
    assert MessageText.objects.get().body == "Was steht an?\n\nHerzlich, {sender}"


def test_the_preview_shows_what_is_typed_and_stores_nothing(browser: Browser) -> None:
    typed = {"subject": "Neu: {client}\r\nBcc: x", "body": "<script>alert(1)</script> {sender}"}
    by_button = page_of(browser.post(TEXT, typed | {"preview": "1"}))
    while_typing = page_of(browser.post(f"{TEXT}preview/", typed, headers={"HX-Request": "true"}))
    for page in (by_button, while_typing):
        assert "Neu: Muster GmbH Bcc: x" in page
    escaped = browser.post(f"{TEXT}preview/", typed).content.decode()
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt; <bdi>Inés Valdemar</bdi></p>" in escaped
    assert "<html" not in while_typing
    broken = browser.post(f"{TEXT}preview/", {"subject": "a", "body": "{b}"})
    assert broken.status_code == 200
    assert "{b} is no placeholder here" in page_of(broken)
    assert browser.post(f"{TEXT}preview/").status_code == 200
    assert not MessageText.objects.exists()


def test_only_admins_find_the_pages() -> None:
    browser = Browser()
    browser.force_login(make_account_manager())
    for address in (TEXTS, TEXT):
        assert browser.get(address).status_code == 404
    for address in (TEXT, f"{TEXT}preview/", f"{TEXT}reset/"):
        assert browser.post(address, TYPED).status_code == 404
    assert TEXTS not in page_of(browser.get("/outbox/"))
    assert not MessageText.objects.exists()
    with pytest.raises(PermissionDenied):
        services.save_text(
            actor=make_account_manager(),
            purpose="dates",
            language="en",
            formality="formal",
            subject="a",
            body="{dates}",
            now=timezone.now(),
        )


@pytest.mark.parametrize(
    "address", ["?language=xx", "oops/de/formal/", "dates/xx/formal/", "dates/de/oops/", "dates/de-AT/formal/"]
)
def test_a_text_that_there_is_not_is_not_found(browser: Browser, address: str) -> None:
    assert browser.get(TEXTS + address).status_code == 404


def test_reading_never_writes(browser: Browser) -> None:
    for address in (f"{TEXT}preview/", f"{TEXT}reset/"):
        assert browser.get(address).status_code == 405
    browser.get(TEXT)
    assert not MessageText.objects.exists()


@pytest.mark.parametrize(("language", "said"), [("nb", True), ("de-AT", False)])
def test_the_page_of_a_mail_says_that_there_are_no_texts_in_its_language(
    browser: Browser, admin: AccountManager, language: str, said: bool
) -> None:
    now = timezone.now()
    contact = make_contact(language=language)
    make_meeting(admin, [contact], start_at=now + dt.timedelta(days=9), booked_at=now)
    services.plan(now=now)
    message = Message.objects.get(address=contact.email, kind=Message.Kind.CONFIRMATION)
    page = page_of(browser.get(f"/outbox/{message.pk}/"))
    assert ("Written in English: there are no texts in Norwegian Bokmål yet." in page) is said
    assert ("Written in English" in page) is said


# Greeting and closing

GREETING = "/outbox/texts/greeting/de/formal/"
LINES = {
    "greeting": "Grüß Gott, {contact}!",
    "greeting_by_name": "Grüß Gott!",
    "opening": "Hier schreibt {sender}.",
    "closing": "Habe die Ehre",
}


def test_an_own_greeting_and_closing_stand_in_every_mail_of_that_language_and_form(
    browser: Browser, admin: AccountManager
) -> None:
    page = page_of(browser.get(GREETING))
    assert "Mit freundlichen Grüßen" in preview_in(page)
    assert {"{contact}", "{sender}", "{company}", "{client}"} <= set(re.findall(r'<code dir="ltr">([^<]+)', page))
    shown = page_of(browser.post(f"{GREETING}preview/", LINES))
    assert f"<p>Grüß Gott, <bdi>{shipped('de').sample.contact}</bdi>!</p>" in shown
    assert '<p class="hint">Grüß Gott!</p>' in shown
    assert not FrameText.objects.exists()
    response = browser.post(GREETING, LINES | {"closing": " Habe\r\ndie Ehre "})
    assert (response.status_code, response["Location"]) == (302, GREETING)
    contact = make_contact(full_name="Kari Nord", address_as="Frau Nord", language="de-AT", formality="formal")
    words = render([TextPurpose.PRIORITIES], contact=contact, sender=admin, now=timezone.now())
    assert words.greeting.plain == greeting_of(contact).plain == "Grüß Gott, Frau Nord!"
    assert words.opening is not None
    assert (words.opening.plain, words.closing.plain) == (f"Hier schreibt {admin.full_name}.", "Habe die Ehre")
    assert "Dayband" in words.why.plain
    contact.address_as = ""
    assert greeting_of(contact).plain == "Grüß Gott!"
    # Other forms of address and other texts keep theirs, and every text of that form has it.
    contact.formality = "familiar"
    assert greeting_of(contact).plain != "Grüß Gott!"
    assert "Habe die Ehre" in preview_in(page_of(browser.get(TEXT)))
    listed = page_of(browser.get(TEXTS, {"language": "de"}))
    assert f'href="{GREETING}"><b>your own</b>' in listed
    assert "1 of your own" in listed
    assert browser.post(f"{GREETING}reset/").status_code == 302
    assert not FrameText.objects.exists()
    assert [one.action for one in AuditEntry.objects.order_by("pk")] == ["create", "delete"]


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [
        ("greeting", "Hallo {kontakt}", "{kontakt} is no placeholder here. You can use {contact}."),
        # A mail about a meeting has no sender to name.
        ("greeting_by_name", "Hallo von {sender}", "{sender} is no placeholder here. You can use {contact}."),
        ("opening", "Es ist {date}.", "{date} is no placeholder here"),
        ("closing", "Ihr }", "A brace stands alone."),
        ("closing", "", "This field is required."),
        ("greeting", "\x0b ", "This field is required."),
    ],
)
def test_a_greeting_that_cannot_be_said_is_refused_and_stays_in_the_form(
    browser: Browser, name: str, typed: str, problem: str
) -> None:
    response = browser.post(GREETING, LINES | {name: typed})
    page = page_of(response)
    assert response.status_code == 422
    assert problem in page
    assert response.context["form"].errors.keys() == {name}
    assert all(f'value="{text}"' in page for one, text in LINES.items() if one != name)
    assert not FrameText.objects.exists()
    if typed:
        assert problem in page_of(browser.post(f"{GREETING}preview/", LINES | {name: typed})) or not typed.strip()
