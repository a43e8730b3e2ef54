"""What the rest of the app asks of a gateway: ``Client`` does it, and so may a class of the site's own."""

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from viber_messaging.gateway.entities import Balance, OutgoingMessage, Reply, SendResult, StatusResult


class Gateway(Protocol):
    """One account at a gateway, opened for the length of a run by one thread.

    It is made with the keyword arguments of ``viber_messaging.gateway.client.Client``. Each method raises GatewayError
    when nothing can be said of what was asked: NotSent where that is certain, OutcomeUnknown otherwise; and a send of
    an ``id`` that was accepted before must answer 208 and send nothing, which is what "exactly once" rests on.
    Any other exception, and an answer that is none, count as OutcomeUnknown.
    """

    def send(self, messages: Sequence[OutgoingMessage], /) -> Reply[SendResult]:
        """Send messages; a refusal of one is a result."""

    def status(self, ids: Sequence[int], /) -> Reply[StatusResult]:
        """Tell what became of messages, by our own ids; 201 of one that never came."""

    def delete(self, ids: Sequence[int], /) -> Reply[StatusResult]:
        """Take messages back; 211 of one is "too late"."""

    def balance(self) -> Balance:
        """Return what is left on the account."""

    def close(self) -> None:
        """Let go of what is open."""

    def __enter__(self) -> Self:
        """Return itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Close."""


METHODS = ("send", "status", "delete", "balance", "close", "__enter__", "__exit__")
"""What a gateway must have."""
