"""How things stand now: what waits, whether somebody works on it, what the gateway said last."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.queue import holds
from viber_messaging.delivery.status import manual_decisions
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.states import MOVING_STATES, MessageState

WORKER_IS_GONE_AFTER = timedelta(minutes=2)
HEAD = 100
"""Messages at the head of the queue that are asked for their age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The queue, the worker and the account at one moment."""

    waiting: int
    """Queued or being sent, those that are held among them."""
    sending: int
    held: int
    """Queued, and kept back by a paused campaign or its quiet hours."""
    oldest_at: datetime | None
    """When the message at the head of the queue was queued, of those that nothing holds."""
    unconfirmed: int
    undecided: int
    """Of the unconfirmed, those that wait for the word of a person."""
    on_their_way: int
    forgotten: int
    """Of those on their way, those that the gateway does not know any more: a person should ask its support."""
    worked_at: datetime | None
    """When a worker was last seen."""
    paused_until: datetime | None
    stopped_at: datetime | None
    """When a person stopped all sending."""
    is_failing: bool
    """Whether the last request to the gateway failed."""
    reason: str
    """Of the gateway's last complaint, as the code is; kept when it is over."""
    code: int | None
    failed_at: datetime | None
    balance: Decimal | None
    currency: str
    balance_at: datetime | None
    obstacle: str
    """Why the settings let nothing be sent; empty where they do."""

    @property
    def has_worker(self) -> bool:
        """Tell whether a worker was seen lately."""
        return self.worked_at is not None and abs(timezone.now() - self.worked_at) < WORKER_IS_GONE_AFTER

    @property
    def lacks_worker(self) -> bool:
        """Tell whether nothing would leave: the site relies on a worker, and none was seen."""
        return conf.DISPATCH != "inline" and not self.has_worker

    @property
    def is_low(self) -> bool:
        """Tell whether the balance last seen is below LOW_BALANCE."""
        return conf.LOW_BALANCE is not None and self.balance is not None and self.balance < Decimal(conf.LOW_BALANCE)

    def age(self) -> timedelta:
        """Return how long the head of the queue has waited; nothing where nothing waits."""
        return max(timezone.now() - self.oldest_at, timedelta()) if self.oldest_at else timedelta()


def standing() -> Standing:
    """Read how things stand: six queries, each led by an index, and one more where messages are in doubt."""
    row, now = health.current(), timezone.now()
    queued = tables.messages().filter(state=MessageState.QUEUED)
    held = holds.held_campaigns(now)
    counts = _counts()
    return Standing(
        waiting=counts[MessageState.QUEUED] + counts[MessageState.SENDING],
        sending=counts[MessageState.SENDING],
        held=queued.filter(campaign__in=held).count(),
        oldest_at=_oldest(queued.exclude(campaign__in=held)),
        unconfirmed=counts[MessageState.UNCONFIRMED],
        undecided=manual_decisions.undecided(tables.messages()).count() if counts[MessageState.UNCONFIRMED] else 0,
        on_their_way=counts[MessageState.ACCEPTED],
        forgotten=_forgotten(),
        worked_at=row.worked_at,
        paused_until=row.paused_until if row.is_paused(now) else None,
        stopped_at=row.stopped_at,
        is_failing=row.failure_count > 0,
        reason=row.reason,
        code=row.code,
        failed_at=row.failed_at,
        balance=row.balance_amount,
        currency=row.balance_currency,
        balance_at=row.balance_at,
        obstacle=_obstacle(),
    )


def _obstacle() -> str:
    try:
        health.open_client().close()
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def _forgotten() -> int:
    unknown = tables.messages().filter(status_code=MessageCode.ERR_ID)
    return unknown.still(MessageState.ACCEPTED).count()


def _counts() -> Counter[str]:
    rows = tables.messages().filter(state__in=MOVING_STATES).order_by().values_list("state").annotate(count=Count("pk"))
    return Counter(dict(rows))


def _oldest(queued: MessageQuerySet) -> datetime | None:
    """Return the earliest time of those that are sent next; a retried message stands early and may be queued late."""
    head = queued.order_by("pk").values_list("queued_at", flat=True)[:HEAD]
    return min(filter(None, head), default=None)
