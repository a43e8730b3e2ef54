"""Cache counts for a minute or more, so that a popular page does not read a million rows for each visitor."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from django.core.cache import cache
from django.utils import timezone

CountsT = TypeVar("CountsT")
KeyT = TypeVar("KeyT")

LARGE = 10_000
"""The number of rows from which a count is cached; fewer are counted quickly each time."""
SECONDS = 60
SHARE = 20
"""A count is cached for at least this many times as long as it took, so that counting takes at most 5% of the time."""


def remembered(name: str, count: Callable[[], CountsT], *, is_fresh: bool = False) -> CountsT:
    """Return the recent count with this name in the current time zone, or count now.

    It is cached for a minute, or longer if counting took more than a few seconds.
    """
    key = f"viber_messaging.statistics.{name}.{timezone.get_current_timezone_name()}"
    found: CountsT | None = None if is_fresh else cache.get(key)
    if found is None:
        started_at = timezone.now()
        found = count()
        cache.set(key, found, max(SECONDS, round(SHARE * (timezone.now() - started_at).total_seconds())))
    return found


def recall_each(name: str, marks: Mapping[KeyT, str]) -> dict[KeyT, CountsT]:
    """Return the cached values by key, for those cached with the same mark."""
    places = {key: _place_of(name, key, mark) for key, mark in marks.items()}
    found = cache.get_many(places.values())
    return {key: found[place] for key, place in places.items() if place in found}


def keep_each(name: str, marks: Mapping[KeyT, str], counts: Iterable[tuple[KeyT, CountsT]]) -> None:
    """Cache these counts for a minute; a changed mark makes a count outdated sooner."""
    cache.set_many({_place_of(name, key, marks[key]): count for key, count in counts if key in marks}, SECONDS)


def _place_of(name: str, key: object, mark: str) -> str:
    return f"viber_messaging.statistics.{name}.{key}.{mark}"
