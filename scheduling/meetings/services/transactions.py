"""The transaction that every booking runs in: locks first, the constraint last, repeated where the database asks."""

import functools
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from psycopg import errors as postgres

from clients.models import AccountManager, Person
from scheduling.meetings.errors import SlotTaken, TryAgain

ATTEMPTS = 3
_ACCOUNT_MANAGERS, _CONTACTS = 1, 2  # the first key of the advisory locks

P = ParamSpec("P")
R = TypeVar("R")


def booking_transaction(service: Callable[P, R]) -> Callable[P, R]:
    """The service in a transaction of its own, or within the caller's.

    The outermost one repeats the whole transaction after a deadlock or a serialisation failure.

    Raises: SlotTaken where the exclusion constraint refused the rows; TryAgain after the last attempt.
    """

    @functools.wraps(service)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return _run(service, *args, **kwargs)
        for _attempt in range(ATTEMPTS):
            try:
                return _run(service, *args, **kwargs)
            except OperationalError as error:
                if not isinstance(error.__cause__, (postgres.DeadlockDetected, postgres.SerializationFailure)):
                    raise
        raise TryAgain

    return wrapper


def _run(service: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        with transaction.atomic():
            return service(*args, **kwargs)
    except IntegrityError as error:
        if isinstance(error.__cause__, postgres.ExclusionViolation):
            raise SlotTaken from error
        raise


def lock_people(people: Iterable[Person]) -> None:
    """Waits until no other transaction books any of these people, and keeps others waiting until this one ends.

    The locks are taken in one order everywhere, so that two bookings never wait for each other.
    """
    keys = sorted(
        (_ACCOUNT_MANAGERS if isinstance(person, AccountManager) else _CONTACTS, person.pk) for person in people
    )
    with connection.cursor() as cursor:
        # A function scan emits the pairs in the order of the arrays, and the lock is taken as each is emitted.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(kind, id) FROM unnest(%s::int[], %s::int[]) AS person (kind, id)",
            [[kind for kind, _ in keys], [pk for _, pk in keys]],
        )


def try_lock(key: int) -> bool:
    """Whether this transaction got the lock of that 64-bit key; never waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        row = cursor.fetchone()
    if row is None:
        raise DatabaseError("a SELECT without FROM returned no row")
    return bool(row[0])
