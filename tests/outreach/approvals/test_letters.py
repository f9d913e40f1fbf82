"""What is told of approvals: requests, answers, and what check-ins quote."""

import datetime as dt

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.links import Purpose, link_for
from clients.models import AccountManager, Contact, PrivateLink
from scheduling.outreach import services
from scheduling.outreach.check_ins.pending import as_pending, has_pending_approvals
from scheduling.outreach.check_ins.quoted import quoted
from scheduling.outreach.models import Approval, ApprovalEvent, Message
from tests.outreach.approvals.rows import ask, part, send
from tests.outreach.private import path_of
from tests.people import make_contact
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

State, Kind = Approval.State, ApprovalEvent.Kind


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
    nobody = make_contact(contact.client)
    found = quoted([contact, nobody], ["approvals"], first_at=now, last_at=now).approvals
    assert [(one.title, one.needed_by_date) for one in found[contact.pk]] == [
        ("Soon", soon),
        ("Later", late),
        ("Some day", None),
    ]
    assert found[nobody.pk] == []
    url = as_pending(found[contact.pk][0], contact, now=now, link=link_for).url
    assert Browser().get("/p/" + url.split("/p/")[1]).status_code == 302


def test_messages_know_whether_something_waits_for_their_contact(
    manager: AccountManager, contact: Contact, approval: Approval
) -> None:
    assert Message.objects.filter(has_pending_approvals(), contact=contact).exists()
    services.withdraw_approval(actor=manager, approval=approval, now=timezone.now())
    assert not Message.objects.filter(has_pending_approvals(), contact=contact).exists()
