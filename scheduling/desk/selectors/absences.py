"""Who is off when, client by client."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from clients.models import AccountManager, Client, Contact, DayOff, Person
from clients.selectors import clients_for
from holidays_app.absences import Absence, Leave, absences

DAYS_AHEAD = 90


@dataclass(frozen=True)
class Somebody:
    """A contact with their client, or a colleague, whose client is None."""

    person: Person
    client: Client | None

    @classmethod
    def of(cls, person: Person) -> Self:
        """A contact comes with their client selected."""
        return cls(person, person.client if isinstance(person, Contact) else None)

    def __str__(self) -> str:
        return f"{self.person.full_name} · {self.client.name}" if self.client else self.person.full_name


@dataclass(frozen=True)
class Group:
    """The people of one client, or the actor's colleagues, where the client is None."""

    client: Client | None
    people: tuple[Somebody, ...]


def people_by_client(actor: AccountManager) -> QuerySet[Client]:
    """The actor's clients that have contacts, by name, each with its contacts and their calendars."""
    contacts = Contact.objects.select_related("calendar")
    return (
        clients_for(actor)
        .filter(Exists(Contact.objects.filter(client=OuterRef("pk"))))
        .prefetch_related(Prefetch("contacts", queryset=contacts))
        .order_by("name", "pk")
    )


def groups(clients: Iterable[Client], colleagues: Iterable[AccountManager]) -> list[Group]:
    """The colleagues, if any, then each client with its people."""
    team = tuple(Somebody(colleague, None) for colleague in colleagues)
    of_clients = [
        Group(client, tuple(Somebody(contact, client) for contact in client.contacts.all())) for client in clients
    ]
    return [Group(None, team), *of_clients] if team else of_clients


def absences_of(
    people: Sequence[Somebody], first_date: dt.date, last_date: dt.date, language: str
) -> list[Absence[Somebody]]:
    """The holidays, named in `language`, and the days off of these people, both dates included."""
    calendars = ((somebody, somebody.person.calendar) for somebody in people)
    return absences(calendars, first_date, last_date, language, _leaves(people, first_date, last_date))


def _leaves(people: Sequence[Somebody], first_date: dt.date, last_date: dt.date) -> Mapping[Somebody, Sequence[Leave]]:
    contacts = {each.person.pk: each for each in people if isinstance(each.person, Contact)}
    colleagues = {each.person.pk: each for each in people if each.client is None}
    rows = DayOff.objects.filter(
        Q(contact__in=contacts) | Q(account_manager__in=colleagues),
        first_date__lte=last_date,
        last_date__gte=first_date,
    )
    leaves: dict[Somebody, list[Leave]] = {}
    for row in rows:
        somebody = contacts[row.contact_id] if row.contact_id else colleagues[row.account_manager_id]
        leaves.setdefault(somebody, []).append(Leave(row.first_date, row.last_date, row.reason))
    return leaves
