"""The end of a test that commits: its rows go, and what ``migrate`` made for the apps stays."""

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connections
from django.test import TransactionTestCase

KEPT = {ContentType._meta.db_table, Permission._meta.db_table}
"""``flush`` empties these too, and makes them anew: three quarters of its time."""

SMALL_BYTES = 64 * 1024


def empty_tables(case: TransactionTestCase) -> None:
    """Take the place of ``TransactionTestCase._fixture_teardown``, which calls ``flush``."""
    for alias in case._databases_names(include_mirrors=False):
        connection = connections[alias]
        tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
        connection.ops.execute_sql_flush(_statements(connection, sorted(tables)))


def _statements(connection: Any, tables: list[str]) -> list[str]:
    """Return what empties these tables. PostgreSQL syncs each file that it truncates, so it deletes a few rows."""
    if connection.vendor != "postgresql":
        return list(connection.ops.sql_flush(no_style(), tables))
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relname = ANY(%s)", [tables])
        sizes = dict(cursor.fetchall())
    if any(size > SMALL_BYTES for size in sizes.values()):
        return list(connection.ops.sql_flush(no_style(), tables))
    return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables if sizes[table]]
