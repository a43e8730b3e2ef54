"""Faults of a database, made by the database itself: on SQLite, PostgreSQL and MariaDB."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

_CREATE = {
    "sqlite": ["CREATE TRIGGER fault BEFORE {event} ON {table} BEGIN SELECT fault(); END"],
    "postgresql": [
        "CREATE SEQUENCE faults",
        (
            "CREATE FUNCTION fault() RETURNS trigger AS $$ BEGIN IF nextval('faults') <= {times} THEN "
            "RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF; RETURN NULL; END $$ LANGUAGE plpgsql"
        ),
        "CREATE TRIGGER fault BEFORE {event} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION fault()",
    ],
    "mysql": [
        "CREATE SEQUENCE faults",
        (
            "CREATE TRIGGER fault BEFORE {event} ON {table} FOR EACH ROW IF nextval(faults) <= {times} THEN "
            "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found'; END IF"
        ),
    ],
}
_DROP = {
    "sqlite": ["DROP TRIGGER fault"],
    "postgresql": ["DROP TRIGGER fault ON {table}", "DROP FUNCTION fault", "DROP SEQUENCE faults"],
    "mysql": ["DROP TRIGGER fault", "DROP SEQUENCE faults"],
}


@contextmanager
def deadlocks(model: type[Model], event: str, *, times: int) -> Iterator[None]:
    """Fail the next ``times`` statements of this kind on the model's table, as a deadlock does."""
    if connection.vendor == "sqlite":
        _register(times)
    _execute(_CREATE, model, event, times)
    try:
        yield
    finally:
        _execute(_DROP, model, event, times)


def _register(times: int) -> None:
    left = [times]

    def fault() -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise sqlite3.OperationalError("database is locked")

    connection.ensure_connection()
    connection.connection.create_function("fault", 0, fault)


def _execute(statements: dict[str, list[str]], model: type[Model], event: str, times: int) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement.format(table=model._meta.db_table, event=event, times=times))


def lose_connection() -> None:
    """End this process's connection as a server does that is restarted."""
    number, kill = {
        "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend(%s)"),
        "mysql": ("SELECT connection_id()", "KILL %s"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(number)
        ours = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(kill, [ours])
    other.close()


@contextmanager
def read_only() -> Iterator[None]:
    """Let the database be read and not written, as after a failover."""
    if connection.vendor == "sqlite":
        with _pragma("query_only", 1, before=0):
            yield
        return
    option = {
        "postgresql": {"options": "-c default_transaction_read_only=on"},
        "mysql": {"init_command": "SET SESSION TRANSACTION READ ONLY"},
    }[connection.vendor]
    with mock.patch.dict(connection.settings_dict["OPTIONS"], option):
        connection.close()
        yield
        connection.close()


@contextmanager
def full_disk() -> Iterator[None]:
    """Leave an SQLite database no page to grow by, nor one that earlier tests have emptied."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
    with _pragma("max_page_count", pages, before=2**30):
        yield


@contextmanager
def _pragma(name: str, value: int, *, before: int) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name} = {value}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {name} = {before}")


@contextmanager
def unheard_commit(model: type[Model], event: str, *, words: str = "") -> Iterator[list[str]]:
    """Commit the next statement of this kind, on this model and with these words, and lose the database's answer.

    Yield a list that then holds the statement.
    """
    beginning, table = event.upper(), model._meta.db_table
    struck, pending = list[str](), list[str]()
    execute, commit = CursorWrapper._execute, BaseDatabaseWrapper.commit  # type: ignore[attr-defined]

    def lose(sql: str) -> None:
        struck.append(sql)
        raise OperationalError("server closed the connection unexpectedly")

    def executed(self: Any, sql: str, *args: Any) -> Any:
        result = execute(self, sql, *args)
        if not struck and sql.startswith(beginning) and table in sql and words in sql:
            if self.db.in_atomic_block:
                pending.append(sql)
            else:
                lose(sql)
        return result

    def committed(self: Any) -> None:
        commit(self)
        if pending and not struck:
            lose(pending.pop())

    with (
        mock.patch.object(CursorWrapper, "_execute", executed),
        mock.patch.object(BaseDatabaseWrapper, "commit", committed),
    ):
        yield struck
