"""A large queryset read in pieces, by key: it needs neither a cursor on the server nor the memory for all rows.

A pooler of connections (PgBouncer in transaction pooling) loses a cursor between two statements.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

KEYS_AT_ONCE = 100_000
"""Few enough for the memory; so many that a filter without an index in the order of keys is not scanned often."""
ROWS_AT_ONCE = 2000


def pieces(queryset: "QuerySet[Any]", size: int = ROWS_AT_ONCE) -> Iterator[list[Any]]:
    """Yield the primary keys of the rows, in ascending order and each once, in lists of at most ``size``."""
    for keys in _long_pieces(queryset):
        for start in range(0, len(keys), size):
            yield keys[start : start + size]


def _long_pieces(queryset: "QuerySet[Any]") -> Iterator[list[Any]]:
    ordered = queryset.order_by("pk").values_list("pk", flat=True).distinct()
    keys = list(ordered[:KEYS_AT_ONCE])
    while keys:
        yield keys
        keys = list(ordered.filter(pk__gt=keys[-1])[:KEYS_AT_ONCE]) if len(keys) == KEYS_AT_ONCE else []
