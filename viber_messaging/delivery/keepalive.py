"""One client a thread that stays connected between the requests of a site: connecting costs more than sending.

No other thread sees it, a process that was forked makes its own, and the thread's end closes it.
"""

import os
import threading
import time
from types import TracebackType
from typing import Any

from viber_messaging.gateway.client import Client
from viber_messaging.gateway.transport import HttpReply

LONGEST_IDLE_SECONDS = 4.0
"""Servers commonly hang up after five; one that does just as a request leaves makes its outcome unknown."""


class KeptClient(Client):
    """A client that closing after use leaves connected, unless an error ended the use."""

    def __init__(self, **written: Any) -> None:
        super().__init__(**written)
        self._written = written
        self._process = os.getpid()
        self._used_at = 0.0
        self.is_lent = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_lent = False
        if error is not None:
            self.close()

    def _post(self, command: str, document: bytes, count: int) -> HttpReply:
        try:
            return super()._post(command, document, count)
        finally:
            self._used_at = time.monotonic()

    def fits(self, written: dict[str, Any]) -> bool:
        """Tell whether it may be lent to one who would make it of these arguments, here and now."""
        return not self.is_lent and self._process == os.getpid() and self._written == written

    def lend(self) -> "KeptClient":
        """Return itself; it connects anew where it was idle for long."""
        self.is_lent = True
        if time.monotonic() - self._used_at > LONGEST_IDLE_SECONDS:
            self.close()
        return self


class _Shelf(threading.local):
    client: KeptClient | None = None


_shelf = _Shelf()


def client(**written: Any) -> Client:
    """Return this thread's client of these arguments. Raises ConfigurationError as Client does.

    While it is in use, whoever asks meanwhile gets one of their own, closed after use.
    """
    kept = _shelf.client
    if kept is not None and kept.fits(written):
        return kept.lend()
    if kept is not None and kept.is_lent:
        return Client(**written)
    if kept is not None:
        kept.close()
    _shelf.client = KeptClient(**written)
    return _shelf.client
