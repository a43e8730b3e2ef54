"""The interface of a gateway, implemented by ``Client`` or by the site's own class."""

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from viber_messaging.gateway.entities import Balance, OutgoingMessage, Reply, SendResult, StatusResult


class Gateway(Protocol):
    """One account at a gateway, opened by one thread for the length of a run.

    It is constructed with the keyword arguments of ``viber_messaging.gateway.client.Client``. Each method raises
    GatewayError if there is no usable answer: NotSent if it is certain that nothing was sent, OutcomeUnknown otherwise.
    Sending an ``id`` that was accepted before must answer 208 and send nothing: "exactly once" relies on this. Any
    other exception, and any invalid answer, counts as OutcomeUnknown.
    """

    def send(self, messages: Sequence[OutgoingMessage], /) -> Reply[SendResult]:
        """Send messages, all of one channel; the refusal of a message is a result."""

    def status(self, ids: Sequence[int], /) -> Reply[StatusResult]:
        """Return the statuses of messages, by our IDs; 201 for one that never arrived."""

    def delete(self, ids: Sequence[int], /) -> Reply[StatusResult]:
        """Delete messages; the result 211 means "too late"."""

    def balance(self) -> Balance:
        """Return the account's balance."""

    def close(self) -> None:
        """Release open resources."""

    def __enter__(self) -> Self:
        """Return itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Close."""


METHODS = ("send", "status", "delete", "balance", "close", "__enter__", "__exit__")
"""The methods that a gateway must have."""
