"""Counts kept for a minute or more: a page that many look at must not read a million rows for each of them."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.utils import timezone

CountsT = TypeVar("CountsT")

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
