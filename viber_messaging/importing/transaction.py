"""Staged rows written batch by batch in one transaction: all of them or none."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import OperationalError, connections, transaction

from viber_messaging.delivery.storage import tables
from viber_messaging.importing.entities import Kind, Refusal
from viber_messaging.importing.stage import Progress, Staged

BatchWriter: TypeAlias = Callable[[Sequence[Any]], Counter[Kind]]

TRIES = 5
"""Times that all is written anew after a deadlock: two imports may name the same people in another order."""


class WrongRows(ValueError):
    """There are wrong rows and the import was to be of all or nothing; nothing was written."""


class DatabaseBusy(RuntimeError):
    """Somebody else writes the same rows at this moment; nothing was written, and a second try will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import: ``begin`` is called inside the transaction and returns what writes a batch and counts its kinds."""

    staged: Staged
    begin: Callable[[], BatchWriter]
    alias: str
    skip_wrong: bool
    progress: Progress

    def run(self) -> dict[Kind, int]:
        """Write all rows or none; return how many were of each kind.

        Raises WrongRows, and DatabaseBusy where other imports got into its way again and again.
        """
        # Inside somebody else's transaction there is nothing to begin anew.
        tries = 1 if connections[self.alias].in_atomic_block else TRIES
        for _retry in range(tries - 1):
            with suppress(OperationalError):
                return self.write()
        try:
            return self.write()
        except OperationalError as error:
            raise DatabaseBusy("The database is busy; nothing was imported. Try again.") from error

    def write(self) -> dict[Kind, int]:
        """Write everything in one transaction."""
        counts: Counter[Kind] = Counter()
        with transaction.atomic(using=self.alias):
            wait_for_other_writers()
            write_batch = self.begin()
            for batch in self.staged.batches():
                counts += self.refused(batch)
                counts += write_batch([record for record in batch if not isinstance(record, Refusal)])
                self.progress(counts.total())
        return {kind: counts[kind] for kind in Kind}

    def refused(self, batch: Sequence[object]) -> Counter[Kind]:
        """Count the rows that are left out; raise WrongRows unless they may be."""
        counts = Counter(record.kind for record in batch if isinstance(record, Refusal))
        if counts[Kind.WRONG] and not self.skip_wrong:
            raise WrongRows("There are wrong rows; nothing was imported.")
        return counts


def wait_for_other_writers() -> None:
    """Take SQLite's write lock by a write that changes nothing: a read that turns into a write does not wait."""
    tables.recipients().filter(phone="").update(name="")
