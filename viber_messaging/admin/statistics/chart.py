"""A bar chart by day as inline SVG, without scripts or other hosts, and with a table of the same numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from viber_messaging.states import MOVING_STATES, REACHED_STATES, UNREACHED_STATES, UNWANTED_STATES, MessageState

WIDTH, HEIGHT = 600, 160
GAP = 4
WIDEST = 60

KINDS: Mapping[str, tuple[Promise, Collection[MessageState]]] = {
    "good": (_("delivered"), REACHED_STATES),
    "moving": (_("on their way"), MOVING_STATES),
    "bad": (_("not reached"), UNREACHED_STATES),
    "none": (_("drafts and cancelled"), UNWANTED_STATES),
}
"""The kinds that staff distinguish at a glance; every state belongs to one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One coloured piece of a day's bar, in units of the drawing."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day's numbers by kind, and the bar that shows them."""

    day: date
    counts: Mapping[str, int]
    bars: Sequence[Bar]

    @property
    def total(self) -> int:
        """Return how many messages the day had."""
        return sum(self.counts.values())


def by_kind(states: Mapping[str, int]) -> dict[str, int]:
    """Return counts by kind from counts by state."""
    return {kind: sum(states.get(state, 0) for state in members) for kind, (_label, members) in KINDS.items()}


def drawn(days: Mapping[date, Mapping[str, int]]) -> list[Day]:
    """Return the days with their bars; the highest fills the drawing."""
    counted = {day: by_kind(states) for day, states in days.items()}
    highest = max((sum(counts.values()) for counts in counted.values()), default=0) or 1
    step = WIDTH / max(len(counted), 1)
    width = min(max(step - GAP, step * 0.7), WIDEST)
    return [
        Day(day=day, counts=counts, bars=_bars(counts, place * step, width, HEIGHT / highest))
        for place, (day, counts) in enumerate(counted.items())
    ]


def highest(days: Sequence[Day]) -> int:
    """Return the total of the highest bar, for the axis."""
    return max((day.total for day in days), default=0)


def _bars(counts: Mapping[str, int], x: float, width: float, scale: float) -> list[Bar]:
    bars, y = [], float(HEIGHT)
    for kind, count in counts.items():
        if count:
            height = max(count * scale, 1.0)
            y -= height
            bars.append(Bar(kind=kind, x=round(x, 2), y=round(y, 2), width=round(width, 2), height=round(height, 2)))
    return bars
