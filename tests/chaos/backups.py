"""A copy of the whole database, taken in the midst of a run and put back later: what came in between is forgotten.

Nobody uses the database meanwhile: its workers are dead, and the people wait.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from django.db import connection


class Backup:
    """One copy beside the database; each one that is taken replaces the one before."""

    def __init__(self) -> None:
        self._name = connection.settings_dict["NAME"]
        self._copy = f"{self._name}_backup"

    def take(self) -> None:
        """Copy the database as it stands."""
        connection.close()
        {"sqlite": _copy_file, "postgresql": _copy_database, "mysql": _copy_tables}[connection.vendor](
            self._name, self._copy
        )

    def put_back(self) -> None:
        """Let the database be as it was when it was copied."""
        connection.close()
        {"sqlite": _copy_file, "postgresql": _copy_database, "mysql": _put_tables_back}[connection.vendor](
            self._copy, self._name
        )

    def drop(self) -> None:
        """Leave no copy at the server; the one of a file goes with its folder."""
        connection.close()
        if connection.vendor != "sqlite":
            with _server() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {self._copy}")


def _copy_file(source: str, target: str) -> None:
    with closing(sqlite3.connect(source)) as before, closing(sqlite3.connect(target)) as after:
        before.backup(after)


def _copy_database(source: str, target: str) -> None:
    """Copy everything, sequences and triggers too."""
    with _server() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source])
        cursor.execute(f"CREATE DATABASE {target} TEMPLATE {source}")


def _copy_tables(source: str, target: str) -> None:
    with _server() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {target}")
        cursor.execute(f"CREATE DATABASE {target} {connection.creation.sql_table_creation_suffix()}")
        for table in _tables(cursor, source):
            cursor.execute(f"CREATE TABLE {target}.{table} LIKE {source}.{table}")
            _fill(cursor, source, target, table)


def _put_tables_back(source: str, target: str) -> None:
    """Fill the tables anew; that of the history last, because triggers write to it meanwhile."""
    from tests.chaos import triggers

    with _server() as cursor:
        cursor.execute("SET FOREIGN_KEY_CHECKS = 0")
        for table in sorted(_tables(cursor, source), key=lambda name: name == triggers.TABLE):
            cursor.execute(f"TRUNCATE TABLE {target}.{table}")
            _fill(cursor, source, target, table)
        cursor.execute("SET FOREIGN_KEY_CHECKS = 1")


def _fill(cursor: Any, source: str, target: str, table: str) -> None:
    columns = "column_name FROM information_schema.columns WHERE COALESCE(generation_expression, '') = ''"
    cursor.execute(f"SELECT {columns} AND table_schema = %s AND table_name = %s", [source, table])
    names = ", ".join(f"`{name}`" for (name,) in cursor.fetchall())
    cursor.execute(f"INSERT INTO {target}.{table} ({names}) SELECT {names} FROM {source}.{table}")


def _tables(cursor: Any, schema: str) -> Sequence[str]:
    cursor.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = %s AND table_type = 'BASE TABLE'",
        [schema],
    )
    return [name for (name,) in cursor.fetchall()]


@contextmanager
def _server() -> Iterator[Any]:
    with connection._nodb_cursor() as cursor:
        yield cursor
