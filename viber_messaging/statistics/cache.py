"""Counts kept for a minute or more: a page that many look at must not read a million rows for each of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from django.core.cache import cache
from django.utils import timezone

CountsT = TypeVar("CountsT")
KeyT = TypeVar("KeyT")

LARGE = 10_000
"""Rows from which on it pays to remember a count; fewer are counted each time, in a moment."""
SECONDS = 60
SHARE = 20
"""What took a second to count is kept for so many at least: nothing counts for more than a twentieth of the time."""


def remembered(name: str, count: Callable[[], CountsT], *, is_fresh: bool = False) -> CountsT:
    """Return what was counted under this name of late, where staff live as here; else count now.

    It is kept for a minute, and for longer where counting took more than a few seconds.
    """
    key = f"viber_messaging.statistics.{name}.{timezone.get_current_timezone_name()}"
    found: CountsT | None = None if is_fresh else cache.get(key)
    if found is None:
        started_at = timezone.now()
        found = count()
        cache.set(key, found, max(SECONDS, round(SHARE * (timezone.now() - started_at).total_seconds())))
    return found


def recall_each(name: str, marks: Mapping[KeyT, str]) -> dict[KeyT, CountsT]:
    """Return what was kept of late of each key, under the same mark."""
    places = {key: _place_of(name, key, mark) for key, mark in marks.items()}
    found = cache.get_many(places.values())
    return {key: found[place] for key, place in places.items() if place in found}


def keep_each(name: str, marks: Mapping[KeyT, str], counts: Iterable[tuple[KeyT, CountsT]]) -> None:
    """Keep these counts for a minute; a mark tells by what else than time they would be out of date."""
    cache.set_many({_place_of(name, key, marks[key]): count for key, count in counts if key in marks}, SECONDS)


def _place_of(name: str, key: object, mark: str) -> str:
    return f"viber_messaging.statistics.{name}.{key}.{mark}"
