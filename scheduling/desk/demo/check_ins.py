"""Check-in plans of the made-up clients: every second one has one, in different rhythms and on different terms."""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from clients.models import AccountManager, Client, Contact
from scheduling.outreach.models import CheckInPlan, Enrolment, Purpose
from scheduling.outreach.services.check_ins import NewStep, Terms, change_plan, create_plan, enrol, log_talk, pause_plan

Frequency = Enrolment.Frequency
CONTACTS_ENROLLED = 2
#: The plan of somebody in Riyadh who prefers the phone.
CALLED = 10
CALL_AT = dt.time(10)


def plan_check_ins(*, managers: Sequence[AccountManager], contacts: Sequence[Contact], now: dt.datetime) -> None:
    """Plans in the names of managers of the clients' teams.

    A few are read first, one is paused, one is silent now, and one is a call of the first manager's.
    """
    by_client = groupby(sorted(contacts, key=lambda contact: contact.client_id), key=lambda contact: contact.client)
    for number, (client, theirs) in enumerate([(client, list(theirs)) for client, theirs in by_client]):
        if number % 2 == 0:
            plan = _plan(client, theirs, _manager(managers, client, number), number // 2, now)
            if number // 2 == CALLED:
                _call(plan, theirs[0], managers[0], now)


def _plan(
    client: Client, contacts: Sequence[Contact], manager: AccountManager, number: int, now: dt.datetime
) -> CheckInPlan:
    terms = Terms(quiet_days=2 + number % 2, is_approved_first=number % 3 == 0)
    plan = create_plan(actor=manager, client=client, contacts=contacts[:1], terms=terms, now=now)
    for contact in contacts[1:CONTACTS_ENROLLED]:
        frequency = (Frequency.FORTNIGHTLY, Frequency.MONTHLY)[number % 2]
        enrol(actor=manager, plan=plan, contact=contact, frequency=frequency, now=now)
    if number == 1:
        pause_plan(actor=manager, plan=plan, now=now)
    if number == 2:
        log_talk(
            actor=manager, client=client, at=now - dt.timedelta(hours=20), note="Called about the rollout", now=now
        )
    return plan


def _call(plan: CheckInPlan, contact: Contact, manager: AccountManager, now: dt.datetime) -> None:
    """Somebody who prefers the phone is called once a week, and so that it is on Today: at the next ten there."""
    wall = now.astimezone(contact.zone)
    date = wall.date() if wall.time() < CALL_AT else wall.date() + dt.timedelta(1)
    change_plan(
        actor=manager,
        plan=plan,
        steps=[NewStep(date.weekday(), CALL_AT, Purpose.PRIORITIES)],
        terms=Terms(quiet_days=0),
        account_manager=manager,
        now=now,
    )


def _manager(managers: Sequence[AccountManager], client: Client, number: int) -> AccountManager:
    in_team = [manager for manager in managers if manager.teams.filter(pk=client.team_id).exists()]
    return in_team[number // 2 % len(in_team)]
