"""How things stand now: what waits, whether somebody works on it, what the gateway said last."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Min, Q
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery import connection, storage
from viber_messaging.states import MessageState

WORKER_IS_GONE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The queue, the worker and the account at one moment."""

    waiting: int
    oldest_at: datetime | None
    """When the message that waits longest was queued."""
    unconfirmed: int
    on_their_way: int
    worked_at: datetime | None
    """When a worker last began a round."""
    paused_until: datetime | None
    reason: str
    code: int | None
    balance: Decimal | None
    currency: str
    balance_at: datetime | None

    @property
    def has_worker(self) -> bool:
        """Tell whether a worker was seen lately."""
        return self.worked_at is not None and abs(timezone.now() - self.worked_at) < WORKER_IS_GONE_AFTER

    @property
    def is_low(self) -> bool:
        """Tell whether the balance last seen is below LOW_BALANCE."""
        return conf.LOW_BALANCE is not None and self.balance is not None and self.balance < Decimal(conf.LOW_BALANCE)

    def age(self) -> timedelta:
        """Return how long the oldest message has waited; nothing where none waits."""
        return timezone.now() - self.oldest_at if self.oldest_at else timedelta()


def standing() -> Standing:
    """Read how things stand: two queries."""
    row, now = connection.current(), timezone.now()
    is_queued = Q(state=MessageState.QUEUED)
    moving = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNCONFIRMED, MessageState.ACCEPTED)
    counts = (
        storage.messages()
        .filter(state__in=moving)
        .aggregate(
            waiting=Count("pk", filter=is_queued | Q(state=MessageState.SENDING)),
            oldest_at=Min("queued_at", filter=is_queued),
            unconfirmed=Count("pk", filter=Q(state=MessageState.UNCONFIRMED)),
            on_their_way=Count("pk", filter=Q(state=MessageState.ACCEPTED)),
        )
    )
    return Standing(
        **counts,
        worked_at=row.worked_at,
        paused_until=row.paused_until if row.is_paused(now) else None,
        reason=row.reason if row.failure_count else "",
        code=row.code if row.failure_count else None,
        balance=row.balance_amount,
        currency=row.balance_currency,
        balance_at=row.balance_at,
    )
