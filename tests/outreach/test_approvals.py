"""Approvals: asked by account managers, decided by contacts behind private links, told to both at once."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from clients.links import Purpose, link_for
from clients.models import AccountManager, AuditEntry, Client, Contact, PrivateLink
from scheduling.outreach import services
from scheduling.outreach.attachments import MAX_BYTES
from scheduling.outreach.check_ins.pending import has_pending_approvals, pending_approvals
from scheduling.outreach.errors import AlreadyDecided
from scheduling.outreach.models import Approval, ApprovalEvent, Message
from tests.clients.sending import sent_by
from tests.outreach.private import path_of, visitor
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

State, Kind = Approval.State, ApprovalEvent.Kind


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Test", email="mara@dayband.example")


@pytest.fixture
def client_row(manager: AccountManager) -> Client:
    return make_client(manager.teams.get(), name="Sample Sails")


@pytest.fixture
def contact(client_row: Client) -> Contact:
    return make_contact(client_row, full_name="Ion Sample", email="ion@client.example")


@pytest.fixture
def approval(manager: AccountManager, contact: Contact) -> Approval:
    return ask(manager, contact)


@pytest.fixture
def browser(contact: Contact, approval: Approval) -> Browser:
    return visitor(contact, Purpose.APPROVAL, approval.pk)


@pytest.fixture
def desk(manager: AccountManager) -> Browser:
    return signed_in(manager)


def signed_in(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


def ask(manager: AccountManager, contact: Contact, **values: Any) -> Approval:
    approval = Approval(client=contact.client, contact=contact, **{"title": "Cost estimate for spring", **values})
    return services.ask_approval(actor=manager, approval=approval, now=timezone.now())


def page_of(approval: Approval) -> str:
    return f"/you/approvals/{approval.pk}/"


def send(browser: Browser, approval: Approval, **fields: str) -> Any:
    """One of the forms on the contact's page, whose hidden fields are alike."""
    page = browser.get(page_of(approval))
    token = {name: sent_by(page)[name] for name in ("csrfmiddlewaretoken", "link")}
    return browser.post(page_of(approval), token | fields)


def told(manager: AccountManager) -> list[str]:
    """What the account manager gets mails about."""
    messages = Message.objects.filter(account_manager=manager, kind=Message.Kind.ANSWER).order_by("pk")
    return [message.approval_event.kind for message in messages if message.approval_event]


