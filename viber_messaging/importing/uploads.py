"""Uploads kept in the database between preview and import: private to a person, and for at most a day.

A file in a folder would be lost after a restart on many hosts, unknown to other hosts, and readable with a lax umask.
"""

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from viber_messaging.delivery.storage import pruning, tables
from viber_messaging.models import StagedImport, StagedPart

KEPT_PER_PERSON = 5
PIECE_BYTES = 512 * 1024


def kept_imports() -> Any:
    """Return all uploads that are not too old."""
    return tables.staged_imports().filter(created_at__gt=pruning.uploads_kept_since())


def keep(upload: IO[bytes], **fields: Any) -> StagedImport:
    """Keep a new upload; delete those that are too old, and all but the last few of the same person."""
    pruning.prune_uploads()
    with tables.atomic():
        staged_import: StagedImport = tables.staged_imports().create(**fields)
        fill(staged_import, StagedPart.UPLOAD, upload)
        others = tables.staged_imports().filter(owner=staged_import.owner).order_by("-pk")
        surplus = list(others.values_list("pk", flat=True)[KEPT_PER_PERSON:])
        tables.staged_imports().filter(pk__in=surplus).delete()
    return staged_import


def fill(staged_import: StagedImport, part: StagedPart, file: IO[bytes]) -> None:
    """Store all of ``file`` as a part of the import, replacing that part, in constant memory."""
    pieces = tables.staged_pieces()
    pieces.filter(staged=staged_import, part=part).delete()
    file.seek(0)
    number = 0
    while content := file.read(PIECE_BYTES):
        pieces.create(staged=staged_import, part=part, number=number, content=zlib.compress(content, 1))
        number += 1


@contextmanager
def opened(staged_import: StagedImport, part: StagedPart) -> Iterator[IO[bytes]]:
    """Open a stored part as a seekable binary file that no other process sees, in constant memory."""
    pieces = tables.staged_pieces().filter(staged=staged_import, part=part).order_by("number")
    with tempfile.TemporaryFile() as file:
        for number in range(pieces.count()):
            file.write(zlib.decompress(pieces.values_list("content", flat=True).get(number=number)))
        file.seek(0)
        yield file


def discard(staged_import: StagedImport) -> None:
    """Delete an upload and its content."""
    tables.staged_imports().filter(pk=staged_import.pk).delete()


def empty(staged_import: StagedImport) -> None:
    """Delete the content of an upload, but keep its record."""
    tables.staged_pieces().filter(staged=staged_import).delete()


def save_judged(staged_import: StagedImport, rows: IO[bytes], facts: dict[str, Any]) -> None:
    """Store the judged rows of an upload, unless it was imported or deleted meanwhile."""
    with tables.atomic():
        waiting = tables.staged_imports().filter(pk=staged_import.pk, done_at=None)
        if waiting.update(is_judged=True, facts=facts):
            fill(staged_import, StagedPart.ROWS, rows)
    staged_import.is_judged, staged_import.facts = True, facts
