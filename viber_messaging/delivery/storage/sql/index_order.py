"""Reading the first few of many rows in the order of an index, whatever the statistics say."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from viber_messaging.delivery.storage import tables


def sort_nothing() -> None:
    """Let PostgreSQL walk an index to find the first few, until the end of this transaction.

    Before autoanalyze has seen a million new rows it believes that there are a few, and sorts them all each time.
    """
    connection = connections[tables.alias()]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")


@contextmanager
def in_index_order() -> Iterator[None]:
    """Search so, in a transaction of its own where PostgreSQL needs one."""
    if connections[tables.alias()].vendor != "postgresql":
        yield
        return
    with tables.atomic():
        sort_nothing()
        yield
