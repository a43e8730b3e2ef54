"""Confirm an import: write the staged rows exactly once, however often it is confirmed."""

from functools import partial
from typing import Any

from django.utils import timezone

from viber_messaging.delivery.storage import tables
from viber_messaging.importing.entities import Kind, Written
from viber_messaging.importing.stage import Staged, Subject
from viber_messaging.importing.transaction import keep_trying
from viber_messaging.importing.uploads import empty, kept_imports, opened
from viber_messaging.importing.writers.messages import write_messages
from viber_messaging.importing.writers.opt_outs import write_opt_outs
from viber_messaging.importing.writers.recipients import write
from viber_messaging.models import StagedImport, StagedPart


class AlreadyOver(Exception):
    """Raised when the upload was imported or removed meanwhile, or its columns are unknown; nothing was written."""


def confirm(staged_import: StagedImport, *, user: Any) -> dict[Kind, int]:
    """Write the good rows of an upload and empty it, all or nothing; return how many rows of each kind there were.

    Raises AlreadyOver for a second confirmation, and DatabaseBusy if others kept blocking it.
    """
    return keep_trying(partial(confirm_once, staged_import, user))


def confirm_once(staged_import: StagedImport, user: Any) -> dict[Kind, int]:
    """Write it in one transaction that locks the upload, so that a second confirmation waits and then finds it done."""
    with tables.atomic():
        now = timezone.now()
        waiting = kept_imports().filter(pk=staged_import.pk, done_at=None, is_judged=True)
        if not waiting.update(done_at=now):
            raise AlreadyOver
        with opened(staged_import, StagedPart.ROWS) as file:
            written = write_rows(Staged(file), staged_import, user)
        counts = {kind: written.counts[kind] for kind in Kind}
        tables.staged_imports().filter(pk=staged_import.pk).update(counts=counts)
        empty(staged_import)
    return counts


def write_rows(staged: Staged, staged_import: StagedImport, user: Any) -> Written:
    """Write the rows according to their subject."""
    if staged.subject == Subject.MESSAGES:
        return write_messages(staged, created_by=user)
    if staged.subject == Subject.OPT_OUTS:
        return write_opt_outs(staged, by=user)
    return write(staged, group=staged_import.options.get("group") or None)
