"""What mail providers report, each in its own way."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from scheduling.outreach.models import BounceReport, MailAddress
from tests.outreach.test_bounces import SECRET, event, post, send_one
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
#: Nine on a Monday in Tokyo.
DUE = dt.datetime(2026, 10, 5, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("provider", "key"),
    [
        *((name, "") for name in ("postmark", "brevo", "mailjet", "mailtrap", "resend", "sparkpost")),
        ("mailgun", "MAILGUN_WEBHOOK_SIGNING_KEY"),
        ("mailersend", "MAILERSEND_SIGNING_SECRET"),
        ("mandrill", "MANDRILL_WEBHOOK_KEY"),
        ("unisender_go", "UNISENDER_GO_API_KEY"),
    ],
)
def test_a_provider_is_heard_once_its_key_is_there_and_not_found_before(
    settings: Settings, provider: str, key: str
) -> None:
    """What it says here is no report: some refuse that, and some let it pass."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    assert (post("{}", provider=provider) == 404) == bool(key)
    settings.ANYMAIL[key] = "key"
    assert post("{}", provider=provider) in (200, 400)


def test_a_provider_whose_library_is_not_here_is_not_found(settings: Settings) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    assert post("{}", provider="amazon_ses") == 404


@pytest.mark.parametrize(
    ("details", "kind", "status"),
    [
        ("smtp;450 host mx.client.example[5.9.12.34] said: mailbox busy, try again later", "soft", ""),
        ("smtp;550 host mx.client.example[4.12.33.7] said: no such user", "hard", ""),
    ],
)
def test_an_ip_address_is_no_code(
    smtp_server: SmtpServer, settings: Settings, details: str, kind: str, status: str
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    manager = make_account_manager(make_team(), reminder_minutes=[])
    ana = make_contact(make_client(manager.teams.get()), email="ana@client.example", reminder_minutes=[])
    sent = send_one(manager, ana, dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC))
    bounce_type = "SoftBounce" if kind == "soft" else "HardBounce"
    assert post(event(sent, Details=details, Type=bounce_type)) == 200
    found = BounceReport.objects.get()
    assert (found.kind, found.status) == (kind, status)


def test_a_soft_bounce_without_a_code_of_its_own_is_for_now(smtp_server: SmtpServer, settings: Settings) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    manager = make_account_manager(make_team(), reminder_minutes=[])
    ana = make_contact(make_client(manager.teams.get()), email="ana@client.example", reminder_minutes=[])
    sent = send_one(manager, ana, dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC))
    assert post(event(sent, Type="SoftBounce", Details="smtp;452 Mailbox full, try again later")) == 200
    assert BounceReport.objects.get().kind == "soft"
    assert MailAddress.objects.get().suppressed_at is None


def test_an_event_that_a_provider_posts_again_counts_once_though_another_mail_was_sent_meanwhile(
    smtp_server: SmtpServer, settings: Settings
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    now = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
    manager = make_account_manager(make_team(), reminder_minutes=[])
    ana = make_contact(make_client(manager.teams.get()), email="ana@client.example", reminder_minutes=[])
    same = event(send_one(manager, ana, now), Details="smtp;452 4.2.2 Mailbox full")
    assert post(same) == 200
    later = send_one(manager, ana, now + HOUR)
    assert post(same) == 200
    assert MailAddress.objects.get().bounce_score == 1
    assert not BounceReport.objects.filter(message=later).exists()
