"""Write staged rows batch by batch in one transaction: all of them or none."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeAlias

from django.db import OperationalError, connections

from viber_messaging.delivery.storage import tables
from viber_messaging.importing.entities import Kind, Refusal
from viber_messaging.importing.stage import Staged

BatchWriter: TypeAlias = Callable[[Sequence[Any]], Counter[Kind]]

TRIES = 5
"""The number of tries after deadlocks: two imports may lock the same people in different orders."""


class DatabaseBusy(RuntimeError):
    """Raised when somebody else is writing the same rows; nothing was written, and trying again will help."""


def write_all(staged: Staged, begin: Callable[[], BatchWriter]) -> dict[Kind, int]:
    """Write all rows that are not refused, or none; return how many of each kind there were.

    ``begin`` is called inside the transaction and returns a function that writes a batch and counts its kinds. Raises
    DatabaseBusy if other imports kept blocking it.
    """
    # Inside the caller's transaction, we cannot start again.
    tries = 1 if connections[tables.alias()].in_atomic_block else TRIES
    return keep_trying(partial(write_once, staged, begin), tries)


def keep_trying(write: Callable[[], dict[Kind, int]], tries: int = TRIES) -> dict[Kind, int]:
    """Call ``write`` until the database lets it; return what it returns. Raises DatabaseBusy after the last try."""
    for _retry in range(tries - 1):
        with suppress(DatabaseBusy, OperationalError):
            return write()
    try:
        return write()
    except OperationalError as error:
        raise DatabaseBusy("The database is busy; nothing was imported. Try again.") from error


def write_once(staged: Staged, begin: Callable[[], BatchWriter]) -> dict[Kind, int]:
    """Write everything in one transaction."""
    counts: Counter[Kind] = Counter()
    with tables.atomic():
        wait_for_other_writers()
        write_batch = begin()
        for batch in staged.batches():
            counts.update(record.kind for record in batch if isinstance(record, Refusal))
            counts += write_batch([record for record in batch if not isinstance(record, Refusal)])
    return {kind: counts[kind] for kind in Kind}


def wait_for_other_writers() -> None:
    """Take SQLite's write lock with a write that changes nothing, because a write after a read does not wait for it."""
    tables.recipients().filter(phone="").update(name="")
