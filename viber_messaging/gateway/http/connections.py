"""Connections of urllib3 that keep the deadline of their call."""

import io
import socket
import time
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import create_connection

from viber_messaging.gateway.http.deadlines import current_call
from viber_messaging.gateway.http.interim import FinalResponse

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


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
        self._sock.settimeout(current_call.get().remaining_seconds(self._timeout))

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
        call = current_call.get()
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
        plain.settimeout(current_call.get().remaining_seconds(plain.gettimeout()))
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
            seconds = current_call.get().remaining_seconds(timeout)
            sock = create_connection((str(address[0]), port), seconds, socket_options=options)
        except OSError as error:
            failure = error
        else:
            sock.settimeout(max(0.001, min(seconds, current_call.get().ends_at - time.monotonic())))
            return sock
    raise failure
