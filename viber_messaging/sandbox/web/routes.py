"""The addresses of the sandbox."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.resources import files
from urllib.parse import parse_qs, urlsplit

from viber_messaging.sandbox.ledger.clock import Clock
from viber_messaging.sandbox.ledger.ledger import Book
from viber_messaging.sandbox.web import page
from viber_messaging.sandbox.wire.responses import Answer

API_PATH = "/api/xml.php"
PICTURE_PATH = re.compile(r"/pictures/[a-z0-9-]{1,40}\.png")
"""Under each of these names stands the same sample picture."""
HTML = "text/html; charset=utf-8"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src https: http: data:; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SAFE = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)

Receive = Callable[[bytes, Mapping[str, str]], Answer]


class Routes:
    """The API for programs, and the page with its style and pictures, and the book, for people and scripts."""

    def __init__(self, book: Book, clock: Clock, receive: Receive, count_requests: Callable[[], int]) -> None:
        self._book = book
        self._clock = clock
        self._receive = receive
        self._count_requests = count_requests

    def answer(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the answer to a request."""
        address = urlsplit(target)
        if address.path == API_PATH:
            return self._receive(body, headers) if method == "POST" else _not_allowed("POST")
        give = {"/": self._give_page, "/style.css": _give_style, "/book.json": self._give_book}.get(address.path)
        give = give or (_give_picture if PICTURE_PATH.fullmatch(address.path) else None)
        if give is None:
            return Answer(status=404, body=b"There is nothing here.", content_type="text/plain", headers=SAFE)
        return give(address.path, address.query) if method == "GET" else _not_allowed("GET")

    def _give_page(self, path: str, query: str) -> Answer:
        is_refreshing = parse_qs(query).get("refresh") != ["off"]
        view = page.look(self._book, self._clock, self._count_requests())
        return Answer(body=page.render(view, is_refreshing=is_refreshing).encode(), content_type=HTML, headers=SAFE)

    def _give_book(self, path: str, query: str) -> Answer:
        now = self._clock()
        with self._book.lock:
            rows = [
                {
                    **asdict(message),
                    "status_code": int(self._book.status(message, now).code),
                    "times_accepted": self._book.acceptances[message.id],
                }
                for message in self._book.accepted.values()
            ]
            balance = str(self._book.balance)
        document = {"messages": rows, "balance": balance, "request_count": self._count_requests()}
        return Answer(body=json.dumps(document, ensure_ascii=False).encode(), headers=SAFE)


def _give_style(path: str, query: str) -> Answer:
    return Answer(body=_read("style.css"), content_type="text/css; charset=utf-8", headers=SAFE)


def _give_picture(path: str, query: str) -> Answer:
    headers = (*SAFE, ("Cache-Control", "max-age=3600"))
    return Answer(body=_read("picture.png"), content_type="image/png", headers=headers)


def _read(name: str) -> bytes:
    return files("viber_messaging.sandbox").joinpath(name).read_bytes()


def _not_allowed(method: str) -> Answer:
    return Answer(status=405, headers=(("Allow", method), *SAFE))
