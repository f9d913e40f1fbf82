"""Addresses with somebody's rows in them, and what asking for one does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db import connection
from django.db.models import Model
from django.test import Client as Browser
from django.urls import reverse

from tests.security.house import House
from tests.security.whose import Arguments

#: Counts of wrong links and tries to sign in, kept for everybody who asks; and what a browser carries along.
NOBODYS_ROWS = {"cache", "django_session"}
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Asked:
    """One request and its answer."""

    what: str
    response: Any
    # Its body and headers, in small letters.
    said: bytes
    # The tables of which rows were written.
    written: tuple[str, ...]

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    def tells(self, house: House) -> bool:
        """Whether the answer says anything of the house."""
        return house.word.lower().encode() in self.said

    def __str__(self) -> str:
        leads = f" to {self.response['Location']}" if "Location" in self.response else ""
        return f"{self.what} answered {self.status}{leads}"


def ask(browser: Browser, method: str, path: str, headers: Mapping[str, str] | None = None, **data: Any) -> Asked:
    """The answer to one request, within the transaction of a test."""
    before = _written()
    response = getattr(browser, method)(path, data, headers=headers or {})
    after = _written()
    written = {table for table, count in after.items() if count != before.get(table)} - NOBODYS_ROWS
    what = " ".join([method.upper(), path, *(headers or {})])
    body = b"".join(response) if response.streaming else response.content
    said = body + str(response.headers).encode() + response.cookies.output().encode()
    return Asked(what, response, said.lower(), tuple(sorted(written)))


def address(name: str, arguments: Arguments, house: House) -> str:
    """The page about that house's rows, the first of several; a page without a name is its address."""
    if name.startswith("/"):
        return name
    return reverse(name, kwargs={key: _values(value, house)[0] for key, value in arguments.items()})


def foreign_addresses(name: str, arguments: Arguments, own: House, other: House) -> Iterator[str]:
    """The page about rows of the other house, alone and in every mixture with one's own."""
    choices = []
    for value in arguments.values():
        own_values = [(one, False) for one in _values(value, own)[:1]]
        choices.append(
            own_values if value.startswith("=") else own_values + [(one, True) for one in _values(value, other)]
        )
    for chosen in product(*choices):
        if any(is_foreign for _value, is_foreign in chosen):
            yield reverse(name, kwargs=dict(zip(arguments, (value for value, _is_foreign in chosen), strict=True)))


def _values(named: str, house: House) -> list[object]:
    """What an argument is in the address, for each of the rows that it names."""
    value = getattr(house, named.removeprefix("="), named.removeprefix("="))
    rows = value if isinstance(value, tuple) else (value,)
    return [row.pk if isinstance(row, Model) else row for row in rows]


def _written() -> dict[str, int]:
    """How many rows this transaction has written so far, by table, whether they are still there or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())
