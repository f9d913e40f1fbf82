"""Approvals that are asked for, and what becomes of them on a contact's page."""

from email.message import EmailMessage
from typing import Any

from django.test import Client as Browser
from django.utils import timezone

from clients.models import AccountManager, Contact
from scheduling.outreach import services
from scheduling.outreach.models import Approval, Message
from tests.clients.sending import sent_by


def signed_in(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


def ask(manager: AccountManager, contact: Contact, **values: Any) -> Approval:
    approval = Approval(client=contact.client, contact=contact, **{"title": "Cost estimate for spring", **values})
    return services.ask_approval(actor=manager, approval=approval, now=timezone.now())


def settle(approval: Approval, how: str, *, superior: Contact) -> None:
    """Withdraws it, approves it, or hands it on to somebody else."""
    now = timezone.now()
    if how == "withdraw":
        services.withdraw_approval(actor=approval.account_manager, approval=approval, now=now)
    elif how == "approve":
        services.approve(contact=approval.contact, approval=approval, now=now)
    else:
        services.hand_on(contact=approval.contact, approval=approval, email=superior.email, now=now)


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
