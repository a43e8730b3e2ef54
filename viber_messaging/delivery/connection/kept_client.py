"""A gateway client for each thread that stays connected between web requests: connecting costs more than sending.

Other threads do not see it, a forked process makes its own, and it is closed when the thread ends.
"""

import os
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeGuard, TypeVar

from viber_messaging.delivery.connection.guard import GuardedGateway
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.protocol import Gateway

T = TypeVar("T")
Make = Callable[..., Gateway]

LONGEST_IDLE_SECONDS = 4.0
"""Servers commonly hang up after five seconds; if that happens as a request leaves, its outcome is unknown."""


def is_client(make: Make) -> TypeGuard[type[Client]]:
    """Return whether a gateway is our client or a subclass of it, which sends over HTTP."""
    return isinstance(make, type) and issubclass(make, Client)


def may_keep(make: Make) -> bool:
    """Return whether a gateway may stay open after use: our class, or a subclass with the same ``with`` behaviour."""
    return is_client(make) and make.__enter__ is Client.__enter__ and make.__exit__ is Client.__exit__


class KeptGateway(GuardedGateway):
    """A gateway that stays connected after use, unless an error ended the use."""

    def __init__(self, make: Make, written: dict[str, Any]) -> None:
        super().__init__(make(**written))
        self._made_of = make, written
        self._process = os.getpid()
        self._used_at = 0.0
        self.is_lent = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_lent = False
        if error is not None:
            self.close()

    def close(self) -> None:
        """Close the connection; the next use connects again."""
        super().__exit__(None, None, None)

    def _call(self, command: str, method: Callable[..., T], *args: Any) -> T:
        try:
            return super()._call(command, method, *args)
        finally:
            self._used_at = time.monotonic()

    def fits(self, make: Make, written: dict[str, Any]) -> bool:
        """Return whether this client is free, belongs to this process, and was made with these arguments."""
        return not self.is_lent and self._process == os.getpid() and self._made_of == (make, written)

    def lend(self) -> Self:
        """Mark the client as lent and return it; it reconnects if it was idle for too long."""
        self.is_lent = True
        if time.monotonic() - self._used_at > LONGEST_IDLE_SECONDS:
            self.close()
        return self


class _Shelf(threading.local):
    kept: KeptGateway | None = None


_shelf = _Shelf()


def gateway(make: Make, written: dict[str, Any]) -> GuardedGateway:
    """Return this thread's gateway for these arguments. Raises what its constructor raises.

    While it is in use, other callers get a separate one, which is closed after use.
    """
    kept = _shelf.kept
    if kept is not None and kept.fits(make, written):
        return kept.lend()
    if kept is not None and kept.is_lent:
        return GuardedGateway(make(**written))
    if kept is not None:
        kept.close()
    _shelf.kept = KeptGateway(make, written)
    return _shelf.kept
