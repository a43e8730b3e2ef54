"""The machine's time: a wall clock that somebody may set, and the seconds that pass in truth."""

from datetime import datetime

import time_machine
from django.utils import timezone

START = "2026-11-20T10:00:00Z"


class Turning:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self._travel = time_machine.travel(START, tick=False)
        self._traveller = self._travel.start()
        self.seconds = 0.0
        self.latest: datetime = timezone.now()
        """The latest that the wall clock ever showed."""
        self.times_set = 0
        """How often somebody set the wall clock."""

    def monotonic(self) -> float:
        """Return the seconds that passed, whatever the wall clock shows."""
        return self.seconds

    def let_pass(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds
        self._shift(seconds)

    def set_by(self, seconds: float) -> None:
        """Let somebody set the wall clock, forward or back."""
        self.times_set += 1
        self._shift(seconds)

    def put_right(self) -> None:
        """Set a clock that went back to the latest that it ever showed."""
        self._shift((self.latest - timezone.now()).total_seconds())

    def _shift(self, seconds: float) -> None:
        self._traveller.shift(seconds)
        self.latest = max(self.latest, timezone.now())

    def stop(self) -> None:
        """Give the real time back."""
        self._travel.stop()
