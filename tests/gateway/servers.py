"""A server on loopback that misbehaves on purpose, byte by byte: what no polite HTTP server can be made to do."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TLS_DIRECTORY = Path(__file__).parent / "tls"
ACCEPTED = b'<package><message-viber><msg id="1" msg_id="1234568">1</msg></message-viber></package>'


class Visit:
    """One connection of a client's."""

    def __init__(self, sock: socket.socket, server: "RawServer") -> None:
        self.sock = sock
        self.server = server

    def read_request(self) -> bytes:
        """Read one request to the end of its body."""
        received = b""
        while b"</package>" not in received and (part := self.sock.recv(65536)):
            received += part
        if received:
            self.server.requests.append(received)
        return received

    def write(self, data: bytes) -> None:
        self.sock.sendall(data)

    def drip(self, data: bytes, seconds_between: float = 0.05) -> None:
        """Write a byte at a time until the client or the test has had enough."""
        for byte in data:
            self.write(bytes([byte]))
            if self.server.is_over.wait(seconds_between):
                return

    def be_silent(self) -> None:
        self.server.is_over.wait(20)

    def reset(self) -> None:
        """Make the close that follows an RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


Behaviour = Callable[[Visit], None]


class RawServer:
    """Serves one visit after another, each in a thread of its own."""

    def __init__(self, behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.visit_count = 0
        self.is_over = threading.Event()
        self._behaviour = behaviour
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/api/xml.php"
        self._threads = [threading.Thread(target=self._accept)]
        self._open: set[socket.socket] = set()

    def start(self) -> None:
        self._threads[0].start()

    def stop(self) -> None:
        self.is_over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open.copy():
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def wait_for_visits(self) -> None:
        """Return when every connection so far is closed on this side."""
        for thread in self._threads[1:]:
            thread.join(5)

    def _accept(self) -> None:
        while not self.is_over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.visit_count += 1
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError), sock:
            sock.settimeout(20)
            with self._tls.wrap_socket(sock, server_side=True) if self._tls else sock as spoken:
                self._visit(spoken)

    def _visit(self, sock: socket.socket) -> None:
        self._open.add(sock)
        try:
            self._behaviour(Visit(sock, self))
        finally:
            self._open.discard(sock)


@contextmanager
def serving(behaviour: Behaviour, certificate: str = "") -> Iterator[RawServer]:
    """Run a server, through TLS with the named certificate if one is given."""
    server = RawServer(behaviour, _context(certificate) if certificate else None)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def refusing() -> Iterator[int]:
    """Yield a port of loopback where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextmanager
def swallowing() -> Iterator[int]:
    """Yield a port of loopback whose connections are never finished: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        try:
            yield listener.getsockname()[1]
        finally:
            for sock in waiting:
                sock.close()


def answering(body: bytes = ACCEPTED, status: str = "200 OK", *headers: str) -> Behaviour:
    """Answer every request of a visit properly."""
    return saying(answer(body, status, *headers))


def saying(data: bytes) -> Behaviour:
    """Answer every request of a visit with these bytes, and leave the connection open."""

    def behave(visit: Visit) -> None:
        while visit.read_request():
            visit.write(data)

    return behave


def saying_and_closing(data: bytes) -> Behaviour:
    """Answer one request with these bytes, then close."""

    def behave(visit: Visit) -> None:
        visit.read_request()
        visit.write(data)

    return behave


def answer(body: bytes = ACCEPTED, status: str = "200 OK", *headers: str) -> bytes:
    """Return a whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _context(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS_DIRECTORY / f"{certificate}.pem")
    return context
