"""A stream cut into pieces that a query, or a line of a file, can hold."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeAlias, TypeVar

ItemT = TypeVar("ItemT")
Progress: TypeAlias = Callable[[int], None]
"""Called after each batch with the number of rows done."""

BATCH_SIZE = 1000
BATCH_WEIGHT = 4_000_000
"""Characters, for items that are weighed; a list of people has a few hundred thousand in a thousand rows."""


def batches(
    items: Iterable[ItemT], size: int = BATCH_SIZE, *, weigh: Callable[[ItemT], int] | None = None
) -> Iterator[list[ItemT]]:
    """Yield lists of at most ``size`` items; where they are weighed, of no more than one above BATCH_WEIGHT."""
    iterator = iter(items)
    while batch := list(islice(iterator if weigh is None else light(iterator, weigh), size)):
        yield batch


def light(items: Iterator[ItemT], weigh: Callable[[ItemT], int]) -> Iterator[ItemT]:
    """Yield items until they weigh enough together."""
    weight = 0
    for item in items:
        yield item
        weight += weigh(item)
        if weight > BATCH_WEIGHT:
            return
