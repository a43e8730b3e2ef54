"""Handle what a person requests at once: refresh statuses and cancel messages."""

from django.db.models import QuerySet

from viber_messaging.conf import conf
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.runs import usable_client
from viber_messaging.delivery.status import polling, recovery
from viber_messaging.delivery.status.cancellation import OUT_OF_TIME, Cancellation, cancel_accepted, cancel_queued
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import patience
from viber_messaging.gateway.http.deadlines import is_late, shared_deadline
from viber_messaging.logs.tracebacks import without_locals
from viber_messaging.models import Message
from viber_messaging.states import ASKABLE_STATES, MessageState


@without_locals
@patience()
def refresh(messages: "QuerySet[Message]") -> Report:
    """Ask the gateway now about these messages, for at most INLINE_TIMEOUT; the report says if some were left out."""
    tables.assert_no_transaction()
    report = Report()
    pks = list(messages.values_list("pk", flat=True))
    with shared_deadline(conf.INLINE_TIMEOUT), usable_client.usable_client(report, conf.INLINE_TIMEOUT) as client:
        if client is not None:
            recovery.settle_unconfirmed(
                client,
                report,
                limit=len(pks),
                should_stop=is_late,
                pks=pks,
                total_timeout_seconds=conf.INLINE_TIMEOUT,
            )
            known = tables.messages().filter(pk__in=pks).still(*ASKABLE_STATES)
            polling.ask(client, known, report, limit=len(pks), should_stop=is_late)
            if is_late() and report.asked < len(pks):
                report.problem = report.problem or OUT_OF_TIME
    return report


@without_locals
@patience()
def cancel(messages: "QuerySet[Message]", *, error: str = "") -> Cancellation:
    """Cancel these messages: those still queued here, and those that the gateway has not passed on yet.

    ``error`` is the reason stored with the latter. The gateway is asked for at most INLINE_TIMEOUT.
    """
    tables.assert_no_transaction()
    cancellation, report = cancel_queued(messages), Report()
    cancellation.error = error
    if not messages.filter(state=MessageState.ACCEPTED).exists():
        return cancellation
    with shared_deadline(conf.INLINE_TIMEOUT), usable_client.usable_client(report, conf.INLINE_TIMEOUT) as client:
        if client is not None:
            cancel_accepted(client, messages, cancellation)
    cancellation.problem = cancellation.problem or report.problem
    return cancellation
