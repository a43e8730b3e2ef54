"""One address with several servers behind it: each connection goes to the next of them."""

import itertools
import socket
import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from viber_messaging.sandbox import Sandbox


@contextmanager
def balanced(servers: Sequence[Sandbox]) -> Iterator[str]:
    """Return the address of which each new connection leads to the next of these servers."""
    addresses = itertools.cycle([(urlsplit(server.url).hostname, urlsplit(server.url).port) for server in servers])

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            host, port = next(addresses)
            with socket.create_connection((host or "", port or 0)) as other:
                back = threading.Thread(target=_carry, args=(other, self.request), daemon=True)
                back.start()
                _carry(self.request, other)
                back.join(5)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = urlsplit(servers[0].url).path
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{path}"
        finally:
            server.shutdown()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
