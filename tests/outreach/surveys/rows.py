"""Meetings that contacts are asked about, and surveys that wait for an answer."""

import datetime as dt
from typing import Any

from django.utils import timezone

from clients.models import AccountManager, Contact
from scheduling.meetings.models import Meeting
from scheduling.outreach.models import Survey
from tests.outreach.rows import make_meeting

DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
#: A Wednesday, at noon in Tokyo.
MET_AT = dt.datetime(2026, 10, 7, 3, tzinfo=dt.UTC)
#: Half past nine in Tokyo the day after.
MORNING = dt.datetime(2026, 10, 8, 0, 30, tzinfo=dt.UTC)


def meet(manager: AccountManager, contact: Contact, at: dt.datetime = MET_AT, **values: Any) -> Meeting:
    return make_meeting(manager, [contact], start_at=at, booked_at=at - 9 * DAY, **values)


def a_survey(
    manager: AccountManager, contact: Contact, *, question: str = "csat", asked_at: dt.datetime | None = None
) -> Survey:
    """A survey that waits for its answer, asked a moment ago."""
    asked_at = asked_at or timezone.now() - MINUTE
    meeting = meet(manager, contact, asked_at - DAY) if question == "csat" else None
    return Survey.objects.create(
        contact=contact,
        question=question,
        meeting=meeting,
        local_hour=12 if meeting else None,
        account_manager=manager,
        asked_at=asked_at,
        asked_date=asked_at.date(),
        expires_at=asked_at + 30 * DAY,
    )
