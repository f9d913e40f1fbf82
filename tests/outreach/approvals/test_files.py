"""Files of approvals: which are taken, who gets them, and that none is left behind."""

import datetime as dt
import io
import zipfile
from functools import partial
from pathlib import Path, PurePath
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import DataError
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from clients.links import Purpose
from clients.models import AccountManager, Contact
from scheduling.outreach import services
from scheduling.outreach.attachments import MAX_BYTES
from scheduling.outreach.models import Approval
from scheduling.outreach.services.erasing import erase_contact
from tests.clients.sending import sent_by
from tests.outreach.approvals.rows import ask, page_of, signed_in
from tests.outreach.private import visitor
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db


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


def files_in(media: Path) -> list[str]:
    return [path.name for path in (media / "approvals").iterdir()]


def test_file_of_a_withdrawn_question_is_deleted_once_that_is_sure(
    with_file: Approval, manager: AccountManager, desk: Browser, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    withdraw = partial(services.withdraw_approval, actor=manager, approval=with_file, now=timezone.now())
    with django_capture_on_commit_callbacks() as callbacks:
        withdraw()
    assert files_in(media)
    for callback in callbacks:
        callback()
    assert not files_in(media)
    page = desk.get(reverse("approvals:detail", args=[with_file.pk])).content.decode()
    assert with_file.file_name.partition(" ")[0] in page
    assert "deleted when the question was withdrawn" in page
    assert desk.get(reverse("approvals:file", args=[with_file.pk])).status_code == 404
    withdraw()


def test_answered_question_keeps_its_file(with_file: Approval, contact: Contact, media: Path) -> None:
    services.approve(contact=contact, approval=with_file, now=timezone.now())
    assert files_in(media)


def test_question_that_fails_leaves_no_file(manager: AccountManager, contact: Contact, media: Path) -> None:
    file = SimpleUploadedFile("stored.pdf", b"%PDF-1.4")
    # PostgreSQL sees that after the file was written.
    with pytest.raises(DataError):
        ask(manager, contact, title="x" * 161, file=file, file_name="a.pdf")
    assert not files_in(media)
    assert not Approval.objects.exists()


def test_files_that_nothing_refers_to_are_swept_after_an_hour(
    with_file: Approval, manager: AccountManager, contact: Contact, media: Path
) -> None:
    kept = ask(manager, make_contact(make_client(manager.teams.get())), file=SimpleUploadedFile("b.txt", b"b"))
    # Deleted by whichever way, with everything that is the client's.
    contact.client.delete()
    assert len(files_in(media)) == 2
    now = timezone.now()
    assert services.sweep_files(now=now) == 0
    assert services.sweep_files(now=now + dt.timedelta(minutes=61)) == 1
    assert files_in(media) == [PurePath(kept.file.name or "").name]


def test_without_files_there_is_nothing_to_sweep() -> None:
    assert services.sweep_files(now=timezone.now()) == 0


def test_erasing_who_was_to_decide_leaves_no_file(
    with_file: Approval, manager: AccountManager, contact: Contact, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        erase_contact(actor=manager, contact=contact, now=timezone.now())
    with_file.refresh_from_db()
    assert with_file.state == Approval.State.WITHDRAWN
    assert not files_in(media)


def test_document_whose_main_part_has_another_name_is_taken(desk: Browser, contact: Contact) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
            'PartName="/word/document2.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/></Types>',
        )
        package.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
            'Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            'Target="word/document2.xml"/></Relationships>',
        )
        package.writestr("word/document2.xml", "<w:document/>")
    url = reverse("approvals:ask", args=[contact.client_id])
    sent = sent_by(desk.get(url), title="Cost estimate", contact=str(contact.pk))
    assert desk.post(url, {**sent, "file": SimpleUploadedFile("a.docx", content.getvalue())}).status_code == 302
