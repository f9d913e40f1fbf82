"""Queries that are put together once in a process, for what runs again and again: to compile one takes milliseconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Expression, Field, Func, QuerySet


class Given(Expression):
    """A value that is given when the query runs."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field)
        self.name = name

    def as_sql(self, *_compiler_and_connection: Any) -> Any:
        """A placeholder, with itself for its value."""
        return "%s", [self]


class IsOneOf(Func):
    """Whether a column has one of the values of a `Given` list."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


@dataclass(frozen=True)
class Prepared:
    """The SQL of a query, with a `Given` among its parameters for each value that is not known yet."""

    sql: str
    parameters: Sequence[Any]

    @classmethod
    def of(cls, query: QuerySet[Any, Any]) -> "Prepared":
        """The query as it stands."""
        return cls(*query.query.sql_with_params())

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """What the query finds with these values."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self._filled(given))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def _filled(self, given: Mapping[str, Any]) -> list[Any]:
        return [given[one.name] if isinstance(one, Given) else one for one in self.parameters]
