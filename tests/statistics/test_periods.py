"""Today and thirty days, counted by the days that staff live in."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import timezone

from viber_messaging.models import Message
from viber_messaging.states import MessageState
from viber_messaging.statistics.periods import delivery_rate, periods

MakeMessage = Callable[..., Message]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


@time_machine.travel("2026-11-20T21:30:00Z", tick=False)
def test_a_day_begins_at_midnight_where_staff_live(make_message: MakeMessage):
    make_message(created_at=datetime(2026, 11, 20, 21, 59, tzinfo=UTC))  # 23:59 in Kyiv
    make_message(created_at=datetime(2026, 11, 19, 22, 1, tzinfo=UTC))  # 00:01 of the same day
    make_message(created_at=datetime(2026, 11, 19, 21, 59, tzinfo=UTC))  # 23:59 of the day before
    today, month = periods(is_fresh=True)
    assert today.total == 2
    assert {day: sum(states.values()) for day, states in month.days.items() if states} == {
        date(2026, 11, 19): 1,
        date(2026, 11, 20): 2,
    }
    with timezone.override("UTC"):
        assert periods(is_fresh=True)[0].total == 2 - 1


@time_machine.travel("2026-11-20T10:00:00Z", tick=False)
def test_thirty_days_are_thirty_days_also_across_the_change_of_clocks(make_message: MakeMessage):
    make_message(created_at=datetime(2026, 10, 21, 21, 30, tzinfo=UTC))  # 00:30 in summer time: the first day
    make_message(created_at=datetime(2026, 10, 21, 20, 30, tzinfo=UTC))  # 23:30: a day too early
    _, month = periods(is_fresh=True)
    assert list(month.days) == [date.fromordinal(date(2026, 10, 22).toordinal() + ago) for ago in range(30)]
    assert month.total == 1


def test_messages_are_counted_by_state_by_sender_and_by_the_reason_why_not(make_message: MakeMessage):
    for state, code, sender in (
        ("delivered", 102, "A-shop"),
        ("read", 116, "A-shop"),
        ("undelivered", 105, "A-shop"),
        ("rejected", 203, "B-shop"),
        ("rejected", 203, "B-shop"),
        ("failed", None, "B-shop"),
        ("draft", None, "B-shop"),
    ):
        make_message(state=state, status_code=code, sender=sender)
    today, month = periods(is_fresh=True)
    assert today.states == month.states == {
        "delivered": 1, "read": 1, "undelivered": 1, "rejected": 2, "failed": 1, "draft": 1,
    }  # fmt: skip
    assert delivery_rate(month.senders["A-shop"]) == pytest.approx(2 / 3)
    assert delivery_rate(month.senders["B-shop"]) == 0
    assert next(iter(month.failures.items())) == (203, 2)
    assert month.failures == {203: 2, 105: 1, None: 1}


def test_a_rate_of_nothing_is_none():
    assert delivery_rate({}) is None
    assert delivery_rate({MessageState.QUEUED: 5}) is None


def test_many_messages_are_counted_in_one_query(
    make_message: MakeMessage, django_assert_num_queries: Callable[..., object]
):
    for _ in range(20):
        make_message()
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        periods(is_fresh=True)


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "UTC", "Asia/Tokyo"])
def test_a_site_without_time_zones_counts_by_its_own_clock(make_message: MakeMessage, settings: object, zone: str):
    settings.USE_TZ, settings.TIME_ZONE = False, zone  # type: ignore[attr-defined]
    make_message()
    assert periods(is_fresh=True)[0].total == 1
