"""Stopping messages: in our queue at once, at the gateway as long as it has not handed them on."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery import queueing, storage
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.errors import GatewayError
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models import Message
from viber_messaging.states import MessageState


@dataclass(slots=True, kw_only=True)
class Cancellation:
    """What became of a wish to cancel, counted."""

    cancelled: int = 0
    too_late: int = 0
    """The gateway had handed them on already, or they are being sent just now."""
    problem: str = ""
    """Why the gateway could not be asked; empty when it could."""
    error: str = ""
    """What the cancelled messages shall tell of why."""


def cancel_queued(messages: "QuerySet[Message]") -> Cancellation:
    """Cancel what no worker has taken yet, without asking the gateway."""
    return Cancellation(cancelled=len(queueing.cancel(messages)))


def cancel_accepted(client: Gateway, messages: "QuerySet[Message]", cancellation: Cancellation) -> GatewayError | None:
    """Ask the gateway to delete what it accepted; it answers 104 where it could, 211 where it was too late.

    Return what kept it from answering, if anything did; the rest is not asked then.
    """
    storage.assert_no_transaction()
    accepted = list(messages.filter(state=MessageState.ACCEPTED).values_list("pk", "reference"))
    for start in range(0, len(accepted), conf.PACKAGE_SIZE):
        try:
            _delete_package(client, accepted[start : start + conf.PACKAGE_SIZE], cancellation)
        except GatewayError as error:
            cancellation.problem = str(error)
            return error
    return None


def _delete_package(client: Gateway, package: Sequence[tuple[int, int]], cancellation: Cancellation) -> None:
    reply = client.delete([reference for _, reference in package])
    deleted = [
        pk
        for pk, reference in package
        if (result := reply.results.get(reference)) is not None and result.code == MessageCode.DELETED
    ]
    now = timezone.now()
    cancellation.cancelled += (
        storage.messages()
        .filter(pk__in=deleted, state=MessageState.ACCEPTED)
        .update(
            state=MessageState.CANCELLED, status_code=MessageCode.DELETED, completed_at=now, error=cancellation.error
        )
    )
    cancellation.too_late += len(package) - len(deleted)
