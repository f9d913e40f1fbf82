"""Asks contacts how it went, on their next working morning, and never twice within thirty days."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Lower, NullIf

from clients.models import AccountManager, Contact
from scheduling.engine import WEEKDAYS
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.outreach.check_ins.calendar import DAY, ContactDays, instant, quarter_of
from scheduling.outreach.check_ins.contact_days import contact_days
from scheduling.outreach.mail import new_message_id
from scheduling.outreach.models import MailAddress, MailWishes, Message, Survey
from scheduling.outreach.models.surveys import DAYS_BETWEEN
from scheduling.outreach.quiet import next_reachable
from scheduling.outreach.services.tallying import EVERY, is_time

Question = Survey.Question
Days = Mapping[int, ContactDays]

#: On the contact's own wall; later where their working day begins later.
AT_WALL = dt.time(9, 30)
#: A meeting that nobody could be asked about within so many days is too long ago.
REACH_DAYS = 10
#: Written down so long before it is due: planning comes round more often than that.
HORIZON = 3 * EVERY
#: A question that late is not asked any more.
GRACE = dt.timedelta(hours=6)
#: Those are asked each quarter who met us within so many days.
KNOWN_DAYS = 182
#: Nor is everybody asked on the quarter's first day, so that answers come in all along.
SPREAD_DAYS = 56
TALLY = "surveys"
#: So many rows are held in memory at a time, however many clients there are.
CHUNK = 500


def plan_surveys(*, now: dt.datetime) -> int:
    """How many surveys were planned, where it is time to look again."""
    return ask(now=now) if is_time(TALLY, now) else 0


def ask(*, now: dt.datetime) -> int:
    """How many contacts are asked on this morning of theirs; each once, however many ask at the same time."""
    # Whoever is asked for the quarter is asked about no meeting: by then there is a survey of theirs.
    asked = 0
    for contacts in _known_in_chunks(now):
        days = _days(contacts, now)
        asked += _write([survey for one in contacts for survey in _of_the_quarter(one, days, now)], now)
    for rows in _met_in_chunks(now):
        days = _days({row.contact for row in rows}, now)
        latest: dict[int, Survey] = {}
        for row in rows:
            for survey in _after(row, days, now):
                latest.setdefault(survey.contact_id, survey)
        asked += _write(list(latest.values()), now)
    return asked


def _days(contacts: Collection[Contact], now: dt.datetime) -> Days:
    return contact_days(contacts, now.date() - (REACH_DAYS + 2) * DAY, now.date() + 2 * DAY)


def _known_in_chunks(now: dt.datetime) -> Iterator[list[Any]]:
    known = _known(now)
    chunk = list(known[:CHUNK])
    while chunk:
        yield chunk
        chunk = list(known.filter(pk__gt=chunk[-1].pk)[:CHUNK]) if len(chunk) == CHUNK else []


def _met_in_chunks(now: dt.datetime) -> Iterator[list[Any]]:
    met = _met(now)
    chunk = list(met[:CHUNK])
    while chunk:
        yield chunk
        at, pk = chunk[-1].meeting.start_at, chunk[-1].pk
        # The first condition is the index's, where the meetings that were looked at are passed over.
        before = Q(meeting__start_at__lte=at) & (Q(meeting__start_at__lt=at) | Q(pk__lt=pk))
        chunk = list(met.filter(before)[:CHUNK]) if len(chunk) == CHUNK else []


# Any, because mypy knows an annotation only where it is made.
def _met(now: dt.datetime) -> QuerySet[Any]:
    """Who attended the meetings of the last days after which their client's contacts are asked, the latest first."""
    ended = OuterRef("meeting__end_at")
    # Of those that end together, each has a place of its own.
    before = Meeting.objects.filter(
        Q(end_at__lt=ended) | Q(end_at=ended, pk__lte=OuterRef("meeting")),
        client=OuterRef("meeting__client"),
        status=Status.CONFIRMED,
    )
    count = before.order_by().values("client").annotate(count=Count("pk")).values("count")
    # Whoever has left asks nothing, and could read no answer.
    still_here = AccountManager.objects.filter(is_active=True).order_by("pk").values("pk")
    organizer = still_here.filter(pk=OuterRef("meeting__organizer"))
    colleague = still_here.filter(teams=OuterRef("meeting__client__team"))[:1]
    # Never a division by zero, in whatever order PostgreSQL looks at it.
    every = NullIf(F("meeting__client__survey_rule__every"), 0)
    rows = Attendance.objects.filter(
        ~Q(partstat=Attendance.PartStat.DECLINED),
        ~Exists(Survey.objects.filter(contact=OuterRef("contact"), meeting=OuterRef("meeting"))),
        _wants_questions("contact__"),
        status=Status.CONFIRMED,
        meeting__status=Status.CONFIRMED,
        meeting__start_at__gt=now - (REACH_DAYS + 2) * DAY,
        meeting__end_at__lte=now,
        meeting__client__survey_rule__every__gt=0,
        contact__isnull=False,
    ).annotate(
        turn=Subquery(count) % every,
        asks_id=Coalesce(Subquery(organizer), Subquery(colleague)),
        last_asked_date=_last_asked("contact"),
        paused_until_date=F("contact__mail_wishes__paused_until_date"),
    )
    asked = rows.filter(turn=0, asks_id__isnull=False).select_related("meeting", "contact__calendar")
    return asked.order_by("-meeting__start_at", "-pk")


