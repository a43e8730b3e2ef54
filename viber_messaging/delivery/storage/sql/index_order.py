"""Read the first few of many rows in index order, whatever the planner's statistics say."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from viber_messaging.delivery.storage import tables


def sort_nothing() -> None:
    """Make PostgreSQL find the first few rows by an index scan, until the end of this transaction.

    Until autoanalyze has seen a million new rows, it assumes that there are few, and sorts them all each time.
    """
    connection = connections[tables.alias()]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")


@contextmanager
def in_index_order() -> Iterator[None]:
    """Search in index order, in a separate transaction if PostgreSQL needs one."""
    if connections[tables.alias()].vendor != "postgresql":
        yield
        return
    with tables.atomic():
        sort_nothing()
        yield
