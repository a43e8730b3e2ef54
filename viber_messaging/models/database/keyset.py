"""Read a large queryset in pieces, by key, without a server-side cursor and without memory for all rows.

A connection pooler (PgBouncer with transaction pooling) loses a cursor between two statements.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

KEYS_AT_ONCE = 100_000
"""Few enough for memory; enough that a filter without a suitable index is not scanned often."""
ROWS_AT_ONCE = 2000


def pieces(queryset: "QuerySet[Any]", size: int = ROWS_AT_ONCE) -> Iterator[list[Any]]:
    """Yield the primary keys of the rows, in ascending order and each once, in lists of at most ``size``."""
    for keys in _long_pieces(queryset):
        for start in range(0, len(keys), size):
            yield keys[start : start + size]


def values(queryset: "QuerySet[Any]", *columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield these columns of the rows, in the order of their keys.

    Rows that matched when the queryset was read are included, even if they no longer match a moment later.
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
