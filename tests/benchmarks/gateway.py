"""A gateway that costs next to nothing: ``python -m tests.benchmarks.gateway``, in a process of its own.

It answers every message with 1, every question with 101, or with 102 and a time of its own where the address says
``/delivered``, after as many milliseconds as the address names, and keeps when packages came.
"""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

_ID = re.compile(rb'<msg id="(\d+)"')
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_LATE = re.compile(rb"[A-Z]+ /late/(\d+)")

_UNDER_WAY = b'<msg id="%b" sms_id="7%b">101</msg>'
_DELIVERED = b'<msg id="%b" sms_id="7%b" date_completed="2026-11-20T%02d:%02d:%02d">102</msg>'

arrivals: list[tuple[float, int]] = []
"""When each package came, and how many messages it held."""


def answer(body: bytes, *, is_delivered: bool = False) -> bytes:
    """Take all messages of a package; say of those that a status asks for how they are."""
    ids = _ID.findall(body)
    if b"<status>" in body:
        words = b"".join([delivered(id_) if is_delivered else _UNDER_WAY % (id_, id_) for id_ in ids])
        return b'<?xml version="1.0"?><package><status>%b</status></package>' % words
    arrivals.append((time.monotonic(), len(ids)))
    words = b"".join([b'<msg id="%b" msg_id="7%b">1</msg>' % (id_, id_) for id_ in ids])
    return b'<?xml version="1.0"?><package><message-viber>%b</message-viber></package>' % words


def delivered(id_: bytes) -> bytes:
    """Say that a message arrived, nearly each at a second of its own."""
    second = int(id_) * 7919 % 86_400
    return _DELIVERED % (id_, id_, second // 3600, second // 60 % 60, second % 60)


def tell() -> bytes:
    """Return what came since the last time, and forget it."""
    told = json.dumps(arrivals).encode()
    arrivals.clear()
    return told


def serve(connection: socket.socket) -> None:
    """Answer the requests of one connection, one after another."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffer = b""
    while chunk := connection.recv(1 << 20):
        buffer += chunk
        head, found, body = buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or len(body) < int(length[1] if length else 0):
            continue
        is_delivered = head.startswith(b"POST /delivered")
        content, buffer = (answer(body, is_delivered=is_delivered) if head.startswith(b"POST") else tell()), b""
        if late := _LATE.match(head):
            time.sleep(int(late[1]) / 1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content))


def main() -> None:
    """Listen on a free port of loopback, and say which."""
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(server.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()


@contextmanager
def running() -> Iterator[str]:
    """Run it; give its address."""
    process = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.gateway"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


def arrived(url: str) -> list[tuple[float, int]]:
    """Return when the packages came since this was asked last, and of how many messages each."""
    with urlopen(url) as response:
        return [(moment, count) for moment, count in json.load(response) if count]


if __name__ == "__main__":
    main()