def _known(now: dt.datetime) -> QuerySet[Any]:
    """Who is asked each quarter, met us of late and was not asked yet; with the last organizer who is still here."""
    met = Attendance.objects.filter(
        ~Q(partstat=Attendance.PartStat.DECLINED),
        contact=OuterRef("pk"),
        status=Status.CONFIRMED,
        meeting__end_at__lte=now,
        meeting__start_at__gt=now - KNOWN_DAYS * DAY,
    ).order_by("-meeting__end_at")
    colleague = AccountManager.objects.filter(is_active=True, teams=OuterRef("client__team")).order_by("pk")
    # By the day before, so that nobody is taken for asked too late: the quarter begins on the contact's own wall.
    asked = Survey.objects.filter(
        contact=OuterRef("pk"), question=Question.NPS, asked_date__gte=quarter_of(now.date() - DAY)
    )
    contacts = Contact.objects.filter(_wants_questions(""), client__survey_rule__asks_nps=True).annotate(
        organizer_id=Case(
            When(
                Exists(met),
                then=Coalesce(
                    Subquery(met.filter(meeting__organizer__is_active=True).values("meeting__organizer")[:1]),
                    Subquery(colleague.values("pk")[:1]),
                    output_field=BigIntegerField(),
                ),
            )
        ),
        last_asked_date=_last_asked("pk"),
        paused_until_date=F("mail_wishes__paused_until_date"),
    )
    return contacts.filter(~Exists(asked), organizer_id__isnull=False).select_related("calendar").order_by("pk")


def _wants_questions(contact: str) -> Q:
    """Who has an address that works, and has not said that questions are unwanted; `contact` leads to them."""
    unwanted = MailWishes.objects.filter(
        contact=OuterRef(f"{contact}pk"), unwanted__contains=[MailWishes.Topic.SURVEYS]
    )
    gone = MailAddress.objects.filter(email=Lower(OuterRef(f"{contact}email")), suppressed_at__isnull=False)
    return ~Q(**{f"{contact}email": ""}) & ~Q(Exists(unwanted)) & ~Q(Exists(gone))


def _last_asked(contact: str) -> Subquery:
    asked = Survey.objects.filter(contact=OuterRef(contact)).order_by("-asked_date")
    return Subquery(asked.values("asked_date")[:1])


