"""Reads: the meetings an account manager may see, and people as the engine sees them."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, ExpressionWrapper, F, FloatField, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Extract, Power

from clients.day import away_dates, participant_of, person_key
from clients.models import AccountManager, Contact, Person
from clients.selectors import clients_for
from holidays_app.calendars import CalendarDays, UnsupportedYear, known_until, supported_years
from holidays_app.selectors import days_for_calendars
from scheduling.engine import Participant, Role
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.models.meeting import BLOCKING, Status

BURDEN_HALF_LIFE = dt.timedelta(weeks=8)
# Bridge days and nights look at the neighbouring days, and zones lie up to 14 hours off UTC.
MARGIN_DAYS = 4
NO_DAYS = CalendarDays({}, {}, frozenset(), frozenset(), "en")


def meetings_for(actor: AccountManager) -> QuerySet[Meeting]:
    """The meetings of the clients that the actor looks after, and those that the actor attends."""
    attends = Attendance.objects.filter(meeting=OuterRef("pk"), account_manager=actor)
    visible = Q(client__in=clients_for(actor)) | Q(organizer=actor) | Exists(attends)
    return Meeting.objects.filter(visible).select_related("client", "organizer")


@dataclass(frozen=True)
class Attendee:
    """Somebody who is to attend, as a row and as the engine sees them."""

    key: str
    person: Person
    participant: Participant
    days: CalendarDays
    away: Mapping[dt.date, str]

    @property
    def is_client(self) -> bool:
        return self.participant.role is Role.CLIENT


def attendee_key(person: Person) -> str:
    """“contact-12” or “staff-3”: one name for a person among both tables."""
    return f"{'contact' if isinstance(person, Contact) else 'staff'}-{person.pk}"


def attendees(
    *,
    contacts: Sequence[Contact],
    colleagues: Sequence[AccountManager],
    start_at: dt.datetime,
    end_at: dt.datetime,
    now: dt.datetime,
    language: str | None = None,
    excluding: Meeting | None = None,
) -> list[Attendee]:
    """The people with their days from `start_at` to `end_at`: contacts first, each in the order given.

    `language` is that of the holidays' names. `excluding` is a meeting whose own time does not count as busy.
    The number of queries does not depend on the number of people.

    Raises: UnsupportedYear where somebody's holidays are not known up to `end_at`.
    """
    first_date = start_at.date() - dt.timedelta(days=MARGIN_DAYS)
    last_date = end_at.date() + dt.timedelta(days=MARGIN_DAYS)
    people: list[Person] = [*contacts, *colleagues]
    calendars = {person.calendar for person in people if person.calendar is not None}
    for calendar in calendars:
        if end_at.date() > known_until(calendar.country):
            raise UnsupportedYear(calendar.country, end_at.year, supported_years(calendar.country))
    days = days_for_calendars(calendars, first_date, last_date, language, as_far_as_known=True)
    away = away_dates(people, first_date, last_date)
    busy = _busy(people, start_at, end_at, excluding)
    burdens = burdens_of(people, now)
    result = []
    for person in people:
        key = attendee_key(person)
        theirs = away[person_key(person)]
        calendar_days = days[person.calendar_id] if person.calendar_id else NO_DAYS
        buffer = dt.timedelta(minutes=person.buffer_minutes)
        participant = dataclasses.replace(
            participant_of(person, calendar_days, theirs),
            # What is stored ends with its own buffer; the buffer of the new meeting ends before it begins.
            busy=tuple((begins - buffer, ends) for begins, ends in busy[key]),
            burden=burdens[key],
        )
        result.append(Attendee(key, person, participant, calendar_days, theirs))
    return result


def burdens_of(people: Iterable[Person], now: dt.datetime) -> dict[str, float]:
    """What each person's past meetings cost them, halved for every eight weeks gone by, by attendee key."""
    people = list(people)
    age_seconds = ExpressionWrapper(Extract(Value(now) - F("meeting__start_at"), "epoch"), output_field=FloatField())
    decay = Power(Value(0.5), age_seconds / Value(BURDEN_HALF_LIFE.total_seconds()))
    rows = (
        Attendance.objects.filter(_of(people), status=Status.CONFIRMED, meeting__end_at__lte=now)
        .order_by()
        .values_list("contact_id", "account_manager_id")
        .annotate(burden=Sum(Cast("cost", FloatField()) * decay))
    )
    burdens = {attendee_key(person): 0.0 for person in people}
    for contact_id, account_manager_id, burden in rows:
        burdens[_key(contact_id, account_manager_id)] = burden
    return burdens


def _of(people: Iterable[Person]) -> Q:
    contacts = [person.pk for person in people if isinstance(person, Contact)]
    colleagues = [person.pk for person in people if isinstance(person, AccountManager)]
    return Q(contact_id__in=contacts) | Q(account_manager_id__in=colleagues)


def _key(contact_id: int | None, account_manager_id: int | None) -> str:
    return f"contact-{contact_id}" if contact_id is not None else f"staff-{account_manager_id}"


def _busy(
    people: Sequence[Person], start_at: dt.datetime, end_at: dt.datetime, excluding: Meeting | None
) -> dict[str, list[tuple[dt.datetime, dt.datetime]]]:
    longest_buffer = dt.timedelta(minutes=max((person.buffer_minutes for person in people), default=0))
    rows = Attendance.objects.filter(
        _of(people), status__in=BLOCKING, during__overlap=(start_at, end_at + longest_buffer)
    )
    if excluding is not None:
        rows = rows.exclude(meeting=excluding)
    busy: dict[str, list[tuple[dt.datetime, dt.datetime]]] = {attendee_key(person): [] for person in people}
    for contact_id, account_manager_id, during in rows.order_by().values_list(
        "contact_id", "account_manager_id", "during"
    ):
        busy[_key(contact_id, account_manager_id)].append((during.lower, during.upper))
    return busy
