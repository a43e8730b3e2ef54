"""Deleting what ended long ago, so that the tables do not grow for ever, and uploads that nobody wants any more."""

from datetime import datetime, timedelta

from django.utils import timezone

from viber_messaging.delivery import storage
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.states import FINAL_STATES

BATCH_SIZE = 1000
UPLOADS_KEPT = timedelta(hours=24)
"""Spreadsheets that wait for a person's word hold phones: for a day at most."""


def prunable(ended_before: datetime) -> MessageQuerySet:
    """Return the messages that came to a final state before this moment."""
    return storage.messages().filter(state__in=FINAL_STATES, completed_at__lt=ended_before)


def prune(ended_before: datetime) -> int:
    """Delete them with their attempts, in batches that each commit; return how many messages."""
    deleted, last_pk = 0, 0
    while pks := _next_pks(ended_before, last_pk):
        last_pk = pks[-1]
        with storage.atomic():
            storage.attempts().filter(message__in=pks).delete()
            deleted += storage.messages().filter(pk__in=pks, state__in=FINAL_STATES).delete()[0]
    return deleted


def _next_pks(ended_before: datetime, last_pk: int) -> list[int]:
    """Return a batch behind the last one: what is kept is walked over once, not once a batch."""
    ended = prunable(ended_before).filter(pk__gt=last_pk).order_by("pk")
    return list(ended.values_list("pk", flat=True)[:BATCH_SIZE])


def prune_uploads() -> int:
    """Delete uploads that were kept too long, whatever became of them; return how many."""
    pks = list(storage.staged_imports().filter(created_at__lte=uploads_kept_since()).values_list("pk", flat=True))
    if pks:
        storage.staged_imports().filter(pk__in=pks).delete()
    return len(pks)


def uploads_kept_since() -> datetime:
    """Return the moment of which older uploads count as gone."""
    return timezone.now() - UPLOADS_KEPT
