"""From a booking to the mail that arrives."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_contact
from tests.smtp import SmtpServer


@pytest.mark.django_db(transaction=True)
def test_a_booked_meeting_is_confirmed_by_mail(smtp_server: SmtpServer, capsys: pytest.CaptureFixture[str]) -> None:
    now = timezone.now()
    contact = make_contact(full_name="Ana Ionescu", language="es-CO")
    make_meeting(make_account_manager(), [contact], start_at=now + dt.timedelta(days=3), booked_at=now)
    call_command("tick")
    assert capsys.readouterr().out == "planned 2, sent 2, failed 0\n"
    to_contact, to_organizer = smtp_server.wait_for(2)
    print(to_contact.as_string())
