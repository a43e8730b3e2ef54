"""How long messages take to arrive."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from viber_messaging.models import Message
from viber_messaging.statistics.delays import FEWEST, delays

MakeMessage = Callable[..., Message]

pytestmark = pytest.mark.django_db
TAKEN_AT = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def arrived(make_message: MakeMessage, configure: Callable[..., None]) -> Callable[..., None]:
    """Make messages of a sender that took so many seconds."""
    configure(DISPATCH="worker")

    def make(sender: str, *seconds: int, state: str = "delivered") -> None:
        for taken in seconds:
            ended = TAKEN_AT + timedelta(seconds=taken)
            make_message(sender=sender, state=state, accepted_at=TAKEN_AT, completed_at=ended)

    return make


def test_half_and_nine_of_ten_are_told_for_each_sender_the_slowest_first(arrived: Callable[..., None]):
    arrived("Quick", *range(1, 12))
    arrived("Slow", 60, 61, 62, 63, 600)
    found = delays(is_fresh=True)
    assert list(found) == ["Slow", "Quick"]
    assert (found["Quick"].median, found["Quick"].ninth) == (timedelta(seconds=6), timedelta(seconds=10))
    assert (found["Slow"].median, found["Slow"].count) == (timedelta(seconds=62), 5)


def test_a_gateway_whose_clock_is_behind_takes_no_less_than_no_time(arrived: Callable[..., None]):
    arrived("Behind", *[-30] * FEWEST)
    assert delays(is_fresh=True)["Behind"].median == timedelta()


def test_of_a_few_messages_no_speed_is_told(arrived: Callable[..., None]):
    arrived("Seldom", *[1] * (FEWEST - 1))
    assert delays(is_fresh=True) == {}


def test_messages_that_were_read_tell_when_they_were_read_and_not_when_they_came(arrived: Callable[..., None]):
    arrived("Readers", *[3600] * FEWEST, state="read")
    assert delays(is_fresh=True) == {}
