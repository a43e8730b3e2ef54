"""Calling back what the gateway holds for a later hour, when the recipient opts out meanwhile."""

from datetime import timedelta

from django.utils import timezone

from viber_messaging.delivery import asking, cancelling, connection, consent, storage
from viber_messaging.delivery.cancelling import Cancellation
from viber_messaging.delivery.report import Report
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.states import MessageState

ASK_AGAIN_AFTER = timedelta(minutes=5)


def withdraw(client: Gateway, report: Report, *, limit: int) -> None:
    """Delete at the gateway what is scheduled to people who opted out; what it does not delete now is tried later."""
    if report.problem:
        return
    held = consent.unwanted(storage.messages().held(timezone.now()))
    pks = list(held.order_by("pk").values_list("pk", flat=True)[:limit])
    if not pks:
        return
    cancellation = Cancellation(error=consent.OPTED_OUT)
    failure = cancelling.cancel_accepted(client, storage.messages().filter(pk__in=pks), cancellation)
    if failure is not None and connection.failed(failure).pauses:
        report.problem = cancellation.problem
    report.moved[MessageState.CANCELLED] += cancellation.cancelled
    asking.postpone(pks, MessageState.ACCEPTED, ASK_AGAIN_AFTER)
