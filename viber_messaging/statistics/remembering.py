"""Counts kept for a minute: a page that many look at must not read a million rows for each of them."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.utils import timezone

from viber_messaging.statistics.counting import Scope

CountsT = TypeVar("CountsT")

SECONDS = 60


def remembered(name: str, scope: Scope, count: Callable[[], CountsT], *, is_fresh: bool = False) -> CountsT:
    """Return what was counted for this scope within the last minute, where staff live as here; else count now."""
    zone = timezone.get_current_timezone_name()
    key = "viber_messaging.statistics." + ".".join(
        [name, f"{scope.first:%Y%m%d}-{scope.last:%Y%m%d}", scope.sender.encode().hex(), str(scope.campaign), zone]
    )
    found: CountsT | None = None if is_fresh else cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, SECONDS)
    return found
