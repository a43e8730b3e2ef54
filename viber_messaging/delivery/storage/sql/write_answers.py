"""Write the answers for a whole package at once.

SQLite and PostgreSQL each use their fastest form, at least 1.3 times as fast as the ORM's (``python -m
tests.benchmarks.dispatch``). Every other database uses the ORM's form. A statement is composed once for each set of
columns: for a single message, composing takes as long as running it.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, TypeAlias

from django.db import connections
from django.db.models import OuterRef, Subquery

from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.sql import columns
from viber_messaging.models import SendAttempt
from viber_messaging.states import MessageState

AnswerRow: TypeAlias = tuple[int, int, str]
"""The key of a message, the number of the attempt, and the gateway ID."""
Changes: TypeAlias = Mapping[str, Any]
"""Values by field name, the same for all messages."""


def insert_attempts(answers: Sequence[AnswerRow], shared: Changes) -> None:
    """Insert one attempt for each message."""
    vendor = connections[tables.alias()].vendor
    _INSERTS.get(vendor, _insert_by_orm)(answers, shared)


def move(answers: Sequence[AnswerRow], changes: Changes, token: uuid.UUID, *, with_number: bool) -> int:
    """Update the messages that are still claimed under this token; return how many.

    ``with_number`` also sets the gateway ID of each. Their attempts must have been inserted.
    """
    vendor = connections[tables.alias()].vendor
    by_vendor = _MOVES.get(vendor, _number_by_orm) if with_number else _move_by_orm
    return by_vendor(answers, changes, token)


def _insert_by_orm(answers: Sequence[AnswerRow], shared: Changes) -> None:
    rows = (SendAttempt(message_id=pk, number=count, msg_id=number, **shared) for pk, count, number in answers)
    tables.attempts().bulk_create(rows)


def _insert_from_json(answers: Sequence[AnswerRow], shared: Changes) -> None:
    rows = json.dumps(answers, ensure_ascii=False)
    _execute(_inserting_json(tables.alias(), *shared), [*columns.prepared_each(shared, SendAttempt), rows])


@lru_cache(maxsize=32)
def _inserting_json(alias: str, *names: str) -> str:
    own = ", ".join(f"json_extract(source.value, '$[{place}]')" for place in range(3))
    return _inserting(names, f"SELECT {', '.join(['%s'] * len(names))}, {own} FROM json_each(%s) AS source")


def _insert_from_arrays(answers: Sequence[AnswerRow], shared: Changes) -> None:
    values = [*columns.prepared_each(shared, SendAttempt), *_arrays(answers)]
    _execute(_inserting_arrays(tables.alias(), *shared), values)


@lru_cache(maxsize=32)
def _inserting_arrays(alias: str, *names: str) -> str:
    types = columns.types(columns.field(name, SendAttempt) for name in names)
    given = ", ".join(f"%s::{kind}" for kind in types)
    return _inserting(names, f"SELECT {given}, source.id, source.count, source.number FROM {_SOURCE}")


def _inserting(names: Sequence[str], rows: str) -> str:
    into = columns.named(*names, "message", "number", "msg_id", model=SendAttempt)
    return f"INSERT INTO {columns.table(SendAttempt)} ({into}) {rows}"


def _move_by_orm(answers: Sequence[AnswerRow], changes: Changes, token: uuid.UUID) -> int:
    pks = [pk for pk, _count, _number in answers]
    return tables.messages().filter(pk__in=pks, claim_token=token).still(MessageState.SENDING).update(**changes)


def _number_by_orm(answers: Sequence[AnswerRow], changes: Changes, token: uuid.UUID) -> int:
    """Read the gateway IDs from the attempts just inserted, so that one UPDATE sets them all."""
    attempts = tables.attempts().filter(message=OuterRef("pk"), number=OuterRef("attempt_count"))
    number = Subquery(attempts.order_by("-pk").values("msg_id")[:1])
    return _move_by_orm(answers, {**changes, "msg_id": number}, token)


def _number_from_attempts(answers: Sequence[AnswerRow], changes: Changes, token: uuid.UUID) -> int:
    """Do what the ORM would do, but pass the keys as one parameter."""
    pks = json.dumps([pk for pk, _count, _number in answers])
    statement = _numbering_attempts(tables.alias(), *changes)
    return _execute(statement, [*columns.prepared_each(changes), pks, *_guard(token)])


@lru_cache(maxsize=32)
def _numbering_attempts(alias: str, *names: str) -> str:
    named, kept = columns.named, partial(columns.named, model=SendAttempt)
    number = (
        f"SELECT kept.{kept('msg_id')} FROM {columns.table(SendAttempt)} AS kept "
        f"WHERE kept.{kept('message')} = message.id AND kept.{kept('number')} = message.{named('attempt_count')} "
        "ORDER BY kept.id DESC LIMIT 1"
    )
    return (
        f"UPDATE {columns.table()} AS message SET {columns.assigned(names)}, {named('msg_id')} = ({number}) "
        f"WHERE message.id IN (SELECT value FROM json_each(%s)) "
        f"AND message.{named('state')} || '' = %s AND message.{named('claim_token')} = %s"
    )


def _number_from_arrays(answers: Sequence[AnswerRow], changes: Changes, token: uuid.UUID) -> int:
    statement = _numbering_arrays(tables.alias(), *changes)
    return _execute(statement, [*columns.prepared_each(changes), *_guard(token), *_arrays(answers)])


@lru_cache(maxsize=32)
def _numbering_arrays(alias: str, *names: str) -> str:
    """Check the guard in the join: otherwise PostgreSQL expects it to leave one message, and chooses a slow join.

    OFFSET prevents it from moving the guard out of the subquery.
    """
    named = columns.named
    guarded = f"SELECT id, number, %s AS state, %s::uuid AS token FROM {_SOURCE} OFFSET 0"
    return (
        f"UPDATE {columns.table()} AS message SET {columns.assigned(names)}, {named('msg_id')} = source.number "
        f"FROM ({guarded}) AS source WHERE message.id = source.id "
        f"AND message.{named('state')} || '' = source.state AND message.{named('claim_token')} = source.token"
    )


_SOURCE = (
    "ROWS FROM (unnest(%s::bigint[]), unnest(%s::integer[]), json_array_elements_text(%s)) AS source(id, count, number)"
)


def _arrays(answers: Sequence[AnswerRow]) -> list[str]:
    """Return the values in the form that _SOURCE expects."""
    pks, counts, numbers = zip(*answers, strict=True)
    return [columns.array(pks), columns.array(counts), json.dumps(numbers, ensure_ascii=False)]


def _execute(statement: str, values: Sequence[Any]) -> int:
    with connections[tables.alias()].cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _guard(token: uuid.UUID) -> list[Any]:
    """Return the values of the guard: only messages being sent under this token may be changed.

    The state is compared as MessageQuerySet.still does it.
    """
    return columns.prepared_each({"state": MessageState.SENDING, "claim_token": token})


_INSERTS: dict[str, Callable[[Sequence[AnswerRow], Changes], None]] = {
    "sqlite": _insert_from_json,
    "postgresql": _insert_from_arrays,
}
_MOVES: dict[str, Callable[[Sequence[AnswerRow], Changes, uuid.UUID], int]] = {
    "sqlite": _number_from_attempts,
    "postgresql": _number_from_arrays,
}
