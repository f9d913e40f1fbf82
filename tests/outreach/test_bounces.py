"""Mail that comes back: read from a folder or heard from a provider, counted once, and what follows from it (W14)."""

import base64
import datetime as dt
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from clients.models import AccountManager, AuditEntry, Contact
from scheduling.outreach import services
from scheduling.outreach.models import BounceReport, MailAddress, Message
from scheduling.outreach.operations.delivery_status import Failure, failures, kind_of
from scheduling.outreach.services.bouncing import SOFT_LIMIT
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
SECRET = "provider:of-this-test"
State, Kind = Message.State, BounceReport.Kind


@pytest.fixture
def maya() -> AccountManager:
    return make_account_manager(make_team(), reminder_minutes=[])


@pytest.fixture
def ana(maya: AccountManager) -> Contact:
    return make_contact(make_client(maya.teams.get()), email="Ana@Client.example", reminder_minutes=[])


@pytest.fixture
def sent(maya: AccountManager, ana: Contact, smtp_server: SmtpServer) -> Message:
    """A mail that Ana's server accepted."""
    return send_one(maya, ana, NOW)


def send_one(manager: AccountManager, contact: Contact, at: dt.datetime) -> Message:
    meeting = make_meeting(manager, [contact], start_at=at + 5 * DAY, booked_at=at)
    services.plan(now=at)
    services.deliver(clock=lambda: at)
    return Message.objects.get(meeting=meeting, attendance__contact=contact)


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


def report(
    message: Message | None,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    words: str = "550 5.1.1 No such mailbox",
    returned: str = "message/rfc822",
    recipient: str = "somebody@elsewhere.example",
    report_type: str = "delivery-status",
) -> bytes:
    """What a mail server sends about a mail that it could not deliver."""
    message_id = message.message_id if message else "<nobody@knows.example>"
    return f"""\
From: Mail Delivery System <mailer-daemon@mx.example>
To: hello@dayband.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <1@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={report_type}; boundary="=-parts"

--=-parts
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered.

--=-parts
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 2 Mar 2026 08:00:01 +0000

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--=-parts
Content-Type: {returned}

From: Maya via Dayband <hello@dayband.example>
Message-ID: {message_id}
Subject: Confirmed

Words.

--=-parts--
""".replace("\n", "\r\n").encode()


def put(maildir: Path, *mails: bytes) -> None:
    for mail in mails:
        name = f"{len(list(maildir.glob('*/*')))}.mail.example"
        (maildir / "new" / name).write_bytes(mail)


def address_of(contact: Contact) -> tuple[int, bool, str]:
    """How often mail came back, whether it is used no more, and why."""
    address = MailAddress.objects.get(email=contact.email.lower())
    return address.bounce_score, address.suppressed_at is not None, address.reason


# Reading reports


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_says_which_mail_came_back_and_why(sent: Message, returned: str) -> None:
    (failure,) = failures(report(sent, returned=returned))
    assert failure == Failure(sent.message_id, Kind.HARD, "5.1.1", "550 5.1.1 No such mailbox")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.1", Kind.HARD),
        ("5.4.4", Kind.HARD),
        ("5.0.0", Kind.HARD),
        # A full mailbox is emptied, and a policy is changed.
        ("5.2.2", Kind.SOFT),
        ("5.7.1", Kind.SOFT),
        ("5.7.26", Kind.SOFT),
        ("4.4.7", Kind.SOFT),
        ("", Kind.SOFT),
    ],
)
def test_a_code_means_for_good_or_for_now(status: str, kind: BounceReport.Kind) -> None:
    assert kind_of(status) == kind


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_only_failures_are_failures(sent: Message, action: str) -> None:
    assert failures(report(sent, action=action, status="4.4.1")) == []


def test_the_code_is_found_in_the_servers_words_where_the_field_is_none(sent: Message) -> None:
    (failure,) = failures(report(sent, status="unknown", words="550 5.1.10 RESOLVER.ADR.RecipientNotFound"))
    assert (failure.kind, failure.status) == (Kind.HARD, "5.1.10")


def test_what_is_no_report_fails_nothing(sent: Message) -> None:
    assert failures(report(sent, report_type="disposition-notification")) == []
    assert failures(b"Subject: Away\r\n\r\nI am on holiday, " + sent.message_id.encode()) == []
    assert failures(b"") == []


