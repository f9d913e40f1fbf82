"""Everything about one client on one page."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from clients.day import PersonDay, person_days
from clients.models import AccountManager, Client, Contact, DayOff, Person
from clients.reader import Reader
from clients.selectors import clients_for
from scheduling.meetings.models import Attendance, Meeting, Offer
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.selectors import attendee_key, burdens_of, meetings_for, open_offers
from scheduling.outreach.check_ins.outlook import Entry, next_entries
from scheduling.outreach.models import Approval, CheckInPlan, MailAddress
from scheduling.outreach.operations.bounces import doubtful_addresses
from scheduling.outreach.selectors import approvals_of, drafts_for, plans_for
from scheduling.outreach.surveys.client_answers import ClientAnswers, answers_of

# A holiday may last for a week.
HOLIDAYS_KNOWN = 20
MEETINGS_SHOWN = 10
CHECK_INS_SHOWN = 3


@dataclass(frozen=True)
class ContactSheet:
    """One contact: their day at the moment, the next holidays, the days off still to come, and a doubtful address."""

    contact: Contact
    day: PersonDay
    days_off: tuple[DayOff, ...]
    doubtful_address: MailAddress | None


@dataclass(frozen=True)
class Carried:
    """What one person's past meetings have cost them, and that as a part of the heaviest such burden."""

    person: Person
    burden: float
    share: float

    @property
    def rest(self) -> float:
        return 1 - self.share


@dataclass(frozen=True)
class CheckInSheet:
    """The client's plan, its next check-ins, and how many wait to be read."""

    plan: CheckInPlan
    coming: tuple[Entry, ...]
    drafts: int


@dataclass(frozen=True)
class ClientProfile:
    """Meetings to come are in order, past ones from the latest; `carried` is sorted from the heaviest burden.

    `approvals` begin with those pending. Without a plan there are no `check_ins`.
    """

    client: Client
    sheets: tuple[ContactSheet, ...]
    upcoming: tuple[Meeting, ...]
    past: tuple[Meeting, ...]
    carried: tuple[Carried, ...]
    approvals: tuple[Approval, ...]
    check_ins: CheckInSheet | None
    answers: ClientAnswers
    offers: tuple[Offer, ...]


def client_profile(actor: AccountManager, pk: int, *, now: dt.datetime, reader: Reader) -> ClientProfile:
    """What is known of one of the actor's clients; the number of queries does not depend on how much that is.

    Raises: Client.DoesNotExist.
    """
    contacts = Contact.objects.select_related("calendar")
    client = (
        clients_for(actor).select_related("team").prefetch_related(Prefetch("contacts", queryset=contacts)).get(pk=pk)
    )
    people = list(client.contacts.all())
    meetings = _meetings(actor, client)
    upcoming = tuple(meetings.filter(end_at__gt=now, status=Status.CONFIRMED)[:MEETINGS_SHOWN])
    past = tuple(
        meetings.filter(end_at__lte=now, status=Status.CONFIRMED).order_by("-start_at", "-pk")[:MEETINGS_SHOWN]
    )
    attended = {row.person for meeting in past for row in meeting.attendances.all()}
    return ClientProfile(
        client=client,
        sheets=_sheets(people, now, reader),
        upcoming=upcoming,
        past=past,
        carried=_carried({*people, *attended}, now),
        approvals=tuple(approvals_of(client, now=now)),
        check_ins=_check_ins(actor, client, now, reader),
        answers=answers_of(client),
        offers=tuple(open_offers(actor, now=now).filter(client=client)),
    )


def _check_ins(actor: AccountManager, client: Client, now: dt.datetime, reader: Reader) -> CheckInSheet | None:
    plan = plans_for(actor).filter(client=client).prefetch_related("steps").first()
    if plan is None:
        return None
    coming = next_entries(plan, now=now, reader=reader, count=CHECK_INS_SHOWN)
    return CheckInSheet(plan, tuple(coming), drafts_for(actor, now=now).filter(contact__client=client).count())


def _meetings(actor: AccountManager, client: Client) -> QuerySet[Meeting]:
    people = Attendance.objects.select_related("contact", "account_manager")
    return (
        meetings_for(actor)
        .filter(attendances__contact__client=client)
        .distinct()
        .prefetch_related(Prefetch("attendances", queryset=people))
    )


def _sheets(contacts: list[Contact], now: dt.datetime, reader: Reader) -> tuple[ContactSheet, ...]:
    days = person_days(contacts, now=now, language=reader.language, holidays=HOLIDAYS_KNOWN)
    # A day earlier than anybody's today: zones lie up to 14 hours off UTC.
    rows = DayOff.objects.filter(contact__in=contacts, last_date__gte=now.date() - dt.timedelta(days=1))
    days_off: dict[int | None, list[DayOff]] = {}
    for row in rows:
        days_off.setdefault(row.contact_id, []).append(row)
    doubtful = doubtful_addresses(contact.email for contact in contacts)
    return tuple(
        ContactSheet(
            contact=contact,
            day=day,
            days_off=tuple(row for row in days_off.get(contact.pk, ()) if row.last_date >= day.local_at.date()),
            doubtful_address=doubtful.get(contact.email.lower()),
        )
        for contact, day in zip(contacts, days, strict=True)
    )


def _carried(people: Iterable[Person], now: dt.datetime) -> tuple[Carried, ...]:
    people = list(people)
    burdens = burdens_of(people, now)
    heaviest = max(burdens.values(), default=0.0)
    carried = (
        Carried(person, burden, burden / heaviest if heaviest else 0.0)
        for person in people
        for burden in (burdens[attendee_key(person)],)
    )
    return tuple(sorted(carried, key=lambda each: (-each.burden, each.person.full_name)))
