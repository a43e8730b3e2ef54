"""Statements that the ORM compiles once and a run executes thousands of times with different values.

The ORM needs as long to compile a claim's statement as SQLite needs to claim thirty messages with it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from django.db import connections, models
from django.db.models.sql import UpdateQuery

_WORD = re.compile("[a-z]*")

Rows: TypeAlias = list[list[Any]]


class Blank(models.Expression):
    """A value that is supplied when the statement is run; a time may have an offset."""

    def __init__(self, name: str, output_field: "models.Field[Any, Any]", offset: timedelta | None = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name
        self.offset = offset

    def __add__(self, other: Any) -> "Blank":  # type: ignore[override]
        return Blank(self.name, self.output_field, (self.offset or timedelta()) + other)

    def __sub__(self, other: Any) -> "Blank":  # type: ignore[override]
        return self.__add__(-other)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Use the blank itself as the statement's parameter."""
        return "%s", [self]

    def filled(self, values: dict[str, Any], connection: Any) -> Any:
        """Return the value in the form that the database driver expects."""
        value = values[self.name]
        return self.output_field.get_db_prep_value(value if self.offset is None else value + self.offset, connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement compiled by the ORM, with blanks."""

    alias: str
    sql: str
    params: Sequence[Any]
    returned: Sequence[Any] = ()
    """The fields that it returns, if their values may need to be converted."""

    def fetch(self, **values: Any) -> Rows:
        """Run the statement with these values and return its rows."""
        connection = connections[self.alias]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self._filled(values))
            rows = list(map(list, cursor.fetchall()))
        for position, field in enumerate(self.returned):
            _convert(rows, position, field, connection)
        return rows

    def run(self, **values: Any) -> int:
        """Run the statement with these values and return how many rows it changed."""
        with connections[self.alias].cursor() as cursor:
            cursor.execute(self.sql, self._filled(values))
            return int(cursor.rowcount)

    def _filled(self, values: dict[str, Any]) -> list[Any]:
        connection = connections[self.alias]
        return [param.filled(values, connection) if isinstance(param, Blank) else param for param in self.params]


def _convert(rows: Rows, position: int, field: Any, connection: Any) -> None:
    """Convert the values of this column from the driver's form."""
    column = field.get_col(field.model._meta.db_table)
    for convert in [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]:
        for row in rows:
            row[position] = convert(row[position], column, connection)


def selecting(queryset: "models.QuerySet[Any, Any]", *, returned: Sequence[str] = ()) -> Statement:
    """Compile the SELECT of a queryset of values; of the fields ``returned`` if some need to be converted."""
    queryset = queryset.values_list(*returned) if returned else queryset
    sql, params = _spelt_out(*queryset.query.get_compiler(queryset.db).as_sql())
    return Statement(alias=queryset.db, sql=sql, params=params, returned=_fields(queryset.model, returned))


def updating(
    queryset: "models.QuerySet[Any, Any]", changes: dict[str, Any], *, returning: Sequence[str] = ()
) -> Statement:
    """Compile the UPDATE of a queryset; only SQLite and PostgreSQL can return the fields ``returning``."""
    query: Any = queryset.query.chain(UpdateQuery)
    query.add_update_values(changes)
    sql, params = _spelt_out(*query.get_compiler(queryset.db).as_sql())
    returned = _fields(queryset.model, returning)
    if returned:
        quote = connections[queryset.db].ops.quote_name
        sql = f"{sql} RETURNING {', '.join(quote(field.column) for field in returned)}"
    return Statement(alias=queryset.db, sql=sql, params=params, returned=returned)


def _spelt_out(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """Write our own words, such as states, into the statement, so that the driver need not pass them each time."""
    pieces, rest = sql.split("%s"), list[Any]()
    written = [pieces[0]]
    for param, piece in zip(params, pieces[1:], strict=True):
        is_word = isinstance(param, str) and _WORD.fullmatch(param)
        written += [f"'{param}'" if is_word else "%s", piece]
        rest += [] if is_word else [param]
    return "".join(written), rest


def _fields(model: type[models.Model], names: Sequence[str]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]