@given(st.binary(max_size=400), st.integers(0, 1200), st.integers(0, 300))
def test_a_broken_report_breaks_nothing(noise: bytes, at: int, cut: int) -> None:
    whole = report(None)
    failures(whole[:at] + noise + whole[at + cut :])
    failures(noise)


# What follows


def test_a_hard_bounce_ends_mail_to_the_address_at_once(
    sent: Message, ana: Contact, maya: AccountManager, maildir: Path, smtp_server: SmtpServer
) -> None:
    put(maildir, report(sent))
    assert services.read_bounces(maildir, now=NOW + HOUR) == 1
    assert address_of(ana) == (1, True, "550 5.1.1 No such mailbox")
    before = len(smtp_server.deliveries)
    later = send_one(maya, ana, NOW + DAY)
    assert (later.state, later.reason) == (State.SUPPRESSED, "Mail to this address came back.")
    # Whoever organizes it still hears of it.
    assert [one.recipients for one in smtp_server.deliveries[before:]] == [(maya.email,)]


def test_the_same_report_five_times_counts_once(sent: Message, ana: Contact, maildir: Path) -> None:
    put(maildir, *[report(sent)] * 2)
    first = services.read_bounces(maildir, now=NOW + HOUR)
    # Again by another way, and from another server on the same mail.
    put(maildir, *[b"Received: by another.example\r\n" + report(sent, words="550 5.1.1 Unknown user")] * 3)
    again = services.read_bounces(maildir, now=NOW + DAY)
    score, is_suppressed, _ = address_of(ana)
    print(f"W14: 5 reports, score {score}, counted {first + again}")
    assert (first, again, score, is_suppressed) == (1, 0, 1, True)
    assert AuditEntry.objects.filter(action="address suppressed").count() == 1


def test_soft_bounces_end_mail_to_the_address_in_the_end(
    ana: Contact, maya: AccountManager, maildir: Path, smtp_server: SmtpServer
) -> None:
    for number in range(SOFT_LIMIT):
        assert not MailAddress.objects.filter(suppressed_at__isnull=False).exists()
        message = send_one(maya, ana, NOW + number * DAY)
        assert message.state == State.SENT
        put(maildir, report(message, status="4.4.7", words="451 4.4.7 Message expired"))
        assert services.read_bounces(maildir, now=NOW + number * DAY + HOUR) == 1
    assert address_of(ana) == (SOFT_LIMIT, True, "451 4.4.7 Message expired")


def test_a_report_on_a_mail_that_we_never_sent_is_ignored(sent: Message, ana: Contact, maildir: Path) -> None:
    put(maildir, report(None, recipient=ana.email), report(None, recipient=sent.address))
    assert services.read_bounces(maildir, now=NOW) == 0
    assert not MailAddress.objects.exists()
    assert not list((maildir / "new").iterdir())


def test_a_forged_report_ends_nobody_elses_mail(
    sent: Message, ana: Contact, maya: AccountManager, maildir: Path
) -> None:
    # Ana knows the Message-ID of her own mail, and writes that Maya's address does not exist.
    put(maildir, report(sent, recipient=maya.email))
    services.read_bounces(maildir, now=NOW)
    assert list(MailAddress.objects.values_list("email", flat=True)) == ["ana@client.example"]


def test_each_mail_of_the_folder_is_read_once(sent: Message, maildir: Path) -> None:
    put(maildir, report(sent), b"Subject: Away\r\n\r\nHoliday")
    out = StringIO()
    call_command("read_bounces", str(maildir), stdout=out)
    assert out.getvalue() == "1 new reports of mail that came back\n"
    assert not list((maildir / "new").iterdir())
    assert {path.name.partition(":")[2] for path in (maildir / "cur").iterdir()} == {"2,S"}


def test_no_mail_keeps_the_others_from_being_read(sent: Message, maildir: Path) -> None:
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(3000))
    put(maildir, parts, report(sent))
    assert services.read_bounces(maildir, now=NOW) == 1
    assert not list((maildir / "new").iterdir())


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"{tmp_path} is no Maildir"):
        call_command("read_bounces", str(tmp_path))


# A provider's webhook


def event(message: Message, **values: object) -> dict[str, object]:
    """What one provider posts about a mail that came back."""
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": 4323372036854775807,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": message.address,
        "BouncedAt": "2026-03-02T08:00:05Z",
        "Details": "smtp;550 5.1.1 No such mailbox",
        **values,
    }


def post(body: object, *, provider: str = "postmark", secret: str = SECRET) -> int:
    authorization = "Basic " + base64.b64encode(secret.encode()).decode()
    response = Browser(raise_request_exception=False).post(
        f"/outbox/reports/{provider}/",
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": authorization},
    )
    return response.status_code


