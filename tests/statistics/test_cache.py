"""How long counts are kept."""

from collections.abc import Callable
from typing import Any

import pytest

from viber_messaging.statistics.cache import remembered

TWO_MINUTES = 120


@pytest.fixture
def counter() -> Callable[[], int]:
    """Count how often it is asked."""
    asked: list[None] = []

    def count() -> int:
        asked.append(None)
        return len(asked)

    return count


def test_a_count_is_kept_for_a_minute(clock: Any, counter: Callable[[], int]):
    assert [remembered("a", counter), remembered("a", counter)] == [1, 1]
    clock.shift(61)
    assert remembered("a", counter) == 2
    assert remembered("a", counter, is_fresh=True) == 3
    assert remembered("b", counter) == 4


def test_what_took_long_to_count_is_kept_for_longer(clock: Any, counter: Callable[[], int]):
    def count_slowly() -> int:
        clock.shift(10)
        return counter()

    remembered("slow", count_slowly)
    clock.shift(TWO_MINUTES)
    assert remembered("slow", count_slowly) == 1
    clock.shift(TWO_MINUTES)
    assert remembered("slow", count_slowly) == 2
