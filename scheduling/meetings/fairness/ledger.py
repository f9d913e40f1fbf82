"""Reads: who belongs to a client or a team, and what past meetings cost them; the actor first, queries constant."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from clients.models import AccountManager, Client, Contact, Person, Team
from clients.selectors import clients_for, teams_for
from scheduling.meetings.fairness.measures import Entry
from scheduling.meetings.models import Attendance
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.selectors import attendee_key, meetings_for


@dataclass(frozen=True)
class Circle:
    """The people among whom hours are shared out: those of a client with the colleagues they met, or a team."""

    scope: Client | Team
    people: tuple[Person, ...]

    @property
    def is_client(self) -> bool:
        return isinstance(self.scope, Client)


def client_circle(actor: AccountManager, pk: int, now: dt.datetime) -> Circle:
    """The contacts of one of the actor's clients, and whoever has met them. Raises: Client.DoesNotExist."""
    client = clients_for(actor).select_related("team").get(pk=pk)
    met = _past(now).filter(account_manager=OuterRef("pk"), meeting__attendances__contact__client=client)
    return Circle(client, (*client.contacts.all(), *AccountManager.objects.filter(Exists(met), is_active=True)))


def team_circle(actor: AccountManager, pk: int) -> Circle:
    """The active account managers of one of the actor's teams. Raises: Team.DoesNotExist."""
    team = teams_for(actor).get(pk=pk)
    return Circle(team, tuple(team.members.filter(is_active=True)))


def teams_with_members(actor: AccountManager) -> QuerySet[Team]:
    """The actor's teams, with `member_count` and `client_count`."""
    # A subquery: joined to the actor's own membership, each team would count that one alone.
    return Team.objects.filter(pk__in=teams_for(actor).values("pk")).annotate(
        member_count=Count("members", filter=Q(members__is_active=True), distinct=True),
        client_count=Count("clients", distinct=True),
    )


def entries_of(people: Sequence[Person], now: dt.datetime) -> dict[str, list[Entry]]:
    """What each person's past meetings cost, by attendee key."""
    rows = _past(now).filter(_of(people)).order_by()
    entries: dict[str, list[Entry]] = {attendee_key(person): [] for person in people}
    keys: dict[tuple[int | None, int | None], str] = {
        (person.pk, None) if isinstance(person, Contact) else (None, person.pk): attendee_key(person)
        for person in people
    }
    for contact_id, account_manager_id, start_at, end_at, cost, meeting_id in rows.values_list(
        "contact_id", "account_manager_id", "meeting__start_at", "meeting__end_at", "cost", "meeting_id"
    ):
        entries[keys[contact_id, account_manager_id]].append(Entry(start_at, end_at, float(cost), meeting_id))
    return entries


def clients_of(team: Team, now: dt.datetime) -> tuple[int, list[Entry]]:
    """How many contacts a team's clients have, and what past meetings cost them together, an entry a time."""
    rows = (
        _past(now)
        .filter(contact__client__team=team, contact__erased_at__isnull=True)
        .order_by()
        .values_list("meeting__start_at", "meeting__end_at")
        .annotate(total=Sum("cost"))
    )
    entries = [Entry(start_at, end_at, float(total)) for start_at, end_at, total in rows]
    return Contact.objects.filter(client__team=team).count(), entries


def attendances_of(actor: AccountManager, person: Person, now: dt.datetime) -> QuerySet[Attendance]:
    """A person's past meetings from the latest, each with `is_visible`: whether the actor may open it."""
    return (
        _past(now)
        .filter(_of([person]))
        .select_related("meeting__client")
        .annotate(is_visible=Exists(meetings_for(actor).filter(pk=OuterRef("meeting_id"))))
        .order_by("-meeting__start_at", "-pk")
    )


def _past(now: dt.datetime) -> QuerySet[Attendance]:
    return Attendance.objects.filter(status=Status.CONFIRMED, meeting__end_at__lte=now)


def _of(people: Iterable[Person]) -> Q:
    people = list(people)
    return Q(contact__in=[person.pk for person in people if isinstance(person, Contact)]) | Q(
        account_manager__in=[person.pk for person in people if isinstance(person, AccountManager)]
    )
