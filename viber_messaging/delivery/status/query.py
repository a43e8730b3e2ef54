"""Ask the gateway what it knows about messages, by our references."""

from collections.abc import Callable, Sequence
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
    """Return True: the gateway may be asked."""
    return True


def ask(client: Gateway, references: Sequence[int], report: Report) -> Answer:
    """Ask for the statuses of one package, as ``request`` does."""
    answer = request(client.status, references, report)
    if not isinstance(answer, health.Failure):
        report.asked += len(references)
    return answer


def request(
    method: Callable[[Sequence[int]], Reply[StatusResult]], references: Sequence[int], report: Report
) -> Answer:
    """Make one request about messages, unless sending is paused; a failed one is recorded and harmless."""
    since, seen = timezone.now(), health.current()
    if seen.is_paused(since):
        report.problem = seen.error
        return health.Failure(wait_seconds=0.0, pauses=True)
    try:
        reply = method(references)
    except errors.GatewayError as error:
        failure = outages.failed(error, since=since, seen=seen)
        report.problem = str(error) if failure.pauses else ""
        return failure
    outages.succeeded(seen, since=since)
    return reply


@retried
def postpone(pks: Sequence[int], state: MessageState, wait: timedelta) -> None:
    """Postpone the next request for those messages still in ``state`` by ``wait``."""
    tables.messages().filter(pk__in=pks).still(state).update(next_attempt_at=timezone.now() + wait)
