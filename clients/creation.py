"""Rows that a form creates once, however often it is sent."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.forms.models import model_to_dict

from clients.errors import KeyReused

Row = TypeVar("Row", bound=Model)


def insert_once(row: Row, *, filled_in: Collection[str] | None = None) -> Row:
    """The row, inserted, or the one that has its `creation_key` already; `filled_in` as for `contents`.

    Raises: KeyReused where that one has other contents; IntegrityError where something else is in the way.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        # A second sending of the same form waits here for the first to commit.
        first = type(row)._meta.base_manager.filter(creation_key=vars(row)["creation_key"]).first()
        if first is None:
            raise
        if contents(first, filled_in) != contents(row, filled_in):
            raise KeyReused from error
        return first
    return row


def contents(row: Model, filled_in: Collection[str] | None = None) -> dict[str, Any]:
    """What a form fills in: the fields named, or else all that are edited and do not say whose row it is."""
    return model_to_dict(
        row, fields=filled_in, exclude=["id", "contact", "account_manager"] if filled_in is None else ()
    )
