"""What an actor may see of clients and people; every query on them starts here."""

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from clients.models import AccountManager, Client, Contact, Team

#: Contacts of a client that a list shows.
CONTACTS_SHOWN = 4


def teams_for(actor: AccountManager) -> QuerySet[Team]:
    """The teams whose clients the actor looks after: their own, or all for an admin."""
    return Team.objects.all() if actor.is_staff else actor.teams.all()


def clients_for(actor: AccountManager) -> QuerySet[Client]:
    """The clients of the actor's teams; all clients for an admin."""
    if actor.is_staff:
        return Client.objects.all()
    # A subquery instead of a join: nobody appears twice, and every filter can follow.
    return Client.objects.filter(team__in=actor.teams.all())


def contacts_for(actor: AccountManager) -> QuerySet[Contact]:
    """The people at the clients that the actor may see."""
    if actor.is_staff:
        return Contact.objects.all()
    return Contact.objects.filter(client__team__in=actor.teams.all())


def colleagues_for(actor: AccountManager) -> QuerySet[AccountManager]:
    """The active account managers who share a team with the actor, and the actor; all active ones for an admin."""
    active = AccountManager.objects.filter(is_active=True)
    if actor.is_staff:
        return active
    in_my_teams = AccountManager.teams.through.objects.filter(team__in=actor.teams.all())
    return active.filter(Q(pk=actor.pk) | Q(pk__in=in_my_teams.values("accountmanager_id")))


def countries_for(actor: AccountManager) -> list[str]:
    """The ISO 3166-1 codes of the countries in which the actor has clients."""
    return list(clients_for(actor).order_by().values_list("country", flat=True).distinct())


def search_clients(
    actor: AccountManager, *, text: str = "", team: Team | None = None, country: str = "", segment: str = ""
) -> QuerySet[Client]:
    """The actor's clients in whose name, city or contacts every word of `text` occurs, narrowed by the rest."""
    found = clients_for(actor)
    for word in text.split():
        contact = Contact.objects.filter(
            Q(full_name__icontains=word) | Q(native_name__icontains=word) | Q(email__icontains=word),
            client=OuterRef("pk"),
        )
        found = found.filter(Q(name__icontains=word) | Q(city__icontains=word) | Exists(contact))
    if team is not None:
        found = found.filter(team=team)
    if country:
        found = found.filter(country=country)
    if segment:
        found = found.filter(segment=segment)
    return found


def with_contacts(clients: QuerySet[Client]) -> QuerySet[Client]:
    """The clients with their team, `contact_count`, and the first contacts with their calendars as `shown_contacts`."""
    contacts = Contact.objects.select_related("calendar").order_by("full_name", "pk")[:CONTACTS_SHOWN]
    return (
        clients.select_related("team")
        .annotate(contact_count=Count("contacts", filter=Q(contacts__erased_at=None)))
        .order_by(Lower("name"), "pk")
        .prefetch_related(Prefetch("contacts", queryset=contacts, to_attr="shown_contacts"))
    )
