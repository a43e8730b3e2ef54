"""The current situation: what waits, whether a worker is active, and the gateway's last answer."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, Subquery
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.queue import holds, standstill
from viber_messaging.delivery.status import manual_decisions
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.states import MOVING_STATES, MessageState

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The queue, the worker and the account at one moment."""

    waiting: int
    """Queued or being sent, including those on hold."""
    sending: int
    held: int
    """Queued, and held back by a paused campaign or its quiet hours."""
    oldest_at: datetime | None
    """When the message at the head of the queue was queued, ignoring those on hold."""
    unconfirmed: int
    undecided: int
    """The unconfirmed messages that wait for a person's decision."""
    on_their_way: int
    forgotten: int
    """The messages on their way that the gateway no longer knows: a person should ask its support."""
    failed: int
    """The messages that could not be sent, and are not retried without a person."""
    rejected: int
    """The messages of the last day that the gateway refused."""
    worked_at: datetime | None
    """When a worker was last seen."""
    paused_until: datetime | None
    stopped_at: datetime | None
    """When a person stopped all sending."""
    is_failing: bool
    """Whether the last request to the gateway failed."""
    reason: str
    """The reason of the gateway's last failure, like ``code``; kept when it is over."""
    code: int | None
    failed_at: datetime | None
    balance: Decimal | None
    currency: str
    balance_at: datetime | None
    obstacle: str
    """Why the settings prevent sending; empty if they do not."""

    @property
    def has_worker(self) -> bool:
        """Return whether a worker was seen recently."""
        return standstill.is_recent(self.worked_at)

    @property
    def lacks_worker(self) -> bool:
        """Return whether nothing is sent because no worker was seen."""
        return standstill.lacks_worker(self.worked_at, self.oldest_at)

    @property
    def is_low(self) -> bool:
        """Return whether the last known balance is below LOW_BALANCE."""
        return conf.LOW_BALANCE is not None and self.balance is not None and self.balance < Decimal(conf.LOW_BALANCE)

    def age(self) -> timedelta:
        """Return how long the head of the queue has waited; zero if nothing waits."""
        return max(timezone.now() - self.oldest_at, timedelta()) if self.oldest_at else timedelta()


def standing() -> Standing:
    """Read the current situation: at most eight queries, each using an index."""
    row, now = health.current(), timezone.now()
    queued = tables.messages().filter(state=MessageState.QUEUED)
    held = holds.held_campaigns(now)
    counts = _counts()
    return Standing(
        waiting=counts[MessageState.QUEUED] + counts[MessageState.SENDING],
        sending=counts[MessageState.SENDING],
        held=queued.filter(campaign__in=held).count(),
        oldest_at=standstill.oldest_at(queued.exclude(campaign__in=held)) if counts[MessageState.QUEUED] else None,
        unconfirmed=counts[MessageState.UNCONFIRMED],
        undecided=manual_decisions.undecided(tables.messages()).count() if counts[MessageState.UNCONFIRMED] else 0,
        on_their_way=counts[MessageState.ACCEPTED],
        forgotten=_forgotten() if counts[MessageState.ACCEPTED] else 0,
        failed=counts[MessageState.FAILED],
        rejected=_rejected(now),
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


def _rejected(now: datetime) -> int:
    """Count along the index of states, from the first key of the last day: other states and days cost nothing."""
    young = tables.messages().filter(created_at__gte=now - DAY).order_by("created_at").values("pk")
    return tables.messages().filter(state=MessageState.REJECTED, pk__gte=Subquery(young[:1])).count()


def _counts() -> Counter[str]:
    states = MOVING_STATES | {MessageState.FAILED}
    rows = tables.messages().filter(state__in=states).order_by().values_list("state").annotate(count=Count("pk"))
    return Counter(dict(rows))
