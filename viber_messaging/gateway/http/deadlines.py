"""A deadline for a whole POST, which requests and urllib3 lack: their timeouts start again with each read.

It covers connecting to all of a host's addresses, a proxy's CONNECT, the TLS handshake, sending, and reading headers
and body, with or without TLS, even if they arrive byte by byte. It does not cover the DNS lookup, which no program can
interrupt (the resolver's own limit applies), and connections through a SOCKS proxy, where only urllib3's timeouts
apply.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Call:
    """One POST under way."""

    ends_at: float
    is_connecting: bool = False
    """Whether it is certain that no byte of the request has left, because the connection is still being made."""

    @property
    def is_over(self) -> bool:
        """Return whether the deadline has passed."""
        return time.monotonic() >= self.ends_at

    def remaining_seconds(self, at_most: float | None) -> float:
        """Return how long the next step may take; raise TimeoutError if the deadline has passed."""
        if self.is_over:
            raise TimeoutError("The total deadline has passed.")
        left = max(0.001, self.ends_at - time.monotonic())
        return left if at_most is None else min(at_most, left)


current_call: ContextVar[Call] = ContextVar("current_call")
_shared: ContextVar[float] = ContextVar("shared", default=math.inf)
"""When the last of several POSTs must end, by the monotonic clock."""

LEAST_SECONDS = 0.5
"""No POST begins with less time left before a shared deadline: its answer would hardly come in time."""


@contextmanager
def shared_deadline(seconds: float) -> Iterator[None]:
    """Limit all POSTs made inside by one shared deadline, in addition to their own."""
    token = _shared.set(min(_shared.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _shared.reset(token)


def is_late() -> bool:
    """Return whether the shared deadline, if any, leaves no time for another POST."""
    return _shared.get() - time.monotonic() < LEAST_SECONDS


@contextmanager
def deadline(seconds: float) -> Iterator[Call]:
    """Limit the POST made inside by a deadline."""
    now = time.monotonic()
    ends_at = min(now + seconds, _shared.get())
    call = Call(ends_at=ends_at, is_connecting=ends_at <= now)
    token = current_call.set(call)
    try:
        yield call
    finally:
        current_call.reset(token)
