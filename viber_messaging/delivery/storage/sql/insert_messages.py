"""Insert many messages at once, column by column: several times as fast as ``bulk_create``, which goes row by row.

``python -m tests.benchmarks.bulk`` measures it. Values shared by the whole batch, as in most columns, are prepared
once.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeAlias

from django.db import connections, models

from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.sql import columns
from viber_messaging.models import Message

Shared: TypeAlias = Mapping[Any, Any]
"""The value that all messages share, by field."""
Varying: TypeAlias = Mapping[Any, Sequence[Any]]
"""The values of the messages in order, by field."""


def insert(messages: Sequence[Message]) -> None:
    """Insert unsaved messages as ``bulk_create`` does, but without setting their keys."""
    if not messages or any(message.pk is not None for message in messages):
        tables.messages().bulk_create(messages)
        return
    shared, varying = dict[Any, Any](), dict[Any, Sequence[Any]]()
    for field in Message._meta.local_concrete_fields:
        values = _values(field, messages)
        if not field.unique and _are_one(values):
            shared[field] = columns.prepared(field, values[:1])[0]
        elif not field.primary_key:
            varying[field] = columns.prepared(field, values)
    _INSERTS.get(connections[tables.alias()].vendor, _insert_many)(shared, varying)


def _are_one(values: list[Any]) -> bool:
    """Return whether all values are stored the same. Equality is not enough: ``1 == True``, as are repeated hours."""
    first = values[0]
    if values.count(first) < len(values):
        return False
    if isinstance(first, dict | list | datetime):
        return all(value is first or value == {} for value in values)
    return all(type(value) is type(first) for value in values)


def _values(field: Any, messages: Sequence[Message]) -> list[Any]:
    if type(field).pre_save is models.Field.pre_save:
        return list(map(attrgetter(field.attname), messages))
    return [field.pre_save(message, True) for message in messages]


def _insert_many(shared: Shared, varying: Varying) -> None:
    marks = ", ".join(["%s"] * (len(shared) + len(varying)))
    statement = f"INSERT INTO {columns.table()} ({_names(shared, varying)}) VALUES ({marks})"
    with connections[tables.alias()].cursor() as cursor:
        cursor.executemany(statement, [(*shared.values(), *row) for row in zip(*varying.values(), strict=True)])


def _insert_from_json(shared: Shared, varying: Varying) -> None:
    own = (f"json_extract(source.value, '$[{place}]')" for place in range(len(varying)))
    given = ", ".join([*["%s"] * len(shared), *own])
    statement = f"INSERT INTO {columns.table()} ({_names(shared, varying)}) SELECT {given} FROM json_each(%s) AS source"
    # Not escaped, so that invalid text is refused when it is bound.
    rows = json.dumps(list(zip(*varying.values(), strict=True)), ensure_ascii=False)
    if r"\u0000" in rows:  # SQLite would cut the text there
        _insert_many(shared, varying)
        return
    with connections[tables.alias()].cursor() as cursor:
        cursor.execute(statement, [*shared.values(), rows])


def _insert_from_arrays(shared: Shared, varying: Varying) -> None:
    given = ", ".join([*(f"%s::{kind}" for kind in columns.types(shared)), "source.*"])
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.types(varying))
    statement = (
        f"INSERT INTO {columns.table()} ({_names(shared, varying)}) SELECT {given} FROM unnest({arrays}) AS source"
    )
    values: list[Any] = [*shared.values(), *varying.values()]
    with connections[tables.alias()].cursor() as cursor:
        cursor.execute(statement, values)


def _names(shared: Shared, varying: Varying) -> str:
    return ", ".join(columns.quoted([*shared, *varying]))


_INSERTS: dict[str, Callable[[Shared, Varying], None]] = {
    "sqlite": _insert_from_json,
    "postgresql": _insert_from_arrays,
}
