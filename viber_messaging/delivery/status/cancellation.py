"""Cancel messages: at once in our queue, and at the gateway if it has not passed them on yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.conf import conf
from viber_messaging.delivery.decisions import outcomes
from viber_messaging.delivery.queue import moves
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.errors import GatewayError
from viber_messaging.gateway.http import deadlines
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models import Message
from viber_messaging.states import HANDED_ON_STATES, MessageState, Recall

_TOO_LATE = {code for code, state in outcomes.STATE_BY_CODE.items() if state in HANDED_ON_STATES} | {
    MessageCode.ENROUTE,
    MessageCode.SENDING,
    MessageCode.ERR_DELETE,
    MessageCode.ERR_ID,
}
"""The codes of messages that the gateway does not hold, or no longer holds."""

OUT_OF_TIME = gettext_noop(
    "The gateway is slow: there was no time to ask about all messages. Ask again about the others."
)


@dataclass(slots=True, kw_only=True)
class Cancellation:
    """Counts of what a cancellation achieved."""

    cancelled: int = 0
    too_late: int = 0
    """The gateway had already passed these on, or they are being sent right now."""
    unclear: int = 0
    """The gateway was asked, and did not say whether it cancelled these."""
    problem: str = ""
    """Why the gateway could not be asked; empty if it could."""
    error: str = ""
    """The reason stored with the cancelled messages."""


def cancel_queued(messages: "QuerySet[Message]") -> Cancellation:
    """Cancel what no worker has claimed yet, without asking the gateway."""
    return Cancellation(cancelled=len(moves.cancel(messages)))


def cancel_accepted(client: Gateway, messages: "QuerySet[Message]", cancellation: Cancellation) -> GatewayError | None:
    """Ask the gateway to delete accepted messages; it answers 104 if it did, 211 if it was too late.

    Return the error if it did not answer; the remaining messages are not asked about then.
    """
    tables.assert_no_transaction()
    _call_off_sms(messages)
    accepted = list(messages.filter(state=MessageState.ACCEPTED).values_list("pk", "reference"))
    for start in range(0, len(accepted), conf.PACKAGE_SIZE):
        if deadlines.is_late():
            cancellation.problem = OUT_OF_TIME
            return None
        try:
            _delete_package(client, accepted[start : start + conf.PACKAGE_SIZE], cancellation)
        except GatewayError as error:
            cancellation.problem = str(error)
            return error
    return None


def _call_off_sms(messages: "QuerySet[Message]") -> None:
    """Record first that no SMS goes instead of these: the gateway may delete them, and its answer may be lost."""
    messages.exclude(sms_text="").filter(state=MessageState.ACCEPTED).update(recall=Recall.CALLED_OFF)


def _delete_package(client: Gateway, package: Sequence[tuple[int, int]], cancellation: Cancellation) -> None:
    results = client.delete([reference for _, reference in package]).results
    codes = {pk: results[reference].code for pk, reference in package if reference in results}
    deleted = [pk for pk, code in codes.items() if code == MessageCode.DELETED]
    too_late = [pk for pk, code in codes.items() if code in _TOO_LATE]
    now = timezone.now()
    cancellation.cancelled += (
        tables.messages()
        .filter(pk__in=deleted)
        .still(MessageState.ACCEPTED)
        .update(
            state=MessageState.CANCELLED, status_code=MessageCode.DELETED, completed_at=now, error=cancellation.error
        )
    )
    cancellation.too_late += len(too_late)
    cancellation.unclear += len(package) - len(deleted) - len(too_late)
