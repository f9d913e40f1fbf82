"""Any number of further clients, for load tests."""

from collections.abc import Sequence

from django.db import transaction

from clients.models import Client, Contact, Team
from scheduling.desk.demo.loading import CONTACTS

FIRST = ("Amber", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Garnet", "Heron", "Indigo", "Juniper")
SECOND = ("Anchor", "Bellows", "Compass", "Depot", "Easel", "Foundry", "Granary", "Harbour", "Inkwell", "Joinery")
BATCH = 1000
# What one of the demo's contacts lends to many: a day as somebody lives it.
LENT = (
    "language", "time_zone", "clock", "week_start", "working_hours", "preferred_hours", "reachable_hours",
    "buffer_minutes", "calendar_id", "preferred_channel", "reminder_minutes",
)  # fmt: skip


@transaction.atomic
def load_crowd(count: int) -> int:
    """How many clients were made: those of `count` numbered ones that were missing, with one contact each.

    They share the countries, zones, languages, hours and calendars of the demo's contacts.
    """
    names = {number: _name(number) for number in range(1, count + 1)}
    present = set(Client.objects.filter(name__in=names.values()).values_list("name", flat=True))
    numbers = [number for number, name in names.items() if name not in present]
    teams = list(Team.objects.order_by("pk"))
    lenders = list(
        Contact.objects.filter(email__in=[demo.email for demo in CONTACTS]).select_related("client").order_by("pk")
    )
    clients = Client.objects.bulk_create([_client(number, lenders, teams) for number in numbers], batch_size=BATCH)
    Contact.objects.bulk_create(
        [_contact(number, lenders, client) for number, client in zip(numbers, clients, strict=True)],
        batch_size=BATCH,
    )
    return len(numbers)


def _name(number: int) -> str:
    first, second = FIRST[number % len(FIRST)], SECOND[number // len(FIRST) % len(SECOND)]
    return f"{first} {second} {number:05}"


def _client(number: int, lenders: Sequence[Contact], teams: Sequence[Team]) -> Client:
    lender = lenders[number % len(lenders)].client
    segments = Client.Segment.values
    return Client(
        name=_name(number),
        team=teams[number % len(teams)],
        segment=segments[number % len(segments)],
        industry=lender.industry,
        size=lender.size,
        country=lender.country,
        city=lender.city,
    )


def _contact(number: int, lenders: Sequence[Contact], client: Client) -> Contact:
    lender = lenders[number % len(lenders)]
    return Contact(
        client=client,
        full_name=f"Contact {number:05}",
        email=f"contact{number:05}@crowd.example",
        **{column: getattr(lender, column) for column in LENT},
    )