@pytest.fixture
def _webhook(settings: Settings) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


@pytest.mark.usefixtures("_webhook")
def test_a_providers_report_counts_like_a_servers(sent: Message, ana: Contact) -> None:
    assert post(event(sent)) == 200
    assert post(event(sent)) == 200
    score, is_suppressed, reason = address_of(ana)
    assert (score, is_suppressed) == (1, True)
    assert "No such mailbox" in reason
    assert BounceReport.objects.get().message == sent


@pytest.mark.usefixtures("_webhook")
@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, [Kind.COMPLAINT]),
        ({"Type": "Transient"}, []),
        ({"RecordType": "Delivery"}, []),
        ({"Details": "smtp;452 4.2.2 Mailbox full"}, [Kind.SOFT]),
        ({"Email": "nobody@we-ever-wrote.example"}, []),
        ({"Email": "a\x00b"}, []),
        ({"MessageID": "a\x00b"}, [Kind.HARD]),
    ],
)
def test_a_provider_says_what_became_of_a_mail(sent: Message, values: dict[str, object], kinds: list[str]) -> None:
    assert post(event(sent, **values)) == 200
    assert list(BounceReport.objects.values_list("kind", flat=True)) == kinds


@pytest.mark.usefixtures("_webhook")
@pytest.mark.parametrize("body", ["", "no json", "[]", "{}", '{"RecordType": 1}', "null", '"text"'])
def test_a_body_that_is_none_changes_nothing(sent: Message, body: str) -> None:
    assert post(body) in {200, 400}
    assert not BounceReport.objects.exists()


@pytest.mark.usefixtures("_webhook")
def test_whoever_does_not_know_the_secret_or_the_provider_changes_nothing(sent: Message) -> None:
    assert post(event(sent), secret="provider:guessed") == 400
    assert post(event(sent), provider="nobody") == 404
    assert not BounceReport.objects.exists()


def test_without_a_secret_there_is_no_webhook(sent: Message) -> None:
    assert post(event(sent), secret="") == 404
    assert not BounceReport.objects.exists()


# People


def signed_in(user: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def text_of(browser: Browser, path: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", browser.get(path).content.decode()))


def test_the_pages_say_that_mail_came_back_and_what_to_do(sent: Message, ana: Contact, maya: AccountManager) -> None:
    browser = signed_in(maya)
    pages = (f"/clients/{ana.client_id}/", f"/outbox/{sent.pk}/")
    assert all("came back" not in text_of(browser, page) for page in pages)
    services.record_bounce(message=sent, kind=Kind.HARD, status="5.1.1", diagnostic="No <such> mailbox", now=NOW)
    for page in pages:
        text = text_of(browser, page)
        assert "Mail to ana@client.example came back." in text
        assert "No &lt;such&gt; mailbox" in text
        assert "It works again" in text


@pytest.mark.parametrize("by", ["contact", "message"])
def test_whoever_looks_after_them_says_that_an_address_works_again(
    maya: AccountManager, ana: Contact, smtp_server: SmtpServer, by: str
) -> None:
    now = timezone.now()
    first = send_one(maya, ana, now - HOUR)
    services.record_bounce(message=first, kind=Kind.HARD, status="5.1.1", diagnostic="", now=now)
    make_meeting(maya, [ana], start_at=now + 6 * DAY, booked_at=now)
    services.plan(now=now)
    services.deliver(clock=lambda: now)
    held = Message.objects.get(state=State.SUPPRESSED)
    path = f"/outbox/contacts/{ana.pk}" if by == "contact" else f"/outbox/{first.pk}"

    stranger = signed_in(make_account_manager(make_team()))
    assert stranger.post(f"{path}/trust-address/").status_code == 404
    assert signed_in(maya).get(f"{path}/trust-address/").status_code == 405
    assert address_of(ana)[1]

    browser = signed_in(maya)
    for words in ("Mail is sent to this address again.", "Mail is sent to this address already."):
        assert words in browser.post(f"{path}/trust-address/", follow=True).content.decode()
    assert address_of(ana) == (0, False, "")
    assert AuditEntry.objects.get(action="address trusted").actor_id == maya.pk
    # What was held back goes out after all.
    soon = timezone.now() + HOUR
    assert services.deliver(clock=lambda: soon) == {"sent": 1}
    held.refresh_from_db()
    assert held.state == State.SENT
