"""Handle one connection: read requests, get the answer from the routes, deliver it in its manner."""

import socket
import struct
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

from viber_messaging.sandbox.web.server import LoopbackServer
from viber_messaging.sandbox.web.visitors import is_local
from viber_messaging.sandbox.wire.responses import Answer, Manner

MAX_BODY_BYTES = 64 * 1024 * 1024
STRANGER = b"The sandbox answers this machine only: by 127.0.0.1 or localhost, and to no page of another site."
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with keep-alive, without Nagle's delay and without logging."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LoopbackServer

    def handle(self) -> None:
        """Serve until either side closes the connection; it is no error if the client does."""
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def do_GET(self) -> None:
        """Answer a GET."""
        self._deliver(self._ask(b""))

    def do_POST(self) -> None:
        """Answer a POST, which must have a Content-Length."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > MAX_BODY_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                self._deliver(self._ask(body))
            else:
                self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Log nothing."""

    def _ask(self, body: bytes) -> Answer:
        hosts, pages = (
            [value for name in names for value in self.headers.get_all(name, [])]
            for names in (("Host",), ("Origin", "Referer"))
        )
        if not is_local(hosts, pages):
            return Answer(status=HTTPStatus.FORBIDDEN, body=STRANGER, content_type="text/plain")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return self.server.route(self.command, self.path, body, headers)

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer without reading the body, so the connection cannot be reused."""
        self.close_connection = True
        self._send_whole(Answer(status=status, headers=(("Connection", "close"),)))

    def _deliver(self, answer: Answer) -> None:
        deliver: dict[Manner, Callable[[Answer], None]] = {
            Manner.WHOLE: self._send_whole,
            Manner.SLOW: self._send_later,
            Manner.CUT: self._send_half,
            Manner.DRIPPING: self._send_byte_by_byte,
            Manner.SILENT: self._keep_silent,
            Manner.DROPPED: self._drop,
            Manner.RESET: self._reset,
        }
        deliver[answer.manner](answer)

    def _send_whole(self, answer: Answer) -> None:
        self.wfile.write(_head(answer) + answer.body)

    def _send_later(self, answer: Answer) -> None:
        if self.server.stopping.wait(self.server.slow_seconds):
            return self._drop(answer)
        return self._send_whole(answer)

    def _send_half(self, answer: Answer) -> None:
        self.wfile.write(_head(answer) + answer.body[: len(answer.body) // 2])
        self.close_connection = True

    def _send_byte_by_byte(self, answer: Answer) -> None:
        self.wfile.write(_head(answer))
        for place in range(len(answer.body)):
            if self.server.stopping.wait(self.server.silence_seconds / len(answer.body)):
                return self._drop(answer)
            self.wfile.write(answer.body[place : place + 1])
        return None

    def _keep_silent(self, answer: Answer) -> None:
        self.server.stopping.wait(self.server.silence_seconds)
        self._drop(answer)

    def _drop(self, answer: Answer) -> None:
        self.close_connection = True

    def _reset(self, answer: Answer) -> None:
        """Reset the connection: a socket that is shut down first would be closed in an orderly way."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.rfile.close()
        self.connection.close()


def _head(answer: Answer) -> bytes:
    fields = (("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body))), *answer.headers)
    lines = [
        f"HTTP/1.1 {answer.status:d} {HTTPStatus(answer.status).phrase}",
        *(f"{name}: {value}" for name, value in fields),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
