"""A stream cut into pieces that a query, or a line of a file, can hold."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeAlias, TypeVar

ItemT = TypeVar("ItemT")
Progress: TypeAlias = Callable[[int], None]
"""Called after each batch with the number of rows done."""

BATCH_SIZE = 1000


def batches(items: Iterable[ItemT], size: int = BATCH_SIZE) -> Iterator[list[ItemT]]:
    """Yield lists of at most ``size`` items."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
