"""The states of the messages of some days: by day, sender, campaign, and reason of failure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from viber_messaging.states import REACHED_STATES, UNREACHED_STATES
from viber_messaging.statistics.cache import remembered
from viber_messaging.statistics.tally import Scope, Tally, tallies, today

DAYS = 30

States = Mapping[str, int]
"""The number of messages in each state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Counts of the messages of some days, by one channel."""

    counted_at: datetime
    states: States
    days: Mapping[date, States]
    senders: Mapping[str, States]
    campaigns: Mapping[int | None, States]
    """By campaign key; None for messages outside campaigns."""
    failures: Mapping[int | None, int]
    """By the gateway's code, the most frequent first."""
    channels: Mapping[str, States]
    """By channel, the only counts that include the other channel."""

    @property
    def total(self) -> int:
        """Return the number of messages."""
        return sum(self.states.values())


def delivery_rate(states: States) -> float | None:
    """Return the share of completed messages that were delivered, from 0 to 1; None if none is completed."""
    arrived = sum(states.get(state, 0) for state in REACHED_STATES)
    ended = arrived + sum(states.get(state, 0) for state in UNREACHED_STATES)
    return arrived / ended if ended else None


def periods(*, is_fresh: bool = False) -> tuple[Period, Period]:
    """Return today, and the last thirty days including today; from the cache unless ``is_fresh``."""
    last = today()
    scope = Scope(first=last - timedelta(days=DAYS - 1), last=last)
    return remembered(f"periods.{scope.key}", lambda: _today_and_all(scope), is_fresh=is_fresh)


def _today_and_all(scope: Scope) -> tuple[Period, Period]:
    found = list(tallies(scope))
    today_s = [tally for tally in found if tally.day == scope.last]
    return summed(today_s, [scope.last], scope.channel), summed(found, scope.days(), scope.channel)


def summed(found: Iterable[Tally], days: Collection[date], channel: str) -> Period:
    """Return the tallies of a channel summed as a period of these days."""
    states, failures = Counter[str](), Counter[int | None]()
    by_day = {day: Counter[str]() for day in days}
    senders: dict[str, Counter[str]] = {}
    campaigns: dict[int | None, Counter[str]] = {}
    channels: dict[str, Counter[str]] = {}
    for tally in found:
        channels.setdefault(tally.channel, Counter())[tally.state] += tally.count
        if tally.channel != channel:
            continue
        parts = (states, by_day.setdefault(tally.day, Counter()), senders.setdefault(tally.sender, Counter()))
        for part in (*parts, campaigns.setdefault(tally.campaign, Counter())):
            part[tally.state] += tally.count
        if tally.state in UNREACHED_STATES:
            failures[tally.status_code] += tally.count
    return Period(
        counted_at=timezone.now(),
        states=states,
        days=by_day,
        senders=senders,
        campaigns=campaigns,
        failures=dict(failures.most_common()),
        channels=channels,
    )
