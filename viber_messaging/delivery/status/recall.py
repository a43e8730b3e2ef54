"""Call back messages that the gateway holds for later, if the recipient opts out or is deleted meanwhile."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from viber_messaging.delivery import consent
from viber_messaging.delivery.connection import health, outages
from viber_messaging.delivery.people import departure
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.status import query
from viber_messaging.delivery.status.cancellation import Cancellation, cancel_accepted
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageState

ASK_AGAIN_AFTER = timedelta(minutes=5)


def withdraw(client: Gateway, report: Report, *, limit: int, may_ask: Callable[[], bool]) -> int:
    """Delete scheduled messages to opted-out or deleted recipients at the gateway; retry later if it keeps them.

    ``may_ask`` is called before each request. Return how many messages were to be called back.
    """
    if report.problem:
        return 0
    held = unwanted(tables.messages().held(timezone.now())).order_by("pk")
    found = dict(held.values_list("pk", "is_recipient_gone")[:limit])
    for is_gone, why in ((False, consent.OPTED_OUT), (True, departure.RECIPIENT_DELETED)):
        pks = [pk for pk, gone in found.items() if gone == is_gone]
        if pks and not may_ask():
            return 0
        _withdraw(client, report, pks, why)
    return len(found)


def unwanted(held: MessageQuerySet) -> MessageQuerySet:
    """Narrow the messages that the gateway holds to those to call back."""
    return held.filter(Q(is_recipient_gone=True) | consent.recipient_opted_out())


def _withdraw(client: Gateway, report: Report, pks: Sequence[int], why: str) -> None:
    if not pks or report.problem:
        return
    since, seen = timezone.now(), health.current()
    if seen.is_paused(since):
        return
    cancellation = Cancellation(error=why)
    failure = cancel_accepted(client, tables.messages().filter(pk__in=pks), cancellation)
    if failure is not None and outages.failed(failure, since=since, seen=seen).pauses:
        report.problem = cancellation.problem
    report.moved[MessageState.CANCELLED] += cancellation.cancelled
    query.postpone(pks, MessageState.ACCEPTED, ASK_AGAIN_AFTER)
