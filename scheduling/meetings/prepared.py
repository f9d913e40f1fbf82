"""Statements that run again and again: put together once in a process, and planned once on a connection.

To put one together takes Django milliseconds, and to plan it takes PostgreSQL as long as to run it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import BooleanField, Expression, Field, Func, QuerySet
from psycopg import sql


class _Prepared(psycopg.Cursor[Any]):
    """A cursor whose statements PostgreSQL plans once, unless the connection's `prepare_threshold` is None."""

    def execute(self, *statement: Any, **options: Any) -> Any:
        return super().execute(*statement, **{**options, "prepare": True})


@contextmanager
def executed(
    statement: str,
    values: Mapping[str, Any] | Sequence[Any],
    *,
    meanwhile: Callable[[], object] | None = None,
    binary: bool = False,
) -> Iterator[CursorWrapper]:
    """A cursor that has run the statement; `meanwhile` is done while the database thinks of it.

    `binary` is for results of many bytes. Raises: Django's errors of databases.
    """
    # Whoever reads the log of queries finds the values in them.
    with connection.cursor() if connection.queries_logged else _prepared(binary=binary) as cursor:
        # In a pipeline a statement is sent, and its answer waited for at the end.
        with connection.wrap_database_errors, connection.connection.pipeline() if meanwhile else nullcontext():
            cursor.execute(statement, values)
            if meanwhile:
                meanwhile()
        yield cursor


def _prepared(*, binary: bool) -> CursorWrapper:
    connection.ensure_connection()
    cursor: Any = _Prepared(connection.connection)
    cursor.format = psycopg.pq.Format.BINARY if binary else psycopg.pq.Format.TEXT
    return connection.make_cursor(cursor)


class Given(Expression):
    """A value that is given when the query runs."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field)
        self.name = name

    def as_sql(self, *_compiler_and_connection: Any) -> Any:
        """A placeholder, with itself for its value."""
        return "%s", [self]


class IsOneOf(Func):
    """Whether a column has one of the values of a `Given` list.

    PostgreSQL expects a few, and looks each of them up: it can't see how long a list that it selects is.
    """

    template = "(%(expressions)s)::bigint[]))"
    arg_joiner = " = ANY((SELECT "
    output_field = BooleanField()


@dataclass(frozen=True)
class Prepared:
    """The SQL of a query, with a placeholder for each value that is not known yet."""

    sql: str
    given: Sequence[str]

    @classmethod
    def of(cls, query: QuerySet[Any, Any]) -> "Prepared":
        """The query as it stands."""
        text, parameters = query.query.sql_with_params()
        connection.ensure_connection()
        # What is known is written into it: PostgreSQL plans best for what it can see.
        filled = (
            "%s" if isinstance(value, Given) else sql.Literal(value).as_string(connection.connection).replace("%", "%%")
            for value in parameters
        )
        first, *others = text.split("%s")
        return cls(
            first + "".join(value + other for value, other in zip(filled, others, strict=True)),
            [value.name for value in parameters if isinstance(value, Given)],
        )

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """What the query finds with these values."""
        with executed(self.sql, [given[name] for name in self.given]) as cursor:
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
