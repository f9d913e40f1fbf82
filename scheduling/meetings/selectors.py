"""Reads: the meetings, series and offers an account manager may see, and people as the engine sees them."""

import dataclasses
import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import Any

import numpy as np
from django.db.models import (
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Extract, Power
from numpy.typing import NDArray

from clients.day import away_dates, participant_of, person_key
from clients.models import AccountManager, Contact, Person
from clients.selectors import clients_for
from holidays_app.calendars import CalendarDays, UnsupportedYear, known_until, supported_years
from holidays_app.selectors import days_for_calendars
from scheduling.engine import Participant, Role
from scheduling.meetings.models import Attendance, Invitee, Meeting, Offer, OfferedTime, Series
from scheduling.meetings.models.meeting import BLOCKING, Status
from scheduling.meetings.prepared import executed

BURDEN_HALF_LIFE = dt.timedelta(weeks=8)
# Bridge days and nights look at the neighbouring days, and zones lie up to 14 hours off UTC.
MARGIN_DAYS = 4
#: PostgreSQL counts from the year 2000.
POSTGRESQL_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).timestamp()
BYTES_A_TIME = 16
NO_DAYS = CalendarDays({}, {}, frozenset(), frozenset(), "en")


def meetings_for(actor: AccountManager) -> QuerySet[Meeting]:
    """The meetings of the clients that the actor looks after, and those that the actor attends."""
    attends = Attendance.objects.filter(meeting=OuterRef("pk"), account_manager=actor)
    visible = Q(client__in=clients_for(actor)) | Q(organizer=actor) | Exists(attends)
    # What is merely held belongs to the offer that holds it.
    return Meeting.objects.filter(visible).exclude(status=Status.HELD).select_related("client", "organizer")


def offers_for(actor: AccountManager) -> QuerySet[Offer]:
    """The offers to the clients that the actor looks after, and those that the actor sent or is to attend."""
    invited = Invitee.objects.filter(offer=OuterRef("pk"), account_manager=actor)
    visible = Q(client__in=clients_for(actor)) | Q(account_manager=actor) | Exists(invited)
    return Offer.objects.filter(visible).select_related("client", "account_manager", "meeting")


# Any, because mypy knows an annotation only where it is made.
def open_offers(actor: AccountManager, *, now: dt.datetime) -> QuerySet[Any]:
    """Those of the actor's offers that wait for an answer, with how many contacts are asked and have answered.

    `wished` is how many times contacts wish for in a vote.
    """
    to_come = OfferedTime.objects.filter(offer=OuterRef("pk"), start_at__gt=now).order_by()
    waiting = offers_for(actor).filter(Exists(to_come), meeting__isnull=True, withdrawn_at__isnull=True)
    wishes = (
        to_come.filter(found_by__isnull=False, hold=None)
        .values("offer")
        .annotate(count=Count("start_at", distinct=True))
    )
    found: QuerySet[Any] = with_answers(waiting).annotate(wished=Coalesce(Subquery(wishes.values("count")), 0))
    return found


def with_answers(offers: QuerySet[Offer]) -> QuerySet[Any]:
    """The offers with how many contacts are `asked`, and how many of them have `answered`."""
    contacts = Invitee.objects.filter(offer=OuterRef("pk"), contact__isnull=False).order_by().values("offer")
    count = contacts.annotate(count=Count("pk")).values("count")
    answered = contacts.filter(answered_at__isnull=False).annotate(count=Count("pk")).values("count")
    return offers.annotate(asked=Subquery(count), answered=Coalesce(Subquery(answered), 0))


def series_for(actor: AccountManager) -> QuerySet[Series]:
    """The series of the clients that the actor looks after, and those that the actor attends."""
    attends = Attendance.objects.filter(meeting__series=OuterRef("pk"), account_manager=actor)
    visible = Q(client__in=clients_for(actor)) | Q(organizer=actor) | Exists(attends)
    return Series.objects.filter(visible).select_related("client", "organizer")


