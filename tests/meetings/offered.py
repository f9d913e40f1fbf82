"""Offers of times to made-up contacts, for tests."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from clients.models import AccountManager, Contact
from scheduling.meetings import services
from scheduling.meetings.models import Offer
from tests.people import make_account_manager, make_client, make_contact, make_team

#: A Monday, nine in the morning in London.
NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
#: Tuesday, Wednesday and Thursday at two.
TIMES = tuple(NOW.replace(hour=14) + days * DAY for days in (1, 2, 3))


@dataclass(frozen=True)
class Cast:
    """An account manager in London and contacts of one client in Toronto."""

    manager: AccountManager
    contacts: list[Contact]

    @property
    def contact(self) -> Contact:
        return self.contacts[0]


def make_cast(contacts: int = 1, **values: Any) -> Cast:
    """Those people; what is named holds for the contacts."""
    manager = make_account_manager(make_team(), full_name="Maya Okafor", address_as="Maya")
    client = make_client(manager.teams.get())
    wanted = {"time_zone": "America/Toronto", "language": "en-CA", **values}
    return Cast(manager, [make_contact(client, **wanted) for _ in range(contacts)])


def send(cast: Cast, **values: Any) -> Offer:
    """The offer of three times to all contacts."""
    wanted: dict[str, Any] = {
        "actor": cast.manager,
        "contacts": cast.contacts,
        "colleagues": [cast.manager],
        "times": TIMES,
        "title": "Quarterly review",
        "duration_minutes": 45,
        "now": NOW,
    }
    return services.send_offer(**{**wanted, **values})
