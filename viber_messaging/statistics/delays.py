"""The delay from the gateway's acceptance to the phone, measured on the messages that were delivered last."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from viber_messaging.delivery.storage import tables
from viber_messaging.states import MessageState
from viber_messaging.statistics.cache import remembered

SAMPLE = 10_000
"""The number of last messages that are measured, found by an index."""
FEWEST = 5
"""A sender with fewer messages than this is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """The delay of one sender's messages."""

    count: int
    median: timedelta
    ninth: timedelta
    """The 90th percentile."""

    def in_seconds(self) -> dict[str, float]:
        """Return the figures for a monitor, in seconds."""
        return {
            "count": self.count,
            "median_seconds": self.median.total_seconds(),
            "ninth_seconds": self.ninth.total_seconds(),
        }


def delays(*, is_fresh: bool = False) -> Mapping[str, Delay]:
    """Return the delay of each sender's Viber messages, the slowest first; from the cache unless ``is_fresh``.

    Read messages are left out, because the gateway gives the time when they were read.
    """
    return remembered("delays", _measure, is_fresh=is_fresh)


def _measure() -> Mapping[str, Delay]:
    rows = (
        tables.messages()
        .by_viber()
        .filter(state=MessageState.DELIVERED)
        .order_by("-pk")
        .values_list("sender", "accepted_at", "completed_at")[:SAMPLE]
    )
    taken: dict[str, list[timedelta]] = defaultdict(list)
    for sender, accepted_at, completed_at in rows:
        if accepted_at and completed_at:
            # The gateway's clock may be behind ours.
            taken[sender].append(max(completed_at - accepted_at, timedelta()))
    found = {sender: _delay(sorted(times)) for sender, times in taken.items() if len(times) >= FEWEST}
    return dict(sorted(found.items(), key=lambda item: item[1].ninth, reverse=True))


def _delay(times: Sequence[timedelta]) -> Delay:
    last = len(times) - 1
    return Delay(count=len(times), median=times[last // 2], ninth=times[last * 9 // 10])
