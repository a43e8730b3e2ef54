"""Keeping to RATE_LIMIT: messages a second, for each worker."""

import time
from collections.abc import Callable

LONGEST_NAP_SECONDS = 0.5
"""A request to stop is heard at least this often."""


class Pace:
    """Spaces packages so that no more than ``rate_limit`` messages a second leave; None sets no limit."""

    def __init__(self, rate_limit: float | None) -> None:
        self._rate_limit = rate_limit
        self._free_at = time.monotonic()

    @property
    def burst(self) -> int:
        """Return how many messages one package may hold: what may leave within a second."""
        return max(1, int(self._rate_limit)) if self._rate_limit else 2**31

    def seconds_left(self) -> float:
        """Return how long it is until more messages may leave."""
        return max(0.0, self._free_at - time.monotonic())

    def wait(self, should_stop: Callable[[], bool]) -> None:
        """Sleep until more messages may leave, or a person asks to stop."""
        while (seconds := self._free_at - time.monotonic()) > 0 and not should_stop():
            time.sleep(min(seconds, LONGEST_NAP_SECONDS))

    def spend(self, count: int) -> None:
        """Note that ``count`` messages leave now."""
        if self._rate_limit:
            self._free_at = max(self._free_at, time.monotonic()) + count / self._rate_limit
