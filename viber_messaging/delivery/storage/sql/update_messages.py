"""Update many messages with different values in one statement, not one for each message.

``python -m tests.benchmarks.bulk`` measures it.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

from django.db import connections

from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.sql import columns
from viber_messaging.states import MessageState

Changes: TypeAlias = Mapping[str, Any]
"""Values by field name, the same for all messages."""
Own: TypeAlias = Mapping[str, Sequence[Any]]
"""The values of the messages by field name, in the order of the keys."""
NO_GUARD: Changes = MappingProxyType({})


def update(pks: Sequence[int], previous: MessageState, changes: Changes, own: Own, guard: Changes = NO_GUARD) -> int:
    """Update those messages that are in the state ``previous``; return how many.

    ``guard`` gives the values that further fields of a message must have.
    """
    alike = {name: values[0] for name, values in own.items() if values.count(values[0]) == len(values)}
    own = {name: values for name, values in own.items() if name not in alike}
    by_vendor = _UPDATES.get(connections[tables.alias()].vendor, _update_many) if own else _update_alike
    return by_vendor(pks, previous, {**changes, **alike}, own, guard)


def _update_alike(pks: Sequence[int], previous: MessageState, changes: Changes, own: Own, guard: Changes) -> int:
    return tables.messages().filter(pk__in=pks, **guard).still(previous).update(**changes)


def _update_many(pks: Sequence[int], previous: MessageState, changes: Changes, own: Own, guard: Changes) -> int:
    named, values = columns.named, columns.prepared_each(changes)
    set_all = f"UPDATE {columns.table()} SET {columns.assigned([*changes, *own])}"
    statement = f"{set_all} WHERE {named('id')} = %s AND {named('state')} = %s{_guarded(guard)}"
    rows, guarded = zip(*_prepared_own(own), pks, strict=True), columns.prepared_each(guard)
    with connections[tables.alias()].cursor() as cursor:
        cursor.executemany(statement, [(*values, *row, previous.value, *guarded) for row in rows])
        return int(cursor.rowcount)


def _update_from_arrays(pks: Sequence[int], previous: MessageState, changes: Changes, own: Own, guard: Changes) -> int:
    """Check the guard in the join, as ``write_answers`` does."""
    fields = [columns.field(name) for name in own]
    names, key = columns.quoted(fields), columns.named("id")
    arrays = ", ".join(f"unnest(%s::{kind}[])" for kind in columns.types(fields))
    source = f"ROWS FROM (unnest(%s::bigint[]), {arrays}) AS source({', '.join([key, *names])})"
    statement = (
        f"UPDATE {columns.table()} AS message "
        f"SET {', '.join([columns.assigned(changes), *(f'{name} = source.{name}' for name in names)])} "
        f"FROM (SELECT source.*, %s AS previous FROM {source} OFFSET 0) AS source "
        f"WHERE message.{key} = source.{key} AND message.{columns.named('state')} || '' = source.previous"
        f"{_guarded(guard, table='message.')}"
    )
    values: list[Any] = [*columns.prepared_each(changes), previous.value, columns.array(pks), *_prepared_own(own)]
    values += columns.prepared_each(guard)
    with connections[tables.alias()].cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _guarded(guard: Changes, table: str = "") -> str:
    return "".join(f" AND {table}{columns.named(name)} = %s" for name in guard)


def _prepared_own(own: Own) -> list[list[Any]]:
    return [columns.prepared(columns.field(name), values) for name, values in own.items()]


_UPDATES: dict[str, Callable[[Sequence[int], MessageState, Changes, Own, Changes], int]] = {
    "postgresql": _update_from_arrays
}
