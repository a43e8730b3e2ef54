"""Somebody who does one thing again and again, beside everybody else."""

import random
import threading
from collections import Counter
from collections.abc import Callable

from django.db import OperationalError, connection


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
        self._try(self.finish)
        connection.close()

    def leave(self) -> None:
        """Do nothing new any more."""
        self._is_over.set()
        self.join()

    def act(self) -> None:
        """Do it once."""

    def finish(self) -> None:
        """Leave nothing half done."""

    def _try(self, what: Callable[[], None]) -> None:
        try:
            what()
        except OperationalError:
            self.done["refused by the database"] += 1
