"""Several requests at once: threads make them without touching the database; their owner starts and records them."""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from queue import SimpleQueue
from types import TracebackType
from typing import TypeAlias

from django.db import Error

from viber_messaging.delivery.connection import health
from viber_messaging.delivery.decisions import outcomes
from viber_messaging.delivery.send.package import Delivery
from viber_messaging.gateway.entities import OutgoingMessage, Reply, SendResult
from viber_messaging.gateway.protocol import Gateway

LAST_ANSWERS_SECONDS = 5.0
"""How long a run that is ended from outside waits for outstanding answers."""

Answer: TypeAlias = "Future[Reply[SendResult]]"


class Flights:
    """Up to ``count`` requests under way. If an error ends the run, requests that have begun are recorded first.

    After an error that does not come from the database, the run waits only briefly; outcomes still missing are resolved
    later. KeyboardInterrupt and SystemExit end the run without recording, as a kill does; those outcomes are resolved
    later too.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._stack = ExitStack()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="viber-post")
        self._clients: SimpleQueue[Gateway] = SimpleQueue()
        self._deliveries: dict[Answer, Delivery] = {}

    def __enter__(self) -> "Flights":
        for _number in range(self._count):
            self._clients.put(self._stack.enter_context(health.open_client()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        is_interrupted = isinstance(error, Exception) and not isinstance(error, Error)
        with self._stack:
            try:
                if error is None or isinstance(error, Exception):
                    self._land_all(error, LAST_ANSWERS_SECONDS if is_interrupted else None)
            finally:
                self._threads.shutdown(wait=not is_interrupted, cancel_futures=is_interrupted)

    @property
    def are_any(self) -> bool:
        """Return whether a request is under way."""
        return bool(self._deliveries)

    @property
    def are_full(self) -> bool:
        """Return whether no further request may begin."""
        return len(self._deliveries) >= self._count

    @property
    def size(self) -> int:
        """Return how many messages the packages under way hold."""
        return sum(delivery.size for delivery in self._deliveries.values())

    def start(self, delivery: Delivery) -> None:
        """Begin the next request of a package; end the package if nothing is left to send."""
        if delivery.may_go_on():
            self._deliveries[self._threads.submit(self._post, delivery.next_messages())] = delivery
        else:
            delivery.end()

    def land(self, within_seconds: float | None = None) -> None:
        """Wait for an answer, record all that arrived, and continue with unfinished packages."""
        for answer in wait(self._deliveries, timeout=within_seconds, return_when=FIRST_COMPLETED).done:
            self._land(answer)

    def _land(self, answer: Answer) -> None:
        delivery = self._deliveries.pop(answer)
        delivery.send_next(lambda _messages: answer.result())
        self.start(delivery)

    def _land_all(self, error: Exception | None, within_seconds: float | None) -> None:
        """Record the rest, even if recording one fails; raise the first failure unless ``error`` is given."""
        ends_at = None if within_seconds is None else time.monotonic() + within_seconds
        failures: list[Exception] = []
        for delivery in self._deliveries.values() if error else ():
            delivery.report.problem = delivery.report.problem or outcomes.INTERRUPTED
        while self._deliveries:
            try:
                self._land_or_lose(ends_at)
            except Exception as failure:  # noqa: BLE001 (raised below, once the others are recorded)
                failures.append(failure)
        if failures and error is None:
            raise failures[0]

    def _land_or_lose(self, ends_at: float | None) -> None:
        """Wait for an answer; when the time is up, record the outcome as unknown."""
        left = None if ends_at is None else max(0.0, ends_at - time.monotonic())
        if left == 0.0:
            self._deliveries.popitem()[1].lose()
        else:
            self.land(within_seconds=left)

    def _post(self, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        """Make one request in a thread, with a client that no other thread uses meanwhile."""
        client = self._clients.get()
        try:
            return client.send(messages)
        finally:
            self._clients.put(client)
