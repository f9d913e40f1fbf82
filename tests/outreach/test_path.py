"""The whole way: booked, reminded of, moved and cancelled by the services, told by mail at each step."""

import datetime as dt

import pytest

from scheduling.meetings import services as meetings
from scheduling.outreach.services import deliver, plan
from tests.outreach.icalendar_reader import instant, read
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
THURSDAY_NOON = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_a_meeting_is_told_of_from_its_booking_to_its_cancellation(smtp_server: SmtpServer) -> None:
    maya = make_account_manager(make_team(), full_name="Maya Okafor", email="maya@dayband.example")
    ana = make_contact(
        make_client(maya.teams.get()), email="ana@client.example", language="es-CO", time_zone="America/Bogota"
    )

    def told(now: dt.datetime) -> list[tuple[str, str, dt.datetime]]:
        """Subject's first word, method and start of the mails that now reach the client."""
        before = len(smtp_server.deliveries)
        plan(now=now)
        deliver(clock=lambda: now)
        found = []
        for delivery in smtp_server.deliveries[before:]:
            if delivery.recipients == ("ana@client.example",):
                file = next(part for part in delivery.message.walk() if part.get_filename() == "invite.ics")
                calendar = read(file.get_content())
                subject = str(delivery.message["Subject"]).split(":")[0]
                found.append((subject, calendar["METHOD"].value, instant(calendar, "DTSTART")))
        return found

    meeting = meetings.book(
        actor=maya,
        contacts=[ana],
        colleagues=[maya],
        title="Quarterly review",
        start_at=THURSDAY_NOON + 2 * HOUR,
        duration_minutes=45,
        now=NOW,
    )
    assert told(NOW) == [("Confirmada", "REQUEST", THURSDAY_NOON + 2 * HOUR)]
    meeting = meetings.move(
        actor=maya,
        meeting=meeting,
        start_at=THURSDAY_NOON + 3 * HOUR,
        duration_minutes=30,
        reason="",
        sequence=0,
        now=NOW + HOUR,
    )
    moved_at = THURSDAY_NOON + 3 * HOUR
    assert told(NOW + HOUR) == [("Nueva hora", "REQUEST", moved_at)]
    assert told(moved_at - DAY) == [("Recordatorio", "REQUEST", moved_at)]
    assert told(moved_at - HOUR) == [("Recordatorio", "REQUEST", moved_at)]
    meetings.cancel(actor=maya, meeting=meeting, reason="", sequence=1, now=moved_at - HOUR / 2)
    assert told(moved_at - HOUR / 2) == [("Cancelada", "CANCEL", moved_at)]
    assert told(moved_at) == []
