"""Deleting what ended long ago, so that the tables do not grow for ever."""

from datetime import datetime

from viber_messaging.delivery import storage
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.states import FINAL_STATES

BATCH_SIZE = 1000


def prunable(ended_before: datetime) -> MessageQuerySet:
    """Return the messages that came to a final state before this moment."""
    return storage.messages().filter(state__in=FINAL_STATES, completed_at__lt=ended_before)


def prune(ended_before: datetime) -> int:
    """Delete them with their attempts, in batches that each commit; return how many messages."""
    deleted = 0
    while pks := list(prunable(ended_before).order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE]):
        with storage.atomic():
            storage.attempts().filter(message__in=pks).delete()
            deleted += storage.messages().filter(pk__in=pks, state__in=FINAL_STATES).delete()[0]
    return deleted
