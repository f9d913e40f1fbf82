"""What an account manager wants to know in the morning."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, Max, OuterRef, Prefetch, QuerySet

from clients.day import PersonDay, person_days
from clients.models import AccountManager, Contact, Person
from clients.reader import Reader
from clients.selectors import clients_for, colleagues_for, contacts_for
from holidays_app.absences import Absence
from scheduling.desk.selectors.absences import Somebody, absences_of
from scheduling.meetings.clock_changes import in_words, wall_changes
from scheduling.meetings.models import Attendance, Meeting, Offer
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.selectors import meetings_for, open_offers
from scheduling.meetings.series.broken import Broken, broken_occurrences, occurrences_to_come
from scheduling.outreach.check_ins.spoken import ToSay, to_say
from scheduling.outreach.models import Enquiry, Message
from scheduling.outreach.selectors import enquiries_for, messages_for, to_say_for

DAYS_AHEAD = 7
MEETINGS_SHOWN = 50
#: So many people's days are looked at, those met most lately first: a page is not a directory.
PEOPLE_NEAR = 60
SOON = dt.timedelta(hours=4)
#: Occurrences of series so near are looked at, whether they still suit everybody.
SERIES_AHEAD = dt.timedelta(weeks=8)
CLOCKS_AHEAD = dt.timedelta(weeks=2)
NOTICES_SHOWN = 5
TO_SAY_SHOWN = 10
WAITING = Enquiry.State.WAITING


@dataclass(frozen=True)
class DayOfMeetings:
    """A date on the reader's wall and the meetings that begin on it, in order."""

    date: dt.date
    meetings: tuple[Meeting, ...]


@dataclass(frozen=True)
class Shifted:
    """A meeting that somebody finds at another time on their clock than the one before."""

    meeting: Meeting
    person: Person
    time: str
    previous: str


@dataclass(frozen=True)
class ClockNotice:
    """Clocks that are about to change, where and when in words, with what that shifts."""

    where: str
    shifted: tuple[Shifted, ...]


@dataclass(frozen=True)
class Today:
    """`at_work` begins with who leaves first, `starting` with who begins first; both are contacts' days.

    `later` is the first meeting after the week, where the week has none. `blocked` are the meetings that new rules for
    clocks have put where somebody can't come.
    """

    agenda: tuple[DayOfMeetings, ...]
    later: Meeting | None
    at_work: tuple[PersonDay, ...]
    starting: tuple[PersonDay, ...]
    off: Sequence[Absence[Somebody]]
    last_date: dt.date
    undelivered: int
    broken: tuple[Broken, ...]
    has_clients: bool
    blocked: tuple[Meeting, ...]
    clock_changes: tuple[ClockNotice, ...]
    to_say: tuple[ToSay, ...]
    offers: tuple[Offer, ...]
    enquiries: tuple[Enquiry, ...]


def today(actor: AccountManager, *, now: dt.datetime, reader: Reader) -> Today:
    """The actor's meetings from now to a week ahead, who works now, who is off, and what was not delivered."""
    first_date = reader.day_of(now)
    last_date = first_date + dt.timedelta(days=DAYS_AHEAD)
    until_at = dt.datetime.combine(last_date + dt.timedelta(days=1), dt.time(), reader.zone)
    coming = _coming(actor, now)
    meetings = coming.filter(start_at__lt=until_at)[:MEETINGS_SHOWN]
    contacts = _contacts_near(actor)
    days = person_days(contacts, now=now, language=reader.language)
    colleagues = colleagues_for(actor).select_related("calendar")[:PEOPLE_NEAR]
    return Today(
        agenda=tuple(
            DayOfMeetings(date, tuple(group))
            for date, group in groupby(meetings, lambda meeting: reader.day_of(meeting.start_at))
        ),
        later=None if meetings else coming.first(),
        at_work=_by_change(day for day in days if day.is_working),
        starting=_by_change(
            day for day in days if not day.is_working and day.changes_at and day.changes_at <= now + SOON
        ),
        off=absences_of(
            [*map(Somebody.of, contacts), *map(Somebody.of, colleagues)], first_date, last_date, reader.language
        ),
        last_date=last_date,
        undelivered=_undelivered(actor, now),
        broken=_broken(actor, now, reader),
        has_clients=bool(contacts) or clients_for(actor).exists(),
        blocked=tuple(_blocked(actor, now)),
        clock_changes=_clock_notices(actor, now, reader),
        offers=tuple(open_offers(actor, now=now).filter(account_manager=actor)[:NOTICES_SHOWN]),
        enquiries=tuple(enquiries_for(actor).filter(account_manager=actor, state=WAITING)[:NOTICES_SHOWN]),
        to_say=to_say(to_say_for(actor, now=now)[:TO_SAY_SHOWN], now=now),
    )