def part(mail: EmailMessage, kind: str = "plain") -> str:
    """The words of one part of a mail."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


# Asking


def test_account_manager_asks_and_the_contact_gets_one_mail(desk: Browser, contact: Contact, media: Path) -> None:
    url = reverse("approvals:ask", args=[contact.client_id])
    sent = sent_by(
        desk.get(url),
        title="Cost estimate",
        contact=str(contact.pk),
        details="Two pages.",
        link="https://files.example/estimate",
        needed_by_date=(timezone.now().date() + dt.timedelta(days=9)).isoformat(),
    )
    for _ in range(2):
        response = desk.post(url, {**sent, "file": SimpleUploadedFile("Estimate 1.pdf", b"%PDF-1.7 ...")})
        assert response.status_code == 302
    approval = Approval.objects.get()
    assert response["Location"] == reverse("approvals:detail", args=[approval.pk])
    assert (approval.title, approval.state, approval.file_name) == ("Cost estimate", State.PENDING, "Estimate 1.pdf")
    assert [event.kind for event in approval.events.all()] == [Kind.ASKED]
    message = Message.objects.get()
    assert (message.kind, message.contact, message.address) == (Message.Kind.APPROVAL, contact, contact.email)
    # The second file went with the second form.
    assert len(list((media / "approvals").iterdir())) == 1
    assert "Estimate" not in str(list((media / "approvals").iterdir()))


def test_form_for_a_client_of_another_team_is_not_there(desk: Browser) -> None:
    foreign = make_contact()
    assert desk.get(reverse("approvals:ask", args=[foreign.client_id])).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "required"),
        ("title", "x" * 161, "160"),
        ("contact", "0", "one of the available choices"),
        ("needed_by_date", "2020-01-01", "today or a later day"),
        ("needed_by_date", "soon", "valid date"),
        ("link", "javascript:alert(1)", "valid URL"),
        ("link", "ftp://files.example/", "valid URL"),
        ("details", "x" * 4001, "4000"),
    ],
)
def test_bad_question_is_refused_by_name(field: str, value: str, words: str, desk: Browser, contact: Contact) -> None:
    url = reverse("approvals:ask", args=[contact.client_id])
    good = sent_by(desk.get(url), title="Cost estimate", contact=str(contact.pk))
    response = desk.post(url, good | {field: [value]})
    assert response.status_code == 422
    assert f'href="#id_{field}"' in response.content.decode()
    assert words in response.content.decode()
    assert not Approval.objects.exists()


def test_contact_of_another_client_can_not_be_asked(desk: Browser, contact: Contact) -> None:
    url = reverse("approvals:ask", args=[contact.client_id])
    foreign = make_contact()
    sent = sent_by(desk.get(url), title="Cost estimate", contact=str(foreign.pk))
    assert desk.post(url, sent).status_code == 422


def test_client_whose_superiors_decide_is_hinted_at(desk: Browser, contact: Contact) -> None:
    url = reverse("approvals:ask", args=[contact.client_id])
    hint = "decisions are taken by a superior"
    assert hint not in desk.get(url).content.decode()
    Client.objects.filter(pk=contact.client_id).update(superior_decides=True)
    assert hint in desk.get(url).content.decode()


# Files


def office(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for name in names:
            package.writestr(name, "<x/>")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "is_taken"),
    [
        ("a.pdf", b"%PDF-1.4", True),
        ("A.PDF", b"%PDF-1.4", True),
        ("a.png", b"\x89PNG\r\n\x1a\n....", True),
        ("a.jpg", b"\xff\xd8\xff\xe0", True),
        ("a.jpeg", b"\xff\xd8\xff\xe0", True),
        ("a.docx", office("[Content_Types].xml", "word/document.xml"), True),
        ("a.xlsx", office("[Content_Types].xml", "xl/workbook.xml"), True),
        ("a.pptx", office("[Content_Types].xml", "ppt/presentation.xml"), True),
        ("a.txt", "Zahlen für März\r\n".encode(), True),
        ("a.csv", "\ufeffa;b\n1;2\n".encode(), True),
        ("a.pdf", b"<script>alert(1)</script>", False),
        ("a.png", b"%PDF-1.4", False),
        ("a.html", b"<script>alert(1)</script>", False),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", False),
        ("a.exe", b"MZ", False),
        ("a.pdf.exe", b"%PDF-1.4", False),
        ("pdf", b"%PDF-1.4", False),
        ("a.docx", office("[Content_Types].xml", "xl/workbook.xml"), False),
        ("a.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), False),
        ("a.docx", b"PK\x03\x04 not a zip", False),
        ("a.docm", office("[Content_Types].xml", "word/document.xml"), False),
        ("a.txt", b"MZ\x00\x01", False),
        ("a.csv", b"\xff\xfe\x00a", False),
        ("a.pdf", b"", False),
        ("a.pdf", b"%PDF-" + b"x" * (MAX_BYTES - 5), True),
        ("a.pdf", b"%PDF-" + b"x" * (MAX_BYTES - 4), False),
    ],
)
def test_file_is_taken_by_its_name_and_its_content(
    name: str, content: bytes, is_taken: bool, desk: Browser, contact: Contact, media: Path
) -> None:
    url = reverse("approvals:ask", args=[contact.client_id])
    sent = sent_by(desk.get(url), title="Cost estimate", contact=str(contact.pk))
    response = desk.post(url, {**sent, "file": SimpleUploadedFile(name, content)})
    assert response.status_code == (302 if is_taken else 422)
    assert Approval.objects.exists() == is_taken
    assert (media / "approvals").exists() == is_taken
    if not is_taken:
        assert 'href="#id_file"' in response.content.decode()


def test_of_a_file_too_large_no_more_is_kept_than_shows_that() -> None:
    huge = SimpleUploadedFile("a.pdf", bytes(2 * MAX_BYTES))
    received = RequestFactory().post("/", {"file": huge}).FILES["file"]
    assert isinstance(received, UploadedFile)
    assert MAX_BYTES < (received.size or 0) < MAX_BYTES + 2 * received.DEFAULT_CHUNK_SIZE
    received.close()


@pytest.fixture
def with_file(manager: AccountManager, contact: Contact) -> Approval:
    file = SimpleUploadedFile("stored.pdf", b"%PDF-1.4 figures")
    return ask(manager, contact, file=file, file_name='Zahlen "März".pdf')


def test_file_is_saved_never_shown(desk: Browser, contact: Contact, with_file: Approval) -> None:
    behind_link = visitor(contact, Purpose.APPROVAL, with_file.pk)
    urls = {desk: reverse("approvals:file", args=[with_file.pk]), behind_link: page_of(with_file) + "file/"}
    for browser, url in urls.items():
        response = browser.get(url)
        assert b"".join(response) == b"%PDF-1.4 figures"
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Zahlen")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]


def test_file_is_for_those_alone_who_may_have_it(
    with_file: Approval, manager: AccountManager, contact: Contact
) -> None:
    url = reverse("approvals:file", args=[with_file.pk])
    assert signed_in(make_account_manager(make_team())).get(url).status_code == 404
    assert Browser().get(url).status_code == 302
    other = ask(manager, contact)
    behind_link = visitor(contact, Purpose.APPROVAL, other.pk)
    assert behind_link.get(page_of(with_file) + "file/").status_code == 404
    assert behind_link.get(page_of(other) + "file/").status_code == 404
    # Nothing serves the directory itself.
    for prefix in ("/media/", "/static/", "/"):
        assert signed_in(manager).get(f"{prefix}{with_file.file.name}").status_code == 404


# Deciding


def test_looking_changes_nothing(browser: Browser, contact: Contact, approval: Approval) -> None:
    link = path_of(contact, Purpose.APPROVAL, approval.pk)

    def everything() -> Any:
        tables = (Approval, ApprovalEvent, Message, AuditEntry, PrivateLink)
        return [list(model.objects.order_by("pk").values()) for model in tables]

    before = everything()
    for _ in range(10):
        assert browser.get(link, follow=True).status_code == 200
        assert browser.head(link, follow=True).status_code == 200
    assert everything() == before


def test_approved_once_told_once_and_shown_to_both(
    browser: Browser, desk: Browser, manager: AccountManager, approval: Approval
) -> None:
    assert send(browser, approval, act="approve").status_code == 302
    approval.refresh_from_db()
    assert approval.state == State.APPROVED
    assert told(manager) == [Kind.APPROVED]
    assert "Mara Test</bdi> has been told" in browser.get(page_of(approval)).content.decode()
    for url in (reverse("desk:client", args=[approval.client_id]), reverse("approvals:detail", args=[approval.pk])):
        page = desk.get(url).content.decode()
        assert "Approved" in page
        assert "Ion Sample" in page
    entry = AuditEntry.objects.get(action="approval approved")
    assert entry.actor_id is None


def test_same_answer_twice_is_one_and_another_one_comes_too_late(
    browser: Browser, manager: AccountManager, approval: Approval
) -> None:
    page = sent_by(browser.get(page_of(approval)))
    hidden = {name: page[name] for name in ("csrfmiddlewaretoken", "link")}
    words = {"act": "not_yet", "words": "The sum for May is missing."}
    assert browser.post(page_of(approval), hidden | words).status_code == 302
    assert browser.post(page_of(approval), hidden | words).status_code == 302
    late = [{"act": "approve"}, {"act": "not_yet", "words": "Too dear."}, {"act": "hand_on", "email": "x@y.example"}]
    for answer in late:
        response = browser.post(page_of(approval), hidden | answer)
        assert response.status_code == 409
        assert "settled before" in response.content.decode()
        assert "The sum for May is missing." in response.content.decode()
    assert told(manager) == [Kind.NOT_YET]
    assert approval.events.count() == 2


def test_not_yet_needs_its_because(browser: Browser, manager: AccountManager, approval: Approval) -> None:
    for words in ("", "  ", "x" * 2001):
        response = send(browser, approval, act="not_yet", words=words)
        assert response.status_code == 422
        assert 'href="#id_words"' in response.content.decode()
    assert told(manager) == []


def test_what_they_typed_is_kept_when_it_is_refused(browser: Browser, approval: Approval) -> None:
    response = send(browser, approval, act="hand_on", email="boss at client")
    assert response.status_code == 422
    assert "boss at client" in response.content.decode()


def test_unknown_act_is_refused(browser: Browser, approval: Approval) -> None:
    assert send(browser, approval, act="maybe").status_code == 400
    assert send(browser, approval).status_code == 400
    approval.refresh_from_db()
    assert approval.state == State.PENDING


def test_words_are_shown_as_words(browser: Browser, desk: Browser, approval: Approval) -> None:
    send(browser, approval, act="not_yet", words="<script>alert(1)</script>")
    for page in (
        browser.get(page_of(approval)),
        desk.get(reverse("approvals:detail", args=[approval.pk])),
        desk.get(reverse("desk:client", args=[approval.client_id])),
    ):
        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_link_of_one_approval_opens_no_other(
    browser: Browser, manager: AccountManager, contact: Contact, approval: Approval
) -> None:
    other = ask(manager, contact)
    assert browser.get(page_of(other)).status_code == 404
    page = sent_by(browser.get(page_of(approval)), act="approve")
    assert browser.post(page_of(other), page).status_code == 404
    other.refresh_from_db()
    assert other.state == State.PENDING


def test_withdrawn_question_says_so(
    browser: Browser, desk: Browser, manager: AccountManager, approval: Approval
) -> None:
    sent = sent_by(browser.get(page_of(approval)), act="approve")
    url = reverse("approvals:withdraw", args=[approval.pk])
    assert [desk.post(url).status_code for _ in range(2)] == [302, 302]
    assert Message.objects.get(kind=Message.Kind.APPROVAL).state == Message.State.SUPERSEDED
    response = browser.post(page_of(approval), sent)
    assert response.status_code == 409
    assert "No decision is needed any more" in response.content.decode()
    assert told(manager) == []


def test_answered_question_can_not_be_withdrawn(browser: Browser, desk: Browser, approval: Approval) -> None:
    send(browser, approval, act="approve")
    response = desk.post(reverse("approvals:withdraw", args=[approval.pk]))
    assert response.status_code == 409
    assert "answered meanwhile" in response.content.decode()


def test_account_manager_of_another_team_sees_and_withdraws_nothing(approval: Approval) -> None:
    stranger = signed_in(make_account_manager(make_team()))
    assert stranger.get(reverse("approvals:detail", args=[approval.pk])).status_code == 404
    assert stranger.post(reverse("approvals:withdraw", args=[approval.pk])).status_code == 404


def test_question_is_asked_again_with_its_words(desk: Browser, contact: Contact, approval: Approval) -> None:
    url = reverse("approvals:ask", args=[contact.client_id])
    again = sent_by(desk.get(f"{url}?again={approval.pk}"))
    assert again["title"] == ["Cost estimate for spring"]
    assert again["contact"] == [str(contact.pk)]
    foreign = ask(approval.account_manager, make_contact())
    for number in (foreign.pk, "x", "-1", "9" * 30, ""):
        assert sent_by(desk.get(f"{url}?again={number}"))["title"] == [""]


# Handing on


@pytest.fixture
def superior(client_row: Client) -> Contact:
    return make_contact(client_row, full_name="Olga Over", email="olga@client.example", language="es")


def test_handed_on_the_superior_decides_and_the_first_contact_does_not_any_more(
    browser: Browser, manager: AccountManager, superior: Contact, approval: Approval
) -> None:
    stale = sent_by(browser.get(page_of(approval)), act="approve")
    assert send(browser, approval, act="hand_on", email="OLGA@client.example").status_code == 302
    approval.refresh_from_db()
    assert (approval.contact, approval.state) == (superior, State.PENDING)
    assert told(manager) == [Kind.HANDED_ON]
    # The first request had not gone out yet, and the second one is for the superior.
    requests = Message.objects.filter(kind=Message.Kind.APPROVAL).order_by("pk")
    assert [(one.contact, one.state) for one in requests] == [
        (approval.events.all()[1].contact, Message.State.SUPERSEDED),
        (superior, Message.State.PENDING),
    ]
    page = browser.get(page_of(approval)).content.decode()
    assert "Olga Over" in page
    assert 'value="approve"' not in page
    assert browser.post(page_of(approval), stale).status_code == 409
    send(visitor(superior, Purpose.APPROVAL, approval.pk), approval, act="approve")
    approval.refresh_from_db()
    assert approval.state == State.APPROVED
    assert told(manager) == [Kind.HANDED_ON, Kind.APPROVED]


def test_unknown_superior_is_named_to_the_account_manager_and_asked_by_nobody(
    browser: Browser, desk: Browser, manager: AccountManager, contact: Contact, approval: Approval
) -> None:
    # At another client; nothing tells that we know them.
    make_contact(email="boss@elsewhere.example")
    for _ in range(2):
        assert send(browser, approval, act="hand_on", email="boss@elsewhere.example").status_code == 302
    assert "We know nobody with that address" in browser.get(page_of(approval)).content.decode()
    approval.refresh_from_db()
    assert (approval.contact, approval.state) == (contact, State.PENDING)
    assert told(manager) == [Kind.DECIDER_NAMED]
    assert "boss@elsewhere.example" in desk.get(reverse("desk:client", args=[approval.client_id])).content.decode()
    assert Message.objects.filter(kind=Message.Kind.APPROVAL).count() == 1


def test_nobody_hands_on_to_themselves(browser: Browser, approval: Approval) -> None:
    response = send(browser, approval, act="hand_on", email="Ion@client.example")
    assert response.status_code == 422
    assert "your own address" in response.content.decode()


# Mails


def test_request_goes_out_in_the_contacts_language_with_a_link_that_opens_the_page(
    manager: AccountManager, contact: Contact, smtp_server: SmtpServer
) -> None:
    Contact.objects.update(language="de", formality="formal")
    contact.refresh_from_db()
    approval = ask(manager, contact)
    services.deliver(clock=timezone.now)
    (mail,) = smtp_server.messages
    text = part(mail)
    assert mail["To"].addresses[0].addr_spec == contact.email
    assert mail["Reply-To"].addresses[0].addr_spec == manager.email
    assert mail["Content-Language"] == "de"
    assert "Cost estimate for spring" in text
    assert path_of(contact, Purpose.APPROVAL, approval.pk) in text
    assert path_of(contact, Purpose.WISHES) in text
    assert path_of(contact, Purpose.APPROVAL, approval.pk) in part(mail, "html")


@pytest.mark.parametrize(
    ("answer", "subject", "words"),
    [
        ({"act": "approve"}, "Approved: Cost estimate for spring (Sample Sails)", "Ion Sample has approved this."),
        ({"act": "not_yet", "words": "May is\nmissing."}, "Not yet: Cost estimate", "May is\nmissing."),
        ({"act": "hand_on", "email": "olga@client.example"}, "Handed on: Cost estimate", "Olga Over"),
        ({"act": "hand_on", "email": "b@c.example"}, "Somebody else decides: Cost", "b@c.example"),
    ],
)
def test_answer_is_told_to_the_account_manager(
    answer: dict[str, str],
    subject: str,
    words: str,
    browser: Browser,
    superior: Contact,
    manager: AccountManager,
    approval: Approval,
    smtp_server: SmtpServer,
) -> None:
    send(browser, approval, **answer)
    services.deliver(clock=timezone.now)
    (mail,) = [mail for mail in smtp_server.messages if mail["To"].addresses[0].addr_spec == manager.email]
    assert mail["Subject"].startswith(subject)
    text = part(mail).replace("\r\n", "\n")
    assert words in text
    assert reverse("approvals:detail", args=[approval.pk]) in text
    assert "/p/" not in text


def test_account_manager_sees_the_mail_without_the_link_that_answers_it(
    desk: Browser, contact: Contact, approval: Approval, smtp_server: SmtpServer
) -> None:
    PrivateLink.objects.all().delete()
    message = Message.objects.get()
    urls = [reverse("outreach:message", args=[message.pk]), reverse("outreach:preview", args=[message.pk])]
    for url in urls:
        assert "/p/…/" in desk.get(url).content.decode()
    # Looking at a mail to come makes no link either.
    assert not PrivateLink.objects.exists()
    services.deliver(clock=timezone.now)
    token = path_of(contact, Purpose.APPROVAL, approval.pk).split("/")[2]
    assert token in part(smtp_server.messages[0])
    for url in urls:
        page = desk.get(url).content.decode()
        assert "/p/…/" in page
        assert token not in page


# What check-ins quote


def test_check_ins_quote_what_this_contact_is_to_decide_the_most_urgent_first(
    manager: AccountManager, contact: Contact, superior: Contact
) -> None:
    now = timezone.now()
    late, soon = now.date() + dt.timedelta(days=20), now.date() + dt.timedelta(days=2)
    ask(manager, contact, title="Some day")
    ask(manager, contact, title="Later", needed_by_date=late)
    ask(manager, contact, title="Soon", needed_by_date=soon)
    ask(manager, superior, title="Not theirs")
    done = ask(manager, contact, title="Done")
    services.approve(contact=contact, approval=done, now=now)
    quoted = pending_approvals(contact, now=now, link=link_for)
    assert [(one.title, one.needed_by_date) for one in quoted] == [("Soon", soon), ("Later", late), ("Some day", None)]
    assert Browser().get("/p/" + quoted[0].url.split("/p/")[1]).status_code == 302
    assert pending_approvals(make_contact(contact.client), now=now, link=link_for) == ()


def test_messages_know_whether_something_waits_for_their_contact(
    manager: AccountManager, contact: Contact, approval: Approval
) -> None:
    assert Message.objects.filter(has_pending_approvals(), contact=contact).exists()
    services.withdraw_approval(actor=manager, approval=approval, now=timezone.now())
    assert not Message.objects.filter(has_pending_approvals(), contact=contact).exists()


# At the same time


@pytest.fixture
def at_once() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.mark.django_db(transaction=True)
def test_of_answers_at_the_same_time_one_counts(
    at_once: ThreadPoolExecutor, manager: AccountManager, contact: Contact
) -> None:
    def answer(number: int) -> bool:
        chosen: Any = {"contact": contact, "approval": approval, "now": timezone.now()}
        try:
            services.refuse_for_now(**chosen, words=f"Reason {number}")
        except AlreadyDecided:
            return False
        else:
            return True
        finally:
            connection.close()

    approval = ask(manager, contact)
    assert sum(at_once.map(answer, range(16))) == 1
    assert told(manager) == [Kind.NOT_YET]
