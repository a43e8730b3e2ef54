"""Columns as the database knows them: their names, their types, their values as its driver takes them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connections, models

from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message


def field(name: str, model: type[models.Model] = Message) -> Any:
    """Return the field that bears this name."""
    return model._meta.get_field(name)


def table(model: type[models.Model] = Message) -> str:
    """Return the name of the model's table, quoted."""
    return connections[tables.alias()].ops.quote_name(model._meta.db_table)


def quoted(fields: Iterable[Any]) -> list[str]:
    """Return the names of the columns of these fields, quoted."""
    return [connections[tables.alias()].ops.quote_name(field.column) for field in fields]


def named(*names: str, model: type[models.Model] = Message) -> str:
    """Return the names of the columns of the fields with these names, quoted, as a list of a statement."""
    return ", ".join(quoted(field(name, model) for name in names))


def assigned(names: Iterable[str]) -> str:
    """Return what sets the columns of a message to values given."""
    return ", ".join(f"{named(name)} = %s" for name in names)


def types(fields: Iterable[Any]) -> list[str]:
    """Return the types of these columns, without lengths: a cast to one would cut what the column would refuse."""
    return [str(field.db_type(connections[tables.alias()])).partition("(")[0] for field in fields]


def array(numbers: Iterable[int]) -> str:
    """Return whole numbers as PostgreSQL reads an array; its driver writes the same in ten times as long."""
    return f"{{{','.join(map(str, numbers))}}}"


def prepared(field: Any, values: Sequence[Any]) -> list[Any]:
    """Return values of a field as the database's driver takes them."""
    connection = connections[tables.alias()]
    return [field.get_db_prep_save(value, connection) for value in values]


def prepared_each(changes: Mapping[str, Any], model: type[models.Model] = Message) -> list[Any]:
    """Return one value each of several fields, given by name, as the database's driver takes them."""
    return [prepared(field(name, model), [value])[0] for name, value in changes.items()]
