"""Asking the gateway what it knows of messages, by our references."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeAlias

from django.utils import timezone

from viber_messaging.delivery.connection import health, outages
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.gateway import errors
from viber_messaging.gateway.entities import Reply, StatusResult
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.states import MessageState

Answer: TypeAlias = Reply[StatusResult] | health.Failure


def always() -> bool:
    """Tell that the gateway may be asked."""
    return True


def ask(client: Gateway, references: Sequence[int], report: Report) -> Answer:
    """Ask for the status of one package, unless sending pauses by now; a question that fails is noted and harmless."""
    since, seen = timezone.now(), health.current()
    if seen.is_paused(since):
        report.problem = seen.error
        return health.Failure(wait_seconds=0.0, pauses=True)
    try:
        reply = client.status(references)
    except errors.GatewayError as error:
        failure = outages.failed(error, since=since, seen=seen)
        report.problem = str(error) if failure.pauses else ""
        return failure
    outages.succeeded(seen, since=since)
    report.asked += len(references)
    return reply


@retried
def postpone(pks: Sequence[int], state: MessageState, wait: timedelta) -> None:
    """Ask for those of these messages that are still in ``state`` no sooner than after ``wait``."""
    tables.messages().filter(pk__in=pks).still(state).update(next_attempt_at=timezone.now() + wait)
