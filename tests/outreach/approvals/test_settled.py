"""What was settled before its mail could go is not asked any more."""

from contextlib import suppress

import pytest
from django.utils import timezone

from clients.models import AccountManager, Contact
from scheduling.outreach import services
from scheduling.outreach.errors import NothingToRetry
from scheduling.outreach.models import Approval, Message
from scheduling.outreach.services.claiming import claim, release
from tests.outreach.approvals.rows import settle
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
    settle(approval, settled_by, superior=superior)
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
