"""What was settled before its mail could go is not asked any more."""

from contextlib import suppress

import pytest
from django.utils import timezone

from clients.models import AccountManager, Contact
from scheduling.outreach import services
from scheduling.outreach.errors import NothingToRetry
from scheduling.outreach.models import Approval, Message
from scheduling.outreach.services.claiming import claim, release
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("settled_by", ["withdraw", "hand_on", "approve"])
@pytest.mark.parametrize("was", [Message.State.DEAD, Message.State.UNDELIVERABLE])
def test_a_request_that_failed_is_not_sent_once_it_is_settled(
    was: str,
    settled_by: str,
    manager: AccountManager,
    contact: Contact,
    superior: Contact,
    approval: Approval,
    smtp_server: SmtpServer,
) -> None:
    Message.objects.update(state=was, reason="550 no")
    now = timezone.now()
    if settled_by == "withdraw":
        services.withdraw_approval(actor=manager, approval=approval, now=now)
    elif settled_by == "approve":
        services.approve(contact=contact, approval=approval, now=now)
    else:
        services.hand_on(contact=contact, approval=approval, email=superior.email, now=now)
    with suppress(NothingToRetry):
        services.retry(actor=manager, message=Message.objects.get(contact=contact), now=timezone.now())
    services.deliver(clock=timezone.now)
    assert contact.email not in [mail["To"].addresses[0].addr_spec for mail in smtp_server.messages]


def test_a_request_given_back_by_the_mail_server_is_not_sent_once_it_is_withdrawn(
    manager: AccountManager, approval: Approval, smtp_server: SmtpServer
) -> None:
    held = claim(now=timezone.now())
    services.withdraw_approval(actor=manager, approval=approval, now=timezone.now())
    release(held, reason="server away", next_try_at=timezone.now())
    services.deliver(clock=timezone.now)
    assert not smtp_server.messages
