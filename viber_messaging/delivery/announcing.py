"""Telling the rest of the site what happened, after the commit."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.dispatch import Signal

from viber_messaging import signals
from viber_messaging.delivery import storage
from viber_messaging.delivery.time_limits import is_time_limit
from viber_messaging.log_facts import facts
from viber_messaging.models import Message
from viber_messaging.states import AttemptOutcome, MessageState

logger = logging.getLogger(__name__)

BATCH_SIZE = 500


def announce(signal: Signal, pks: Iterable[int], **arguments: Any) -> None:
    """Send ``signal`` once a message; read no message when nobody listens."""
    if not signal.has_listeners(Message):
        return
    for message in _read(list(pks)):
        for receiver, response in signal.send_robust(sender=Message, message=message, **arguments):
            if isinstance(response, Exception):
                if is_time_limit(response):
                    raise response
                logger.error(
                    "A receiver of a signal failed for message %s: %r",
                    message.reference,
                    receiver,
                    exc_info=response,
                    extra=facts("receiver_failed", reference=message.reference),
                )


def _read(pks: Sequence[int]) -> Iterator[Message]:
    """Read in batches, not through a cursor on the server: a pooler of connections would lose it."""
    for start in range(0, len(pks), BATCH_SIZE):
        yield from storage.messages().filter(pk__in=pks[start : start + BATCH_SIZE]).order_by("pk")


def announce_attempt(outcome: AttemptOutcome, state: MessageState, pks: Iterable[int]) -> None:
    """Tell that the gateway took or refused these messages, and where it told their fate at once, that too."""
    if outcome == AttemptOutcome.ACCEPTED:
        pks = list(pks)
        announce(signals.message_accepted, pks)
        if state != MessageState.ACCEPTED:
            announce(signals.message_status_changed, pks, previous_state=MessageState.ACCEPTED)
    elif state == MessageState.REJECTED:
        announce(signals.message_rejected, pks)
