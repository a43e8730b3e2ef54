"""Counts kept for a minute: a page that many look at must not read a million rows for each of them."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.utils import timezone

CountsT = TypeVar("CountsT")

SECONDS = 60


def remembered(name: str, count: Callable[[], CountsT], *, is_fresh: bool = False) -> CountsT:
    """Return what was counted under this name within the last minute, where staff live as here; else count now."""
    key = f"viber_messaging.statistics.{name}.{timezone.get_current_timezone_name()}"
    found: CountsT | None = None if is_fresh else cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, SECONDS)
    return found
