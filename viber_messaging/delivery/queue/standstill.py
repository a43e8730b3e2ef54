"""Whether sending stands still because no worker runs. Pages, monitors and cron all ask here."""

from datetime import datetime, timedelta

from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.queue import holds
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Connection
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageState
from viber_messaging.time import moments

WORKER_IS_GONE_AFTER = timedelta(minutes=2)
HEAD = 100
"""The number of messages at the head of the queue whose age is read."""


def is_recent(worked_at: datetime | None) -> bool:
    """Return whether a worker that was last seen at this time still counts as running."""
    return worked_at is not None and abs(timezone.now() - worked_at) < WORKER_IS_GONE_AFTER


def lacks_worker(worked_at: datetime | None, oldest_at: datetime | None) -> bool:
    """Return whether nothing is sent because no worker runs; ``oldest_at`` is the time of the head of the queue.

    With ``inline``, requests send. With a task queue, a worker is missed only if something has waited for too long.
    """
    if conf.DISPATCH == "inline" or is_recent(worked_at):
        return False
    return conf.DISPATCH == "worker" or _waits_too_long(oldest_at)


def is_worker_missing(row: Connection) -> bool:
    """Return whether nothing is sent because no worker runs, reading the queue only if the answer depends on it."""
    if conf.DISPATCH in ("inline", "worker") or is_recent(row.worked_at):
        return lacks_worker(row.worked_at, None)
    queued = tables.messages().filter(state=MessageState.QUEUED)
    return lacks_worker(row.worked_at, oldest_at(queued.exclude(campaign__in=holds.held_campaigns(timezone.now()))))


def is_worker_seen() -> bool:
    """Return whether a worker was seen recently, wherever it may be needed."""
    return is_recent(health.current().worked_at)


def oldest_at(queued: MessageQuerySet) -> datetime | None:
    """Return the earliest time among the next messages; a retried one is near the head but may be queued late."""
    head = queued.order_by("pk").values_list("queued_at", flat=True)[:HEAD]
    return min(filter(None, head), default=None)


def _waits_too_long(oldest_at: datetime | None) -> bool:
    return oldest_at is not None and timezone.now() - moments.aware(oldest_at) > WORKER_IS_GONE_AFTER
