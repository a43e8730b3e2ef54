"""The sandbox's clock: epoch seconds that tests may advance, and the gateway's local time."""

import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo


class Clock:
    """Epoch seconds from ``source``, plus what ``advance`` added; read and written in one time zone."""

    def __init__(self, time_zone: str, source: Callable[[], float] = time.time) -> None:
        self._zone = ZoneInfo(time_zone)
        self.source = source
        self.offset_seconds = 0.0

    def __call__(self) -> float:
        """Return the epoch second."""
        return self.source() + self.offset_seconds

    def advance(self, seconds: float) -> None:
        """Move the time forward."""
        self.offset_seconds += seconds

    def read(self, wall_time: str) -> float:
        """Return the epoch second of a local time such as 2024-11-30T12:00; raise ValueError if it does not exist."""
        return datetime.fromisoformat(wall_time).replace(tzinfo=self._zone).timestamp()

    def write(self, epoch_seconds: float) -> str:
        """Return the local time of an epoch second, to the second and without an offset, as in the wire format."""
        local = datetime.fromtimestamp(epoch_seconds, self._zone)
        return local.replace(tzinfo=None).isoformat(timespec="seconds")
