"""An HTTP server on loopback: a thread for each connection. It tracks open connections, so that a stop closes all."""

import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, ip_address
from socketserver import TCPServer
from typing import Any

from viber_messaging.sandbox.wire.responses import Answer

SECONDS_TO_LET_GO = 5.0
Route = Callable[[str, str, bytes, dict[str, str]], Answer]
"""A function of method, path with query, body, and headers by lower-case name, that returns the answer."""


class LoopbackServer(ThreadingHTTPServer):
    """A server for this machine only; raises ValueError for any other address, OSError if the port is taken."""

    request_queue_size = 128
    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        handler: type[BaseHTTPRequestHandler],
        route: Route,
        *,
        silence_seconds: float,
        slow_seconds: float,
    ) -> None:
        require_loopback(address[0])
        self.route = route
        self.silence_seconds = silence_seconds
        self.slow_seconds = slow_seconds
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind without looking up this machine's name, which may ask the network."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.socket.getsockname()[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take a connection and remember it."""
        connection, peer = super().get_request()
        with self._changed:
            self._open.add(connection)
        return connection, peer

    def shutdown_request(self, request: Any) -> None:
        """Close a connection and forget it."""
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def server_close(self) -> None:
        """Close the listening socket and every connection, and wait for their threads."""
        self.stopping.set()
        super().server_close()
        with self._changed:
            for connection in self._open:
                _hang_up(connection)
            self._changed.wait_for(lambda: not self._open, SECONDS_TO_LET_GO)


def require_loopback(host: str) -> None:
    """Refuse addresses that others could reach, because anybody who can post here could fill the book."""
    if not (isinstance(ip_address(host), IPv4Address) and ip_address(host).is_loopback):
        raise ValueError(f"The sandbox listens on this machine only (127.0.0.1), not on {host}.")


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster
