"""The end of a test that commits: its rows go, and what ``migrate`` made for the apps stays."""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connections
from django.test import TransactionTestCase

KEPT = {ContentType._meta.db_table, Permission._meta.db_table}
"""``flush`` empties these too, and makes them anew: three quarters of its time."""


def empty_tables(case: TransactionTestCase) -> None:
    """Take the place of ``TransactionTestCase._fixture_teardown``, which calls ``flush``."""
    for alias in case._databases_names(include_mirrors=False):
        connection = connections[alias]
        tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
        statements = connection.ops.sql_flush(no_style(), sorted(tables), reset_sequences=False, allow_cascade=False)
        connection.ops.execute_sql_flush(statements)
