"""Send the signals that tell the site what happened, after the commit."""

import logging
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from django.dispatch import Signal

from viber_messaging import signals
from viber_messaging.delivery.interruption import is_time_limit
from viber_messaging.delivery.storage import tables
from viber_messaging.logs.facts import facts
from viber_messaging.models import Message
from viber_messaging.states import AttemptOutcome, MessageState

logger = logging.getLogger(__name__)

BATCH_SIZE = 500
LONGEST_CHAIN = 20
"""The most links in a chain where a receiver sends a message, whose signal makes a receiver send another, and so on."""

Announcement: TypeAlias = tuple[int, Signal, list[int], Mapping[str, Any]]
"""The position in the chain of receivers, and the signal, message keys and arguments to send."""


class _Thread(threading.local):
    """The signals that wait because a receiver in this thread is still handling an earlier one."""

    waiting: deque[Announcement] | None = None
    depth = 0


_thread = _Thread()


def announce(signal: Signal, pks: Iterable[int], **arguments: Any) -> None:
    """Send ``signal`` once for each message; read no messages if the signal has no receivers.

    Signals that receivers cause in turn are sent afterwards, not nested. A chain that exceeds LONGEST_CHAIN is logged.
    """
    if not signal.has_listeners(Message):
        return
    if _thread.waiting is not None:
        _put_off(signal, list(pks), arguments)
        return
    _thread.waiting = deque([(0, signal, list(pks), arguments)])
    try:
        while _thread.waiting:
            _thread.depth, next_signal, next_pks, next_arguments = _thread.waiting.popleft()
            _send(next_signal, next_pks, next_arguments)
    finally:
        _thread.waiting = None


def _put_off(signal: Signal, pks: list[int], arguments: Mapping[str, Any]) -> None:
    if _thread.depth < LONGEST_CHAIN and _thread.waiting is not None:
        _thread.waiting.append((_thread.depth + 1, signal, pks, arguments))
        return
    logger.error(
        "Signal receivers answer each message with another one; no signals are sent for %s more messages.",
        len(pks),
        extra=facts("receivers_endless", count=len(pks)),
    )


def _send(signal: Signal, pks: Sequence[int], arguments: Mapping[str, Any]) -> None:
    for message in _read(pks):
        for receiver, response in signal.send_robust(sender=Message, message=message, **arguments):
            if isinstance(response, Exception):
                if is_time_limit(response):
                    raise response
                logger.error(
                    "A signal receiver failed for message %s: %r",
                    message.reference,
                    receiver,
                    exc_info=response,
                    extra=facts("receiver_failed", reference=message.reference),
                )


def _read(pks: Sequence[int]) -> Iterator[Message]:
    """Read in batches instead of a server-side cursor, which a connection pooler would lose."""
    for start in range(0, len(pks), BATCH_SIZE):
        yield from tables.messages().filter(pk__in=pks[start : start + BATCH_SIZE]).order_by("pk")


def announce_attempt(outcome: AttemptOutcome, state: MessageState, pks: Iterable[int]) -> None:
    """Announce that the gateway accepted or refused these messages, and their status if it already gave one."""
    if outcome == AttemptOutcome.ACCEPTED:
        pks = list(pks)
        announce(signals.message_accepted, pks)
        if state != MessageState.ACCEPTED:
            announce(signals.message_status_changed, pks, previous_state=MessageState.ACCEPTED)
    elif state == MessageState.REJECTED:
        announce(signals.message_rejected, pks)
