"""Several requests under way at once: threads carry them and touch no database; one owner starts and records them."""

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
"""How long a run that was ended from outside waits for the answers that are still to come."""

Answer: TypeAlias = "Future[Reply[SendResult]]"


class Flights:
    """Up to ``count`` requests under way. Whatever error ends the run, those that have begun are recorded first.

    An error that is not the database's ends it soon: answers that do not come meanwhile are asked for later.
    What is no error (KeyboardInterrupt, SystemExit) ends it unrecorded, as a kill does: the gateway is asked later.
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
        """Tell whether a request is under way."""
        return bool(self._deliveries)

    @property
    def are_full(self) -> bool:
        """Tell whether no other request may be begun."""
        return len(self._deliveries) >= self._count

    @property
    def size(self) -> int:
        """Return how many messages the packages under way hold."""
        return sum(delivery.size for delivery in self._deliveries.values())

    def start(self, delivery: Delivery) -> None:
        """Begin the next request of a package; end the package where there is none."""
        if delivery.may_go_on():
            self._deliveries[self._threads.submit(self._post, delivery.next_messages())] = delivery
        else:
            delivery.end()

    def land(self, within_seconds: float | None = None) -> None:
        """Wait for an answer, record all that came, and go on with the packages that are not at their end."""
        for answer in wait(self._deliveries, timeout=within_seconds, return_when=FIRST_COMPLETED).done:
            self._land(answer)

    def _land(self, answer: Answer) -> None:
        delivery = self._deliveries.pop(answer)
        delivery.send_next(lambda _messages: answer.result())
        self.start(delivery)

    def _land_all(self, error: Exception | None, within_seconds: float | None) -> None:
        """Record the rest, each though another could not be recorded; raise the first failure if there is no error."""
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
        """Wait for an answer; after the time given, record that nothing is known of those that have not come."""
        left = None if ends_at is None else max(0.0, ends_at - time.monotonic())
        if left == 0.0:
            self._deliveries.popitem()[1].lose()
        else:
            self.land(within_seconds=left)

    def _post(self, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        """Carry one request, in a thread of its own, with a client that no other uses meanwhile."""
        client = self._clients.get()
        try:
            return client.send(messages)
        finally:
            self._clients.put(client)
