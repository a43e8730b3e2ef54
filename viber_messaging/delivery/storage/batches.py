"""Split many rows into batches."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

ItemT = TypeVar("ItemT")

BATCH_SIZE = 1000
BATCH_WEIGHT = 4_000_000
"""Characters, for items that are weighed; a list of people has a few hundred thousand in a thousand rows."""


def batches(
    items: Iterable[ItemT], size: int = BATCH_SIZE, *, weigh: Callable[[ItemT], int] | None = None
) -> Iterator[list[ItemT]]:
    """Yield lists of at most ``size`` items; with ``weigh``, end a list after the item that exceeds BATCH_WEIGHT."""
    iterator = iter(items)
    while batch := list(islice(iterator if weigh is None else _light(iterator, weigh), size)):
        yield batch


def _light(items: Iterator[ItemT], weigh: Callable[[ItemT], int]) -> Iterator[ItemT]:
    """Yield items until their weights add up to more than BATCH_WEIGHT."""
    weight = 0
    for item in items:
        yield item
        weight += weigh(item)
        if weight > BATCH_WEIGHT:
            return
