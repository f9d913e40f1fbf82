"""Approvals are decided by contacts behind private links, or handed on by them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.links import Purpose
from clients.models import AccountManager, AuditEntry, Contact, PrivateLink
from scheduling.outreach import services
from scheduling.outreach.errors import AlreadyDecided
from scheduling.outreach.models import Approval, ApprovalEvent, Message
from tests.clients.sending import sent_by
from tests.outreach.approvals.rows import ask, page_of, send, settle, told
from tests.outreach.private import path_of, visitor
from tests.people import make_contact

pytestmark = pytest.mark.django_db

State, Kind = Approval.State, ApprovalEvent.Kind


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


# Handing on


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


@pytest.mark.parametrize("settled_by", ["withdraw", "hand_on", "approve"])
def test_words_that_come_too_late_stay_on_the_page(
    browser: Browser, manager: AccountManager, contact: Contact, superior: Contact, approval: Approval, settled_by: str
) -> None:
    page = sent_by(browser.get(page_of(approval)))
    hidden = {name: page[name] for name in ("csrfmiddlewaretoken", "link")}
    settle(approval, settled_by, superior=superior)
    typed = "Three paragraphs on the sum for May."
    response = browser.post(page_of(approval), hidden | {"act": "not_yet", "words": typed})
    assert response.status_code == 409
    assert typed in response.content.decode()


def test_words_typed_behind_a_link_that_ended_meanwhile_are_not_lost(browser: Browser, approval: Approval) -> None:
    sent = sent_by(browser.get(page_of(approval)), act="not_yet", words="Three paragraphs on the sum for May.")
    PrivateLink.objects.update(expires_at=timezone.now())
    response = browser.post(page_of(approval), sent)
    assert response.status_code == 404
    assert "Three paragraphs" in response.content.decode()