def looks_after(contact: Contact) -> AccountManager | None:
    """Who speaks with the contact: the host of their latest meeting, else one of the client's team, else an admin."""
    hosted = Meeting.objects.filter(attendances__contact=contact, organizer__is_active=True).order_by("-start_at")
    if meeting := hosted.select_related("organizer").first():
        return meeting.organizer
    active = AccountManager.objects.filter(is_active=True)
    return active.filter(teams=contact.client.team_id).first() or active.filter(is_staff=True).first()


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
    optional: Container[Person] = (),
) -> list[Attendee]:
    """The people with their days from `start_at` to `end_at`: contacts first, each in the order given.

    Those who are `optional` need not come. `language` is that of the holidays' names. `excluding` is a meeting whose
    own time does not count as busy.
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
    busy = busy_seconds(people, start_at, end_at, excluding, now=now)
    burdens = burdens_of(people, now)
    result = []
    for person in people:
        key = attendee_key(person)
        theirs = away[person_key(person)]
        calendar_days = days[person.calendar_id] if person.calendar_id else NO_DAYS
        participant = dataclasses.replace(
            participant_of(person, calendar_days, theirs),
            # What is stored ends with its own buffer; the buffer of the new meeting ends before it begins.
            busy_seconds=tuple((busy[key] - (60 * person.buffer_minutes, 0)).reshape(-1).tolist()),
            burden=burdens[key],
            optional=person in optional,
        )
        result.append(Attendee(key, person, participant, calendar_days, theirs))
    return result


def without(people: Sequence[Attendee], rows: Iterable[Attendance]) -> list[Attendee]:
    """The people with the time free again that these attendances of theirs block."""
    blocked: dict[str, set[tuple[float, float]]] = {}
    for row in rows:
        begins = row.during.lower.timestamp() - 60 * row.person.buffer_minutes
        blocked.setdefault(attendee_key(row.person), set()).add((begins, row.during.upper.timestamp()))
    return [_freed(one, blocked.get(one.key, set())) for one in people]


def _freed(attendee: Attendee, intervals: set[tuple[float, float]]) -> Attendee:
    edges = attendee.participant.busy_seconds
    times = [time for time in zip(edges[::2], edges[1::2], strict=True) if time not in intervals]
    participant = dataclasses.replace(attendee.participant, busy_seconds=tuple(chain.from_iterable(times)))
    return dataclasses.replace(attendee, participant=participant)


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


# Written out, because putting it together takes Django longer than PostgreSQL takes to answer it. A person's times
# come as one run of bytes, starts and ends in turn, just as the index of `Attendance` has them; each person is asked
# for apart, since PostgreSQL goes through an index faster for one than for a list.
_BUSY_TIMES_OF = """
    SELECT '{kind}-' || people.id,
           (SELECT string_agg(timestamptz_send(lower(during)) || timestamptz_send(upper(during)), '')
              FROM meetings_attendance
             WHERE {kind_id} = people.id
               AND status = ANY(%(statuses)s)
               AND upper(during) > %(start_at)s
               AND lower(during) < %(end_at)s
               AND meeting_id IS DISTINCT FROM %(excluding)s::bigint
               AND meeting_id <> ALL(
                   ARRAY(SELECT id FROM meetings_meeting WHERE held_until_at <= %(now)s::timestamptz)
               ))
      FROM unnest(string_to_array(%({kind_id}s)s, ',')::bigint[]) AS people (id)
"""
_BUSY_TIMES = " UNION ALL ".join(
    _BUSY_TIMES_OF.format(kind=kind, kind_id=kind_id)
    for kind, kind_id in (("contact", "contact_id"), ("staff", "account_manager_id"))
)


def busy_seconds(
    people: Sequence[Person],
    start_at: dt.datetime,
    end_at: dt.datetime,
    excluding: Meeting | None = None,
    *,
    now: dt.datetime | None = None,
) -> dict[str, NDArray[np.float64]]:
    """When each person is busy, by attendee key: one row a time, its start and end in seconds since 1970.

    Holds that have ended by `now` keep nobody busy.
    """
    longest_buffer = dt.timedelta(minutes=max((person.buffer_minutes for person in people), default=0))
    values = {
        # Texts, because psycopg takes longer over a list of numbers.
        "contact_ids": ",".join(str(person.pk) for person in people if isinstance(person, Contact)),
        "account_manager_ids": ",".join(str(one.pk) for one in people if isinstance(one, AccountManager)),
        "statuses": list(BLOCKING),
        "start_at": start_at,
        "end_at": end_at + longest_buffer,
        "excluding": excluding.pk if excluding is not None else None,
        "now": now,
    }
    with executed(_BUSY_TIMES, values, binary=True) as cursor:
        runs = {key: run or b"" for key, run in cursor.fetchall()}
    # One sum for all times together, and then everybody's share of it.
    times = np.frombuffer(b"".join(runs.values()), dtype=">i8").reshape(-1, 2) / 1_000_000 + POSTGRESQL_EPOCH
    shares = pairwise(accumulate((len(run) // BYTES_A_TIME for run in runs.values()), initial=0))
    return {key: times[first:last] for key, (first, last) in zip(runs, shares, strict=True)}
