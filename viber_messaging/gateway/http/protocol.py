"""The interface of a transport, which carries one document to the gateway and its answer back."""

from dataclasses import dataclass
from typing import Protocol

from viber_messaging.gateway.masks import HiddenBytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """A complete HTTP answer; if its status is conclusive, the body may be missing."""

    status: int
    body: bytes
    """Hidden in tracebacks, because it may repeat what was sent."""
    retry_after: str = ""
    """The header's value."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", HiddenBytes(self.body))


class AnyTransport(Protocol):
    """Carries documents for a ``Client``, which may keep it open and use it again, always in the same thread."""

    def post(self, body: bytes, /) -> HttpReply:
        """POST a document and return the whole answer.

        Raises Unreachable, or another NotSent, only if no byte of it has left; OutcomeUnknown otherwise.
        """

    def close(self) -> None:
        """Close the connection; another ``post`` may follow."""
