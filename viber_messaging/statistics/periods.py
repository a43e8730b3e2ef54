"""Today and the last thirty days: what became of the messages, day by day, sender by sender."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import cache
from django.utils import timezone

from viber_messaging import moments
from viber_messaging.states import MessageState
from viber_messaging.statistics.hours import Tally, counts_since, midnight

DAYS = 30
CACHE_KEY = "viber_messaging.statistics"
CACHE_SECONDS = 60

ARRIVED = frozenset({MessageState.DELIVERED, MessageState.READ})
ENDED_BADLY = frozenset({MessageState.UNDELIVERED, MessageState.REJECTED, MessageState.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The messages of some days, counted."""

    states: Mapping[str, int]
    days: Mapping[date, Mapping[str, int]]
    senders: Mapping[str, Mapping[str, int]]
    failures: Mapping[int | None, int]
    """By the gateway's code, the commonest first."""

    @property
    def total(self) -> int:
        """Return how many there are."""
        return sum(self.states.values())


def delivery_rate(states: Mapping[str, int]) -> float | None:
    """Return which share of those that ended was delivered, from 0 to 1; None where none has ended."""
    arrived = sum(states.get(state, 0) for state in ARRIVED)
    ended = arrived + sum(states.get(state, 0) for state in ENDED_BADLY)
    return arrived / ended if ended else None


def periods(*, is_fresh: bool = False) -> tuple[Period, Period]:
    """Return today and the last thirty days, today among them; at most a minute old, unless they shall be fresh."""
    key = f"{CACHE_KEY}.{timezone.get_current_timezone_name()}"
    found: tuple[Period, Period] | None = None if is_fresh else cache.get(key)
    if found is None:
        found = _count()
        cache.set(key, found, CACHE_SECONDS)
    return found


def _count() -> tuple[Period, Period]:
    tallies = list(counts_since(midnight(DAYS - 1)))
    today = midnight(0).date()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    return _period([tally for tally in tallies if _day(tally) == today], [today]), _period(tallies, days)


def _day(tally: Tally) -> date:
    return timezone.localtime(moments.aware(tally.hour)).date()


def _period(tallies: Iterable[Tally], days: Iterable[date]) -> Period:
    states, failures = Counter[str](), Counter[int | None]()
    by_day = {day: Counter[str]() for day in days}
    senders: dict[str, Counter[str]] = {}
    for tally in tallies:
        states[tally.state] += tally.count
        by_day.setdefault(_day(tally), Counter())[tally.state] += tally.count
        senders.setdefault(tally.sender, Counter())[tally.state] += tally.count
        if tally.state in ENDED_BADLY:
            failures[tally.status_code] += tally.count
    return Period(states=states, days=by_day, senders=senders, failures=dict(failures.most_common()))