def _coming(actor: AccountManager, now: dt.datetime) -> QuerySet[Meeting]:
    """The meetings that the actor attends and that are not over, with everybody in them."""
    people = Attendance.objects.select_related("contact", "account_manager")
    return (
        meetings_for(actor)
        .filter(
            attendances__account_manager=actor,
            attendances__status=Status.CONFIRMED,
            status=Status.CONFIRMED,
            end_at__gt=now,
        )
        .prefetch_related(Prefetch("attendances", queryset=people))
    )


def _broken(actor: AccountManager, now: dt.datetime, reader: Reader) -> tuple[Broken, ...]:
    """The near occurrences of series that the actor attends and that don't suit everybody any more."""
    near = occurrences_to_come(actor, now=now).filter(
        attendances__account_manager=actor, start_at__lt=now + SERIES_AHEAD
    )
    return broken_occurrences(near, actor=actor, now=now, reader=reader)


def _contacts_near(actor: AccountManager) -> list[Contact]:
    """The contacts whom the actor met most lately or meets next, then others."""
    met = (
        Attendance.objects.filter(meeting__attendances__account_manager=actor, contact__isnull=False)
        .order_by()
        .values("contact")
        .annotate(met_at=Max("meeting__start_at"))
        .order_by("-met_at", "contact")
        .values_list("contact", flat=True)[:PEOPLE_NEAR]
    )
    contacts = contacts_for(actor).select_related("client", "calendar")
    by_pk = contacts.in_bulk(list(met))
    others = contacts.exclude(pk__in=by_pk)[: PEOPLE_NEAR - len(by_pk)]
    return [*(by_pk[pk] for pk in met if pk in by_pk), *others]


def _by_change(days: Iterable[PersonDay]) -> tuple[PersonDay, ...]:
    latest = dt.datetime.max.replace(tzinfo=dt.UTC)
    return tuple(sorted(days, key=lambda day: day.changes_at or latest))


def _undelivered(actor: AccountManager, now: dt.datetime) -> int:
    """How many messages of meetings still to come could not be delivered."""
    failed = (Message.State.DEAD, Message.State.UNDELIVERABLE)
    return messages_for(actor).filter(state__in=failed, meeting__end_at__gt=now).count()


def _blocked(actor: AccountManager, now: dt.datetime) -> QuerySet[Meeting]:
    """The actor's coming meetings to which somebody can't come since clocks follow new rules."""
    flagged = Attendance.objects.filter(meeting=OuterRef("pk"), blockers__len__gt=0)
    mine = Attendance.objects.filter(meeting=OuterRef("pk"), account_manager=actor)
    return Meeting.objects.filter(Exists(flagged), Exists(mine), status=Status.CONFIRMED, end_at__gt=now)[
        :NOTICES_SHOWN
    ]


def _clock_notices(actor: AccountManager, now: dt.datetime, reader: Reader) -> tuple[ClockNotice, ...]:
    """What the clock changes of the next two weeks shift among the actor's meetings, for whomever."""
    mine = Meeting.objects.filter(attendances__account_manager=actor)
    found = wall_changes(Attendance.objects.filter(meeting__in=mine), after_at=now, until_at=now + CLOCKS_AHEAD)
    notices: dict[str, list[Shifted]] = {}
    for one in found:
        person, meeting = one.attendance.person, one.attendance.meeting
        theirs = reader.in_zone(person.time_zone)
        shifted = Shifted(meeting, person, theirs.time(meeting.start_at), theirs.time(one.previous_start_at))
        notices.setdefault(in_words(one.clock_changes, reader), []).append(shifted)
    return tuple(ClockNotice(where, tuple(shifted[:NOTICES_SHOWN])) for where, shifted in notices.items())
