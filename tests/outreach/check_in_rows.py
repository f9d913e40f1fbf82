"""Plans with one contact each, for tests of what is planned and sent."""

import datetime as dt
from typing import Any

from clients.models import Contact
from scheduling.outreach.models import CheckInPlan, Enrolment, Message
from scheduling.outreach.services.check_ins import NewStep, Terms, change_plan, create_plan
from tests.people import make_account_manager, make_client, make_contact, make_team

#: A Saturday: all steps of the week to come lie ahead.
NOW = dt.datetime(2026, 10, 3, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
MONDAY_MORNING = NewStep(0, dt.time(9), "priorities")


def make_plan(
    *steps: NewStep, now: dt.datetime = NOW, contact: Contact | None = None, terms: Terms | None = None, **values: Any
) -> Enrolment:
    """The enrolment of a contact in a new plan with these steps, and values of the contact."""
    manager = make_account_manager(make_team())
    contact = contact or make_contact(make_client(manager.teams.get()), **{"time_zone": "Asia/Tokyo", **values})
    manager.teams.add(contact.client.team)
    plan = create_plan(actor=manager, client=contact.client, contacts=[contact], now=now)
    write_steps(plan, *steps, now=now, terms=terms)
    return Enrolment.objects.get(contact=contact)


def write_steps(plan: CheckInPlan, *steps: NewStep, now: dt.datetime, terms: Terms | None = None) -> None:
    """The plan with other steps; without any it has nothing to say."""
    terms = terms or Terms(plan.quiet_days, plan.is_approved_first)
    manager = plan.account_manager
    change_plan(actor=manager, plan=plan, steps=steps, terms=terms, account_manager=manager, now=now)
    plan.refresh_from_db()


def planned(enrolment: Enrolment) -> list[str]:
    """What is in the outbox for an enrolment, in order: “state, when in UTC, purposes”."""
    rows = Message.objects.filter(enrolment=enrolment).order_by("due_at")
    return [f"{row.state}, {row.due_at:%a %-d %H:%M}, {' '.join(row.purposes)}" for row in rows]
