"""Attendees without a database, and the proposals for them: everything not named is as in the engine's defaults."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from clients.models import AccountManager, Contact
from clients.reader import Reader
from holidays_app.calendars import CalendarDays
from scheduling.engine import MeetingRequest, Participant, Policy, Role, weekly_hours
from scheduling.meetings.proposals.page import ProposalPage, proposal_page
from scheduling.meetings.proposals.people import Portrait, portraits
from scheduling.meetings.proposals.query import ProposalQuery
from scheduling.meetings.proposals.sky import CivilDay
from scheduling.meetings.selectors import Attendee, attendee_key

NO_DAYS = CalendarDays({}, {}, frozenset(), frozenset(), "en")
BRITON = Reader("en-GB", "Europe/London")
SPANIARD = Reader("es-ES", "Europe/Madrid")


def attendee(
    person: Contact | AccountManager,
    *,
    holidays: Mapping[dt.date, str] | None = None,
    half_days: Mapping[dt.date, str] | None = None,
    away: Mapping[dt.date, str] | None = None,
    **values: Any,
) -> Attendee:
    """The person as the engine sees them; hours are given as people edit them."""
    holidays, half_days, away = holidays or {}, half_days or {}, away or {}
    values |= {name: weekly_hours(hours) for name, hours in values.items() if name.endswith("_hours")}
    participant = Participant(
        id=attendee_key(person),
        role=Role.CLIENT if isinstance(person, Contact) else Role.STAFF,
        zone=ZoneInfo(person.time_zone),
        days_off=frozenset(holidays) | frozenset(away),
        half_days=frozenset(half_days),
        **values,
    )
    days = CalendarDays(holidays, half_days, frozenset(), frozenset(), "en")
    return Attendee(participant.id, person, participant, days, away)


def contact(number: int, name: str, time_zone: str, **values: Any) -> Attendee:
    """A contact who is called by the first word of the name."""
    person = Contact(pk=number, full_name=name, address_as=name.split(maxsplit=1)[0], time_zone=time_zone)
    return attendee(person, **values)


def colleague(number: int, name: str, time_zone: str, **values: Any) -> Attendee:
    """An account manager who is called by the first word of the name."""
    person = AccountManager(pk=number, full_name=name, address_as=name.split(maxsplit=1)[0], time_zone=time_zone)
    return attendee(person, **values)


def portrait(found: Attendee, reader: Reader = BRITON) -> Portrait:
    """The attendee as the page shows them to somebody else."""
    return portraits([found], AccountManager(pk=999), reader)[0]


def page(
    people: Sequence[Attendee],
    first_date: dt.date,
    last_date: dt.date,
    *,
    reader: Reader = BRITON,
    duration_minutes: int = 45,
    policy: Policy = Policy.SHARED,
    day: dt.date | None = None,
    at: dt.datetime | None = None,
    compare: dt.datetime | None = None,
    with_ways: bool = False,
    any_of: Sequence[Attendee] = (),
    take: int = 1,
) -> ProposalPage:
    """The propose page for the people; the reader is none of them."""
    query = ProposalQuery(
        contact_ids=tuple(one.person.pk for one in people if one.is_client),
        colleague_ids=tuple(one.person.pk for one in people if not one.is_client),
        duration_minutes=duration_minutes,
        first_date=first_date,
        last_date=last_date,
        policy=policy,
        optional_keys=tuple(one.key for one in people if one.participant.optional),
        any_of_ids=tuple(one.person.pk for one in any_of),
        take=take,
    )
    return proposal_page(
        request=MeetingRequest(
            duration_minutes=duration_minutes,
            start_at=CivilDay.of(first_date, reader.zone).start_at,
            end_at=CivilDay.of(last_date, reader.zone).end_at,
            policy=policy,
            pools=query.pools,
        ),
        query=query,
        people=portraits(people, AccountManager(pk=999), reader),
        day=day,
        at=at,
        reader=reader,
        compare=compare,
        with_ways=with_ways,
    )
