"""Keep to RATE_LIMIT, in messages a second for each worker."""

import time
from collections.abc import Callable

LONGEST_NAP_SECONDS = 0.5
"""The longest time until a request to stop is noticed, or a message outside campaigns is found."""
AHEAD_SHARE = 4
"""One in this many of the messages allowed within a second may be sent ahead of the pace."""


class Pace:
    """Space packages so that at most ``rate_limit`` messages a second are sent; None sets no limit.

    A few messages outside campaigns may be sent ahead of the pace. Later messages then wait longer, so that the rate
    holds.
    """

    def __init__(self, rate_limit: float | None) -> None:
        self._rate_limit = rate_limit
        self._free_at = time.monotonic()
        self._gone_ahead = 0

    @property
    def burst(self) -> int:
        """Return how many messages one package may hold: those allowed within a second."""
        return max(1, int(self._rate_limit)) if self._rate_limit else 2**31

    @property
    def ahead(self) -> int:
        """Return how many messages may be sent now although others still have to wait."""
        return max(0, max(1, self.burst // AHEAD_SHARE) - self._gone_ahead)

    def seconds_left(self) -> float:
        """Return how long it is until more messages may be sent."""
        return max(0.0, self._free_at - time.monotonic())

    def nap(self, should_stop: Callable[[], bool]) -> None:
        """Sleep until more messages may be sent, at most LONGEST_NAP_SECONDS; not at all if asked to stop."""
        if (seconds := self.seconds_left()) > 0 and not should_stop():
            time.sleep(min(seconds, LONGEST_NAP_SECONDS))

    def spend(self, count: int) -> None:
        """Record that ``count`` messages are sent now."""
        if self._rate_limit:
            self._gone_ahead = self._gone_ahead + count if self.seconds_left() else 0
            self._free_at = max(self._free_at, time.monotonic()) + count / self._rate_limit
