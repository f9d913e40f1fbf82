"""Writes the made-up people and their calendars into an empty Dayband."""

import datetime as dt
from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.db import transaction

from clients.models import AccountManager, Client, Contact, DayOff, Person, Team
from holidays_app.models import CalendarChange, HolidayCalendar
from holidays_app.services import ensure_place_calendar
from scheduling.desk.demo import africa_europe, americas, asia, oceania, worldwide
from scheduling.desk.demo.approvals import ask_approvals
from scheduling.desk.demo.cast import (
    LOCAL_CALENDARS,
    MANAGERS,
    PASSWORD,
    WEEK,
    Away,
    DemoClient,
    DemoManager,
    DemoPerson,
)
from scheduling.desk.demo.check_ins import plan_check_ins
from scheduling.desk.demo.meetings import hold_meetings
from scheduling.desk.demo.offers import offer_times
from scheduling.desk.demo.requests import leave_requests
from scheduling.desk.demo.surveys import answer_surveys

CLIENTS: tuple[DemoClient, ...] = (
    worldwide.HALYARD,
    *americas.CLIENTS,
    *africa_europe.CLIENTS,
    *asia.CLIENTS,
    *oceania.CLIENTS,
)
CONTACTS = tuple(contact for client in CLIENTS for contact in client.contacts)


def is_loaded() -> bool:
    """Whether the demo's people are here already."""
    return AccountManager.objects.filter(email__in=[manager.email for manager in MANAGERS]).exists()


@transaction.atomic
def load_demo(*, now: dt.datetime) -> None:
    """Writes everything, with dates relative to `now`, or nothing."""
    today = now.date()
    calendars = _Calendars(today)
    teams = {name: Team.objects.get_or_create(name=name)[0] for manager in MANAGERS for name in manager.teams}
    # One for all: each takes a good part of a second, and what it keeps secret is printed anyway.
    password_hash = make_password(PASSWORD)
    managers = [_manager(manager, teams, calendars, password_hash) for manager in MANAGERS]
    contacts = [contact for client in CLIENTS for contact in _contacts_of(client, teams[client.team], calendars)]
    DayOff.objects.bulk_create(
        day_off
        for demo, person in zip([*MANAGERS, *CONTACTS], [*managers, *contacts], strict=True)
        for day_off in _days_off(demo.away, person, today)
    )
    hold_meetings(managers=managers, contacts=contacts, now=now)
    plan_check_ins(managers=managers, contacts=contacts, now=now)
    answer_surveys(now=now)
    ask_approvals(managers=managers, contacts=contacts, now=now)
    offer_times(manager=managers[0], contacts=contacts[:2], now=now)
    leave_requests(manager=managers[0], now=now)


class _Calendars:
    """The calendars by the code or name that the demo's people are written down with, made when first asked for."""

    def __init__(self, today: dt.date) -> None:
        self._today = today
        self._made: dict[str, HolidayCalendar] = {}

    def __getitem__(self, name: str) -> HolidayCalendar:
        if name not in self._made:
            self._made[name] = self._local(name) if name in LOCAL_CALENDARS else _place(name)
        return self._made[name]

    def _local(self, name: str) -> HolidayCalendar:
        local = LOCAL_CALENDARS[name]
        place = _place(local.code)
        calendar = HolidayCalendar(name=local.name, country=place.country, subdivision=place.subdivision)
        calendar.full_clean()
        calendar.save()
        for change in local.changes:
            first_date = _from(self._today + dt.timedelta(change.in_days), [change.weekday])
            row = CalendarChange(
                calendar=calendar,
                kind=change.kind,
                name=change.name,
                first_date=first_date,
                last_date=first_date + dt.timedelta(change.days - 1),
            )
            row.full_clean()
            row.save()
        return calendar


def _place(code: str) -> HolidayCalendar:
    country, _, subdivision = code.partition("-")
    return ensure_place_calendar(country=country, subdivision=subdivision)


def _manager(demo: DemoManager, teams: dict[str, Team], calendars: _Calendars, password_hash: str) -> AccountManager:
    manager = AccountManager(
        email=demo.email,
        password=password_hash,
        is_staff=demo.is_admin,
        is_superuser=demo.is_admin,
        has_page=bool(demo.page_name),
        page_name=demo.page_name,
        **_day(demo, calendars),
    )
    manager.full_clean()
    manager.save()
    manager.teams.set(teams[name] for name in demo.teams)
    return manager


def _contacts_of(demo: DemoClient, team: Team, calendars: _Calendars) -> list[Contact]:
    client = Client(
        name=demo.name,
        team=team,
        segment=demo.segment,
        industry=demo.industry,
        size=demo.size,
        country=demo.country,
        city=demo.city,
        notes=demo.notes,
    )
    client.full_clean()
    client.save()
    contacts = [
        Contact(
            client=client,
            email=person.email,
            job_title=person.job_title,
            preferred_channel=person.preferred_channel,
            notes=person.notes,
            **_day(person, calendars),
        )
        for person in demo.contacts
    ]
    for contact in contacts:
        contact.full_clean()
        contact.save()
    return contacts


def _day(demo: DemoPerson, calendars: _Calendars) -> dict[str, object]:
    """The columns that account managers and contacts share."""
    return {
        "full_name": demo.full_name,
        "address_as": demo.address_as,
        "native_name": demo.native_name,
        "phone": demo.phone,
        "language": demo.language,
        "time_zone": demo.time_zone,
        "clock": demo.clock,
        "week_start": demo.week_start,
        "working_hours": demo.working_hours,
        "preferred_hours": demo.preferred_hours,
        "reachable_hours": demo.reachable_hours,
        "buffer_minutes": demo.buffer_minutes,
        "reminder_minutes": list(demo.reminder_minutes),
        "calendar": calendars[demo.calendar],
    }


def _days_off(away: Iterable[Away], person: Person, today: dt.date) -> Iterable[DayOff]:
    for absence in away:
        first_date = _from(today + dt.timedelta(absence.in_days), list(person.working_hours))
        yield DayOff(
            contact=person if isinstance(person, Contact) else None,
            account_manager=person if isinstance(person, AccountManager) else None,
            first_date=first_date,
            last_date=first_date + dt.timedelta(absence.days - 1),
            reason=absence.reason,
        )


def _from(date: dt.date, weekdays: list[str]) -> dt.date:
    """The first date on one of the weekdays, that day or later."""
    while WEEK[date.weekday()] not in weekdays:
        date += dt.timedelta(1)
    return date
