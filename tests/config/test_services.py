import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import connection
from django.templatetags.static import StaticNode
from django.utils import timezone
from pytest_django import Settings

from tests.smtp import SmtpServer


@pytest.mark.django_db
def test_session_runs_on_postgresql_18() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        assert cursor.fetchone() == (18,)


def test_session_runs_on_a_real_redis() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert client.ping()


def test_tests_run_in_a_time_zone_that_is_not_utc() -> None:
    assert str(timezone.get_current_timezone()) == "Australia/Lord_Howe"


def test_smtp_server_receives_what_django_sends(smtp_server: SmtpServer) -> None:
    send_mail("¿Mañana?", "Sí.", "me@dayband.example", ["ana@client.example"])

    (message,) = smtp_server.wait_for(1)
    assert message["Subject"] == "¿Mañana?"
    assert message.get_content().strip() == "Sí."


def test_smtp_server_refuses_and_defers_the_recipients_it_was_told_to(smtp_server: SmtpServer) -> None:
    smtp_server.refuse("gone@client.example")
    smtp_server.defer("later@client.example")
    message = EmailMessage()
    message["Subject"] = "Hello"
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        people = ["gone@client.example", "later@client.example", "ana@client.example"]
        refused = client.send_message(message, "me@dayband.example", people)

    assert {address: code for address, (code, _) in refused.items()} == {
        "gone@client.example": 550,
        "later@client.example": 451,
    }
    (delivery,) = smtp_server.deliveries
    assert delivery.recipients == ("ana@client.example",)


def test_static_files_are_collected_with_hashed_names_and_compressed(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", "--no-input", ignore_patterns=["admin"], verbosity=0)

    served = StaticNode.handle_simple("styles/base.css")
    hashed = tmp_path / served.removeprefix(settings.STATIC_URL)
    assert hashed.name != "base.css"
    assert hashed.exists()
    assert hashed.with_name(f"{hashed.name}.br").exists()
