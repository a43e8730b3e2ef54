"""The stand-in gateway as one object: start it, send to its ``url``, check what was accepted."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from viber_messaging.sandbox.commands.gateway import Desk, Habits
from viber_messaging.sandbox.faults.planned import Plans
from viber_messaging.sandbox.ledger.clock import Clock
from viber_messaging.sandbox.ledger.ledger import Book
from viber_messaging.sandbox.ledger.messages import AcceptedMessage
from viber_messaging.sandbox.ledger.storage import Storage
from viber_messaging.sandbox.web.handler import Handler
from viber_messaging.sandbox.web.routes import API_PATH, Routes
from viber_messaging.sandbox.web.server import LoopbackServer, require_loopback
from viber_messaging.sandbox.wire.parser import SEND, Command
from viber_messaging.sandbox.wire.responses import Answer

REQUESTS_KEPT = 1000
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One POST as it was received; the body includes the key."""

    received_at: float
    """Epoch seconds by the sandbox's clock, before the request was carried out."""
    commands: tuple[str, ...]
    """The commands' names; empty if the request could not be read or its key was wrong."""
    ids: tuple[int, ...]
    body: bytes
    headers: Mapping[str, str]
    """The headers by lower-case name."""

    @property
    def command(self) -> str:
        """The first command's name, or an empty string."""
        return self.commands[0] if self.commands else ""


class Sandbox:
    """A gateway on this machine. Thread-safe. ``with Sandbox() as sandbox: …``, or ``start()`` and ``stop()``.

    ``port`` 0 takes a free port; with ``book_path``, the book is a file that outlives the process. Viber does not reach
    the phones for which ``without_viber`` returns True.
    """

    def __init__(
        self,
        port: int = 0,
        key: str = "sandbox",
        time_zone: str = "Europe/Kyiv",
        seconds_to_deliver: float = 2.0,
        *,
        host: str = "127.0.0.1",
        book_path: Path | str | None = None,
        balance: Decimal = Decimal(1_000_000),
        price: Decimal = Decimal("0.40"),
        sms_price: Decimal = Decimal("0.95"),
        unregistered_senders: Collection[str] = (),
        answer_wrapper: str = SEND,
        is_balance_bare: bool = False,
        without_viber: Callable[[str], bool] = lambda phone: False,
        silence_seconds: float = 90.0,
        slow_seconds: float = 3.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        require_loopback(host)
        self.key = key
        self._address = (host, port)
        self._book_path = book_path
        self._pauses = {"silence_seconds": silence_seconds, "slow_seconds": slow_seconds}
        self._clock = Clock(time_zone, clock)
        self._book = Book(balance=balance, price=price, sms_price=sms_price, seconds_to_deliver=seconds_to_deliver)
        self._plans = Plans()
        habits = Habits(
            key=key,
            answer_wrapper=answer_wrapper,
            is_balance_bare=is_balance_bare,
            unregistered_senders=frozenset(unregistered_senders),
            without_viber=without_viber,
        )
        self._desk = Desk(self._book, self._clock, self._plans, habits)
        self._requests: deque[RequestRecord] = deque(maxlen=REQUESTS_KEPT)
        self.request_count = 0
        self._server: LoopbackServer | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Start listening; raise OSError if the port is taken, ValueError if the book's file is invalid.

        After a stop, it starts again on the same port.
        """
        routes = Routes(self._book, self._clock, self._receive, lambda: self.request_count)
        self._server = server = LoopbackServer(self._address, Handler, routes.answer, **self._pauses)
        self._address = (self._address[0], server.server_port)
        self._open_book(server)
        self._thread = threading.Thread(
            target=server.serve_forever, args=(POLL_SECONDS,), name="viber-sandbox", daemon=True
        )
        self._thread.start()

    def _open_book(self, server: LoopbackServer) -> None:
        if self._book_path is None:
            return
        try:
            self._book.open(Storage(self._book_path))
        except ValueError:
            server.server_close()
            raise

    def stop(self) -> None:
        """Close all connections and stop listening; the book can still be examined."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = self._thread = None
        with self._book.lock:
            self._book.close()

    @property
    def page_url(self) -> str:
        """The address of the page for people."""
        host, port = self._address
        return f"http://{host}:{port}/"

    @property
    def url(self) -> str:
        """The address of the API, for ``API_URL``."""
        return self.page_url.rstrip("/") + API_PATH

    @property
    def accepted(self) -> Mapping[int, AcceptedMessage]:
        """The accepted messages that the gateway knows, by our ID. Live: do not iterate while messages arrive."""
        return MappingProxyType(self._book.accepted)

    @property
    def submissions(self) -> Counter[int]:
        """How often each ID was submitted, whatever the result."""
        with self._book.lock:
            return self._book.submissions.copy()

    @property
    def requests(self) -> list[RequestRecord]:
        """The last requests, the oldest first; ``request_count`` counts all."""
        with self._book.lock:
            return list(self._requests)

    @property
    def clock(self) -> Callable[[], float]:
        """The source of the sandbox's epoch seconds; may be set."""
        return self._clock

    @clock.setter
    def clock(self, source: Callable[[], float]) -> None:
        self._clock.source = source

    def advance(self, seconds: float) -> None:
        """Advance the sandbox's time, so that statuses change without waiting."""
        self._clock.advance(seconds)

    def times_accepted(self, id: int) -> int:  # noqa: A002 (the wire's name)
        """Return how often the gateway would have sent this ID, which tests of "exactly once" rely on."""
        return self._book.acceptances[id]

    def status_code(self, id: int) -> int:  # noqa: A002 (the wire's name)
        """Return the code that a status request would get now; raise KeyError for an unknown ID."""
        with self._book.lock:
            return int(self._book.status(self._book.accepted[id], self._clock()).code)

    def fail_next(self, scenario_name: str, times: int = 1, command: str | None = None) -> None:
        """Plan a scenario for the next ``times`` requests (of this command), whatever the phone."""
        self._plans.fail_next(scenario_name, times, command)

    def fail_all(self, scenario_name: str | None, command: str | None = None) -> None:
        """Apply a scenario to every request (of this command), until None is planned."""
        self._plans.fail_all(scenario_name, command)

    def forget(self, id: int) -> None:  # noqa: A002 (the wire's name)
        """Forget an ID as a gateway may: it is accepted if sent again, and ``times_accepted`` counts it."""
        with self._book.lock:
            self._book.forget(id)

    def reset(self) -> None:
        """Start over: an empty book, no plans, no requests, the real time."""
        with self._book.lock:
            self._book.clear()
            self._requests.clear()
            self.request_count = 0
            self._clock.offset_seconds = 0.0
        self._plans.clear()

    def _receive(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        received_at = self._clock()
        answer, commands = self._desk.answer(body)
        with self._book.lock:
            self._requests.append(_record(received_at, commands, body, headers))
            self.request_count += 1
        return answer


def _record(
    received_at: float, commands: Collection[Command], body: bytes, headers: Mapping[str, str]
) -> RequestRecord:
    ids = tuple(item.id for command in commands for item in command.items if item.id is not None)
    names = tuple(command.name for command in commands)
    return RequestRecord(received_at=received_at, commands=names, ids=ids, body=body, headers=headers)
