"""Somebody who does one thing again and again, beside everybody else."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection


class Gate:
    """Lets everybody act, or nobody."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._inside = 0
        self._is_closed = False

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Act once the gate is open."""
        with self._condition:
            self._condition.wait_for(lambda: not self._is_closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._condition:
                self._inside -= 1
                self._condition.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Wait until nobody acts any more, and keep it so."""
        with self._condition:
            self._is_closed = True
            self._condition.wait_for(lambda: not self._inside)
        try:
            yield
        finally:
            with self._condition:
                self._is_closed = False
                self._condition.notify_all()


GATE = Gate()
TRIES = 50
"""To leave nothing half done, at a database that refuses now and then."""


class Person(threading.Thread):
    """Does one thing ever so often, and brings it to an end before leaving."""

    seconds = 0.05

    def __init__(self, seed: int) -> None:
        super().__init__(daemon=True)
        self._random = random.Random(f"{type(self).__name__} {seed}")
        self._is_over = threading.Event()
        self.done = Counter[str]()

    def run(self) -> None:
        while not self._is_over.wait(self.seconds):
            self._try(self.act)
        for _ in range(TRIES):
            if self._try(self.finish):
                break
        connection.close()

    def leave(self) -> None:
        """Do nothing new any more."""
        self._is_over.set()
        self.join()

    def act(self) -> None:
        """Do it once."""

    def finish(self) -> None:
        """Leave nothing half done."""

    def _try(self, what: Callable[[], None]) -> bool:
        with GATE.passing():
            try:
                what()
            except (OperationalError, InterfaceError):
                self.done["refused by the database"] += 1
                connection.close()
                return False
        return True
