"""Figures for a monitor: each is documented, and none takes longer the more messages were sent."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from viber_messaging.statistics.snapshot import Standing
from viber_messaging.time import moments

PREFIX = "viber_messaging_"

FIGURES: Mapping[str, str] = {
    "waiting": "messages queued or being sent",
    "sending": "messages being sent at this moment",
    "held": "queued messages held by a paused campaign or its quiet hours",
    "oldest_at": "since when the first message in the queue has been waiting",
    "oldest_seconds": "how long the first message in the queue has been waiting; 0 if none waits",
    "unconfirmed": "messages that may have been sent; the gateway is asked about them",
    "undecided": "messages that may have been sent and wait for a person to decide",
    "on_their_way": "messages that the gateway accepted but has not delivered yet",
    "forgotten": "messages that the gateway accepted but no longer knows",
    "failed": "messages that could not be sent, and are not retried until a person asks for it",
    "rejected": "messages of the last 24 hours that the gateway refused",
    "worked_at": "when a worker was last seen",
    "worker_seconds": "how long ago a worker was last seen",
    "has_worker": "whether a worker was seen recently",
    "lacks_worker": "whether a worker is needed but none was seen recently",
    "is_paused": "whether sending is paused because the gateway could not be used",
    "paused_until": "when a pause ends automatically and sending is tried again",
    "paused_seconds": "how long until a pause ends; 0 if sending is not paused",
    "is_stopped": "whether a person stopped all sending",
    "stopped_at": "when a person stopped all sending",
    "is_failing": "whether the last request to the gateway failed",
    "reason": "why the last failed request failed, in one word; kept after the failure is over",
    "code": "the gateway's code for that failure",
    "failed_at": "when a request last failed",
    "balance": "the account's balance when the gateway was last asked for it",
    "currency": "of the balance",
    "balance_at": "when the gateway was last asked for the balance",
    "balance_seconds": "how long ago the gateway was asked for the balance",
    "is_low": "whether the balance is below LOW_BALANCE",
}
"""Every figure with its meaning; null if unknown."""


def figures(standing: Standing) -> dict[str, Any]:
    """Return the figures: counts, seconds, aware times and booleans."""
    now = timezone.now()
    found = {
        **asdict(standing),
        "oldest_seconds": standing.age().total_seconds(),
        "worker_seconds": _seconds(standing.worked_at, now),
        "has_worker": standing.has_worker,
        "lacks_worker": standing.lacks_worker,
        "is_paused": standing.paused_until is not None,
        "paused_seconds": _seconds(now, standing.paused_until) or 0.0,
        "is_stopped": standing.stopped_at is not None,
        "balance_seconds": _seconds(standing.balance_at, now),
        "is_low": standing.is_low,
    }
    return {name: _with_zone(found[name]) for name in FIGURES}


def _with_zone(value: Any) -> Any:
    return moments.aware(value) if isinstance(value, datetime) else value


def exposition(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines for Prometheus, of those figures that are known numbers."""
    for name, value in figures.items():
        if isinstance(value, int | float | Decimal):
            yield f"# HELP {PREFIX}{name} {FIGURES[name]}"
            yield f"# TYPE {PREFIX}{name} gauge"
            yield f"{PREFIX}{name} {float(value)}"


def _seconds(since: datetime | None, until: datetime | None) -> float | None:
    return max((until - since).total_seconds(), 0.0) if since and until else None
