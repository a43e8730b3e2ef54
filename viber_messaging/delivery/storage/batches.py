"""Many rows, a bounded number at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

ItemT = TypeVar("ItemT")

BATCH_SIZE = 1000


def batches(items: Iterable[ItemT]) -> Iterator[list[ItemT]]:
    """Return the items of a stream in lists of BATCH_SIZE at most."""
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH_SIZE)):
        yield batch
