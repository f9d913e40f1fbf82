"""Approvals are asked for by account managers, and followed by them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.forms import KEY_REUSED
from clients.models import AccountManager, Client, Contact
from scheduling.outreach.models import Approval, ApprovalEvent, Message
from tests.clients.sending import errors_of, sent_by
from tests.outreach.approvals.rows import ask, page_of, send, told
from tests.people import make_contact

pytestmark = pytest.mark.django_db

State, Kind = Approval.State, ApprovalEvent.Kind


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


@pytest.mark.parametrize(
    "other", [{"title": "Invoice"}, {"details": "Three pages."}, {"file": SimpleUploadedFile("a.txt", b"other")}]
)
def test_another_question_sent_from_the_same_form_is_not_dropped(
    other: dict[str, str | SimpleUploadedFile], desk: Browser, contact: Contact, media: Path
) -> None:
    def post(**fields: object) -> Any:
        return desk.post(url, {**sent, "file": SimpleUploadedFile("a.txt", b"first"), **fields})

    url = reverse("approvals:ask", args=[contact.client_id])
    sent = sent_by(desk.get(url), title="Cost estimate", contact=str(contact.pk))
    assert post().status_code == 302
    refused = post(**other)
    assert errors_of(refused) == {"__all__": [str(KEY_REUSED)]}
    assert Approval.objects.count() == Message.objects.count() == len(list((media / "approvals").iterdir())) == 1
    assert desk.post(url, sent_by(refused)).status_code == 302
    assert Approval.objects.count() == 2


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


def test_question_is_asked_again_with_its_words(desk: Browser, contact: Contact, approval: Approval) -> None:
    url = reverse("approvals:ask", args=[contact.client_id])
    again = sent_by(desk.get(f"{url}?again={approval.pk}"))
    assert again["title"] == ["Cost estimate for spring"]
    assert again["contact"] == [str(contact.pk)]
    foreign = ask(approval.account_manager, make_contact())
    for number in (foreign.pk, "x", "-1", "9" * 30, ""):
        assert sent_by(desk.get(f"{url}?again={number}"))["title"] == [""]


def test_whoever_has_no_address_is_not_said_to_be_asked(desk: Browser, contact: Contact) -> None:
    nobody = make_contact(contact.client, full_name="Nora No", email="")
    url = reverse("approvals:ask", args=[contact.client_id])
    response = desk.post(url, sent_by(desk.get(url), title="Cost estimate", contact=str(nobody.pk)), follow=True)
    assert Message.objects.get().state == Message.State.UNDELIVERABLE
    assert [str(one) for one in response.context["messages"]] == [
        "Nobody was told: Nora No has no mail address. Once there is one, send it again from the outbox."
    ]


def test_needed_by_is_not_over_before_it_is_asked(
    desk: Browser, manager: AccountManager, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    AccountManager.objects.update(time_zone="America/Los_Angeles")
    Contact.objects.update(time_zone="Asia/Tokyo")
    # Sunday evening, 22 November, in Los Angeles; Monday, 23 November, in Tokyo.
    now = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    desk.force_login(AccountManager.objects.get())
    url = reverse("approvals:ask", args=[contact.client_id])
    sent = sent_by(desk.get(url), title="Cost estimate", contact=str(contact.pk), needed_by_date="2026-11-22")
    response = desk.post(url, sent)
    assert response.status_code == 422
    assert errors_of(response) == {
        "needed_by_date": ["That day is over already where Ion Sample is. Choose a later one."]
    }
    assert not Approval.objects.exists()
