"""One gateway a thread that stays connected between the requests of a site: connecting costs more than sending.

No other thread sees it, a process that was forked makes its own, and the thread's end closes it.
"""

import os
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from viber_messaging.delivery.connection.guard import GuardedGateway
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.protocol import Gateway

T = TypeVar("T")
Make = Callable[..., Gateway]

LONGEST_IDLE_SECONDS = 4.0
"""Servers commonly hang up after five; one that does just as a request leaves makes its outcome unknown."""


def may_keep(make: Make) -> bool:
    """Tell whether a gateway may stay open after use: ours, and a subclass that does not say what a ``with`` does."""
    if not isinstance(make, type) or not issubclass(make, Client):
        return False
    return make.__enter__ is Client.__enter__ and make.__exit__ is Client.__exit__


class KeptGateway(GuardedGateway):
    """A gateway that closing after use leaves connected, unless an error ended the use."""

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
        """Close the connection; the next use connects anew."""
        super().__exit__(None, None, None)

    def _call(self, command: str, method: Callable[..., T], *args: Any) -> T:
        try:
            return super()._call(command, method, *args)
        finally:
            self._used_at = time.monotonic()

    def fits(self, make: Make, written: dict[str, Any]) -> bool:
        """Tell whether it may be lent to one who would make it of these arguments, here and now."""
        return not self.is_lent and self._process == os.getpid() and self._made_of == (make, written)

    def lend(self) -> Self:
        """Return itself; it connects anew where it was idle for long."""
        self.is_lent = True
        if time.monotonic() - self._used_at > LONGEST_IDLE_SECONDS:
            self.close()
        return self


class _Shelf(threading.local):
    kept: KeptGateway | None = None


_shelf = _Shelf()


def gateway(make: Make, written: dict[str, Any]) -> GuardedGateway:
    """Return this thread's gateway of these arguments. Raises what making it raises.

    While it is in use, whoever asks meanwhile gets one of their own, closed after use.
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
