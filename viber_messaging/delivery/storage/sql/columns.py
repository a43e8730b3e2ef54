"""Column names, types and values in the form that the database and its driver expect."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connections, models

from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message


def field(name: str, model: type[models.Model] = Message) -> Any:
    """Return the field with this name."""
    return model._meta.get_field(name)


def table(model: type[models.Model] = Message) -> str:
    """Return the name of the model's table, quoted."""
    return connections[tables.alias()].ops.quote_name(model._meta.db_table)


def quoted(fields: Iterable[Any]) -> list[str]:
    """Return the quoted column names of these fields."""
    return [connections[tables.alias()].ops.quote_name(field.column) for field in fields]


def named(*names: str, model: type[models.Model] = Message) -> str:
    """Return the quoted column names of the named fields, as a comma-separated list."""
    return ", ".join(quoted(field(name, model) for name in names))


def assigned(names: Iterable[str]) -> str:
    """Return the assignments of an UPDATE that set these columns of a message to parameters."""
    return ", ".join(f"{named(name)} = %s" for name in names)


def types(fields: Iterable[Any]) -> list[str]:
    """Return the column types without lengths: a cast with a length would cut values that the column should refuse."""
    return [str(field.db_type(connections[tables.alias()])).partition("(")[0] for field in fields]


def array(numbers: Iterable[int]) -> str:
    """Return integers as a PostgreSQL array literal; the driver needs ten times as long to write the same."""
    return f"{{{','.join(map(str, numbers))}}}"


def prepared(field: Any, values: Sequence[Any]) -> list[Any]:
    """Return values of a field in the form that the database driver expects."""
    connection = connections[tables.alias()]
    return [field.get_db_prep_save(value, connection) for value in values]


def prepared_each(changes: Mapping[str, Any], model: type[models.Model] = Message) -> list[Any]:
    """Return one value for each named field, in the form that the database driver expects."""
    return [prepared(field(name, model), [value])[0] for name, value in changes.items()]
