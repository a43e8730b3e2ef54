"""Keeping to RATE_LIMIT: messages a second, for each worker."""

import time
from collections.abc import Callable

LONGEST_NAP_SECONDS = 0.5
"""A request to stop is heard, and a message of no campaign is found, at least this often."""
AHEAD_SHARE = 4
"""Of what may leave within a second, one in so many may leave ahead of the pace."""


class Pace:
    """Spaces packages so that no more than ``rate_limit`` messages a second leave; None sets no limit.

    A few messages of no campaign may leave ahead: what comes after them waits the longer, so that the rate holds.
    """

    def __init__(self, rate_limit: float | None) -> None:
        self._rate_limit = rate_limit
        self._free_at = time.monotonic()
        self._gone_ahead = 0

    @property
    def burst(self) -> int:
        """Return how many messages one package may hold: what may leave within a second."""
        return max(1, int(self._rate_limit)) if self._rate_limit else 2**31

    @property
    def ahead(self) -> int:
        """Return how many messages may leave now although others still have to wait."""
        return max(0, max(1, self.burst // AHEAD_SHARE) - self._gone_ahead)

    def seconds_left(self) -> float:
        """Return how long it is until more messages may leave."""
        return max(0.0, self._free_at - time.monotonic())

    def nap(self, should_stop: Callable[[], bool]) -> None:
        """Sleep until more messages may leave, LONGEST_NAP_SECONDS at most; not at all where a person asks to stop."""
        if (seconds := self.seconds_left()) > 0 and not should_stop():
            time.sleep(min(seconds, LONGEST_NAP_SECONDS))

    def spend(self, count: int) -> None:
        """Note that ``count`` messages leave now."""
        if self._rate_limit:
            self._gone_ahead = self._gone_ahead + count if self.seconds_left() else 0
            self._free_at = max(self._free_at, time.monotonic()) + count / self._rate_limit
