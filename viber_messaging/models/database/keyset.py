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


def values(queryset: "QuerySet[Any]", *columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield these columns of the rows, in the order of their keys.

    What a queryset finds when it is read is told, also where it would not be found any more a moment later.
    """
    for piece in _rows(queryset):
        yield from piece.values_list(*columns)


def objects(queryset: "QuerySet[Any]") -> Iterator[Any]:
    """Yield the objects, in the order of their keys, as ``values`` does."""
    for piece in _rows(queryset):
        yield from piece


def _rows(queryset: "QuerySet[Any]") -> Iterator[Any]:
    rows = queryset.model._base_manager.using(queryset.db).order_by("pk")
    for keys in pieces(queryset):
        yield rows.filter(pk__in=keys)


def _long_pieces(queryset: "QuerySet[Any]") -> Iterator[list[Any]]:
    if queryset.query.is_sliced:
        yield sorted(set(queryset.values_list("pk", flat=True)))
        return
    ordered = queryset.order_by("pk").values_list("pk", flat=True).distinct()
    keys = list(ordered[:KEYS_AT_ONCE])
    while keys:
        yield keys
        keys = list(ordered.filter(pk__gt=keys[-1])[:KEYS_AT_ONCE]) if len(keys) == KEYS_AT_ONCE else []
