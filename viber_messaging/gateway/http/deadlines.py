"""A deadline for a whole POST, which requests and urllib3 lack: their timeouts start again with each read.

It covers connecting to all of a host's addresses, a proxy's CONNECT, the TLS handshake, sending, and reading headers
and body, with or without TLS, even if they arrive byte by byte. It does not cover the DNS lookup, which no program can
interrupt (the resolver's own limit applies), and connections through a SOCKS proxy, where only urllib3's timeouts
apply.
"""

import io
import math
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import create_connection

from viber_messaging.gateway.http.interim import FinalResponse

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


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


_call: ContextVar[Call] = ContextVar("call")
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
    token = _call.set(call)
    try:
        yield call
    finally:
        _call.reset(token)


class DeadlineSocket:
    """A connected socket whose sends and receives all end at the deadline of their call."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._timeout = sock.gettimeout()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def settimeout(self, seconds: float | None) -> None:
        """Set how long one send or receive may take, in seconds, within the deadline."""
        self._timeout = seconds

    def prepare(self) -> None:
        """Give the next send or receive the time that is left; raise TimeoutError if there is none."""
        self._sock.settimeout(_call.get().remaining_seconds(self._timeout))

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        """Send all data; raise TimeoutError at the deadline."""
        view = memoryview(data).cast("B")
        while view:
            self.prepare()
            view = view[self._sock.send(view, flags) :]

    def makefile(self, *args: Any, **kwargs: Any) -> io.BufferedReader:
        """Return a file to read the answer from."""
        return io.BufferedReader(_Reader(self))


class _Reader(io.RawIOBase):
    def __init__(self, sock: DeadlineSocket) -> None:
        super().__init__()
        self._sock = sock
        self._file: io.RawIOBase = sock._sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        self._sock.prepare()
        read: int | None = self._file.readinto(buffer)
        return read

    def close(self) -> None:
        self._file.close()
        super().close()


class DeadlineConnection(HTTPConnection):
    """An HTTP connection that keeps the deadline and records while it is still being made."""

    sock: Any
    response_class = FinalResponse

    def connect(self) -> None:
        """Connect; sets ``is_connecting`` of the call meanwhile, and leaves it set on failure."""
        call = _call.get()
        call.is_connecting = True
        super().connect()
        self.sock = DeadlineSocket(self.sock)
        call.is_connecting = False

    def _new_conn(self) -> socket.socket:
        try:
            return _dial(self._dns_host, self.port, self.timeout, self.socket_options)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "The connection timed out.") from error
        except OSError as error:
            raise NewConnectionError(self, "The connection failed.") from error

    def _tunnel(self) -> None:
        plain = self.sock
        self.sock = DeadlineSocket(plain)
        super()._tunnel()
        plain.settimeout(_call.get().remaining_seconds(plain.gettimeout()))
        self.sock = plain


class DeadlineTLSConnection(DeadlineConnection, HTTPSConnection):
    """The same with TLS; OpenSSL applies the socket's timeout to the handshake as a whole."""


class DeadlinePool(HTTPConnectionPool):
    """A pool of such connections."""

    ConnectionCls = DeadlineConnection


class DeadlineTLSPool(HTTPSConnectionPool):
    """A pool of such connections through TLS."""

    ConnectionCls = DeadlineTLSConnection


def _dial(host: str, port: int, timeout: float | None, options: Any) -> socket.socket:
    """Try each of the host's addresses until one answers; urllib3 would give each of them the whole timeout."""
    failure = OSError("The host has no address.")
    for *_, address in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM):
        try:
            seconds = _call.get().remaining_seconds(timeout)
            sock = create_connection((str(address[0]), port), seconds, socket_options=options)
        except OSError as error:
            failure = error
        else:
            sock.settimeout(max(0.001, min(seconds, _call.get().ends_at - time.monotonic())))
            return sock
    raise failure