@dataclass(frozen=True)
class Morning:
    """A date on which a contact may be asked, and the instant at which they are."""

    date: dt.date
    due_at: dt.datetime


def _after(row: Any, days: Days, now: dt.datetime) -> Iterator[Survey]:
    """The survey about a meeting, where its morning is now."""
    contact, meeting = row.contact, row.meeting
    held_date = meeting.end_at.astimezone(contact.zone).date()
    dates = (held_date + distance * DAY for distance in range(1, REACH_DAYS + 1))
    mornings = (_morning(contact, date) for date in dates if days[contact.pk].off(date) is None)
    morning = next(filter(None, mornings), None)
    if morning is not None:
        wall = meeting.start_at.astimezone(contact.zone)
        yield from _asked(
            row, contact, morning, now, question=Question.CSAT, meeting=meeting, local_hour=wall.hour,
            account_manager_id=row.asks_id,
        )  # fmt: skip


def _of_the_quarter(contact: Any, days: Days, now: dt.datetime) -> Iterator[Survey]:
    """The survey of the quarter, where it may be asked this morning."""
    date = now.astimezone(contact.zone).date()
    if date < quarter_of(date) + contact.pk % SPREAD_DAYS * DAY or days[contact.pk].off(date) is not None:
        return
    if morning := _morning(contact, date):
        yield from _asked(
            contact, contact, morning, now, question=Question.NPS, account_manager_id=contact.organizer_id
        )


def _asked(found: Any, contact: Contact, morning: Morning, now: dt.datetime, **columns: Any) -> Iterator[Survey]:
    date, due_at = morning.date, morning.due_at
    is_rested = found.last_asked_date is None or date - found.last_asked_date >= DAYS_BETWEEN * DAY
    is_paused = found.paused_until_date is not None and date <= found.paused_until_date
    if now - GRACE < due_at <= now + HORIZON and is_rested and not is_paused:
        yield Survey(
            contact=contact,
            asked_date=date,
            asked_at=due_at,
            expires_at=due_at + DAYS_BETWEEN * DAY,
            **columns,
        )


def _morning(contact: Contact, date: dt.date) -> Morning | None:
    """Half past nine, or later that day where they begin to work or can be reached later; none where no mail may come.

    Whoever can be reached only before is asked when that begins.
    """
    hours: Sequence[Sequence[str]] = contact.working_hours.get(WEEKDAYS[date.weekday()]) or ()
    begins = max(AT_WALL, min((dt.time.fromisoformat(start) for start, _end in hours), default=AT_WALL))
    walls = (begins, dt.time())
    due_ats = (next_reachable(contact, instant(date, wall, contact.time_zone)) for wall in walls)
    on_date = (due_at for due_at in due_ats if due_at.astimezone(contact.zone).date() == date)
    return next((Morning(date, due_at) for due_at in on_date), None)


@transaction.atomic
def _write(surveys: list[Survey], now: dt.datetime) -> int:
    """Stores those that nobody else has stored and that no other survey is too near to, each with its mail."""
    if not surveys:
        return 0
    Survey.objects.bulk_create(surveys, ignore_conflicts=True, batch_size=CHUNK)
    unsaid = Survey.objects.filter(
        contact__in=[survey.contact_id for survey in surveys], score=None, messages=None, asked_at__gt=now - GRACE
    )
    messages = [
        Message(
            occurrence_key=f"survey:{survey.pk}",
            kind=Message.Kind.SURVEY,
            contact=survey.contact,
            survey=survey,
            local_date=survey.asked_date,
            address=survey.contact.email,
            message_id=new_message_id(),
            created_at=now,
            due_at=survey.asked_at,
            next_try_at=survey.asked_at,
            expires_at=survey.asked_at + GRACE,
        )
        for survey in unsaid.select_related("contact")
    ]
    Message.objects.bulk_create(messages, batch_size=CHUNK)
    return len(messages)
