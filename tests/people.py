"""Rows of plainly made-up people; everything not named is as in the models' defaults."""

import itertools
from typing import Any

from clients.models import AccountManager, Client, Contact, Team

_number = itertools.count(1)


def make_team(**values: Any) -> Team:
    return Team.objects.create(**{"name": f"Team {next(_number)}", **values})


def make_account_manager(*teams: Team, **values: Any) -> AccountManager:
    number = next(_number)
    defaults = {
        "email": f"manager{number}@dayband.example",
        "full_name": f"Manager {number}",
        "time_zone": "Europe/London",
        "language": "en-GB",
    }
    manager = AccountManager.objects.create_user(**{**defaults, **values})
    manager.teams.set(teams)
    return manager


def make_client(team: Team | None = None, **values: Any) -> Client:
    defaults = {"name": f"Client {next(_number)}", "country": "RO", "team": team or make_team()}
    return Client.objects.create(**{**defaults, **values})


def make_contact(client: Client | None = None, **values: Any) -> Contact:
    number = next(_number)
    defaults = {
        "client": client or make_client(),
        "full_name": f"Contact {number}",
        "email": f"contact{number}@client.example",
        "time_zone": "Europe/Bucharest",
        "language": "en",
    }
    return Contact.objects.create(**{**defaults, **values})
