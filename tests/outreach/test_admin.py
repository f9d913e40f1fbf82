"""The administration of what is sent and asked: to be looked at, and links to be ended."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.links import Purpose, link_for
from clients.models import AccountManager, AuditEntry, Contact, PrivateLink
from scheduling.outreach.models import Approval, ApprovalEvent, Survey, SurveyRule
from tests.clients.sending import sent_by
from tests.outreach.private import path_of, visitor
from tests.people import make_account_manager, make_contact

pytestmark = pytest.mark.django_db

LISTS = ["outreach_approval", "outreach_survey", "outreach_surveyrule", "outreach_message", "clients_privatelink"]


@pytest.fixture
def contact() -> Contact:
    return make_contact(full_name="Ion Sample", email="ion@client.example")


@pytest.fixture
def admin_row(contact: Contact) -> AccountManager:
    return make_account_manager(contact.client.team, is_staff=True, is_superuser=True)


@pytest.fixture
def browser(admin_row: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(admin_row)
    return browser


@pytest.fixture
def rows(contact: Contact, admin_row: AccountManager) -> dict[str, Any]:
    """One row of each model."""
    now = timezone.now()
    asked: dict[str, Any] = {"contact": contact, "account_manager": admin_row, "asked_at": now}
    approval = Approval.objects.create(client=contact.client, title="Estimate", file_name="Estimate.pdf", **asked)
    ApprovalEvent.objects.create(approval=approval, kind="not_yet", at=now, contact=contact, words="May is missing.")
    link_for(contact, Purpose.APPROVAL, now=now, subject_id=approval.pk)
    return {
        "outreach_approval": approval,
        "outreach_survey": Survey.objects.create(
            question="nps", asked_date=now.date(), expires_at=now, score=6, answered_at=now, comment="So so.", **asked
        ),
        "outreach_surveyrule": SurveyRule.objects.create(client=contact.client, every=3),
        "clients_privatelink": PrivateLink.objects.get(),
    }


@pytest.mark.parametrize("model", LISTS)
@pytest.mark.parametrize("text", ["", "ion", "%", "1" * 30, "é"])
def test_lists_are_shown_and_searched(browser: Browser, rows: dict[str, Any], model: str, text: str) -> None:
    assert browser.get(reverse(f"admin:{model}_changelist") + f"?q={text}").status_code == 200


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("outreach_approval", ["Estimate.pdf", "May is missing."]),
        ("outreach_survey", ["So so."]),
        ("outreach_surveyrule", ["3"]),
        ("clients_privatelink", ["ion@client.example"]),
    ],
)
def test_rows_are_read_and_neither_added_changed_nor_deleted(
    browser: Browser, rows: dict[str, Any], model: str, words: list[str]
) -> None:
    row = rows[model]
    url = reverse(f"admin:{model}_change", args=[row.pk])
    page = browser.get(url).content.decode()
    assert all(word in page for word in words)
    assert 'name="_save"' not in page
    assert browser.post(url, {}).status_code == 403
    assert browser.get(reverse(f"admin:{model}_add")).status_code == 403
    assert browser.post(reverse(f"admin:{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()


def test_nothing_that_opens_a_link_is_shown(browser: Browser, contact: Contact, rows: dict[str, Any]) -> None:
    link = rows["clients_privatelink"]
    token = path_of(contact, Purpose.APPROVAL, link.subject_id).split("/")[2]
    secrets = [bytes(link.seed), bytes(link.token_hash)]
    for page in ("changelist", "change"):
        url = reverse(f"admin:clients_privatelink_{page}", args=[link.pk] if page == "change" else [])
        shown = browser.get(url).content.decode()
        assert token not in shown
        assert not [secret for secret in secrets if secret.hex() in shown or str(secret) in shown]


def test_chosen_links_are_ended_and_others_stay(browser: Browser, contact: Contact, rows: dict[str, Any]) -> None:
    link = rows["clients_privatelink"]
    path = path_of(contact, Purpose.WISHES)
    inside = visitor(contact, Purpose.APPROVAL, link.subject_id)
    url = reverse("admin:clients_privatelink_changelist")
    sent = sent_by(browser.get(url), action="end", _selected_action=str(link.pk))
    answer = browser.post(url, sent, follow=True)
    assert "1 link has ended" in answer.content.decode()
    assert list(PrivateLink.objects.values_list("purpose", flat=True)) == [Purpose.WISHES]
    assert Browser().get(path).status_code == 302
    # Whoever has opened it already is out too.
    assert inside.get(f"/you/approvals/{link.subject_id}/").status_code in (404, 410)
    entry = AuditEntry.objects.get(action="revoke_links")
    assert (entry.subject_type, entry.subject_id) == ("clients.contact", contact.pk)
