"""Keeping to RATE_LIMIT, on a clock that the test turns."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import doors
from tests.moments import Moments
from viber_messaging.delivery.runs import worker
from viber_messaging.delivery.send import rate_limit
from viber_messaging.delivery.send.dispatch import never
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


@pytest.fixture
def time(moments: Moments) -> Clock:
    clock = Clock()
    moments.set("the clock of the pace", clock)
    return clock


def wait(pace: rate_limit.Pace) -> None:
    while pace.seconds_left():
        pace.nap(never)


def test_without_a_limit_nobody_waits(time: Clock):
    pace = rate_limit.Pace(None)
    for _ in range(10):
        wait(pace)
        pace.spend(1000)
    assert time.slept == 0


def test_packages_are_spaced_by_what_they_hold(time: Clock):
    pace = rate_limit.Pace(10)
    for _ in range(5):
        wait(pace)
        pace.spend(10)
    assert time.slept == pytest.approx(4)


def test_a_package_holds_what_may_leave_within_a_second():
    assert rate_limit.Pace(25).burst == 25
    assert rate_limit.Pace(0.5).burst == 1


def test_a_wish_to_stop_ends_the_wait(time: Clock):
    pace = rate_limit.Pace(0.01)
    pace.spend(100)
    for _ in range(10):
        pace.nap(lambda: time.slept > 1)
    assert time.slept < 2


def test_a_run_keeps_to_the_limit(
    time: Clock, gateway: Sandbox, configure: Callable[..., None], make_message: Callable[..., Message]
):
    configure(RATE_LIMIT=5)
    for _ in range(20):
        make_message()
    doors.work()
    assert len(gateway.accepted) == 20
    assert time.slept == pytest.approx(4), "one second after each of the four packages"


def test_the_rate_holds_from_one_slice_of_a_run_to_the_next(
    time: Clock, gateway: Sandbox, configure: Callable[..., None], moments: Moments
):
    moments.set("messages in a slice", 4)
    configure(RATE_LIMIT=2, PACKAGE_SIZE=2)
    for number in range(12):
        Message.objects.create(sender="SMSTest", phone=f"+38097123450{number % 10}", text="Hi")
    assert doors.work().sent == 12
    assert time.slept == pytest.approx(6), "one second after each of the six packages"


def test_a_single_message_waits_for_a_few_seconds_of_a_campaign_not_for_a_thousand_messages(
    time: Clock,
    gateway: Sandbox,
    configure: Callable[..., None],
    crowd: Callable[..., Any],
    make_campaign: Callable[..., Any],
    make_message: Callable[..., Message],
):
    configure(RATE_LIMIT=2)
    make_campaign(crowd(40))
    made = list[Message]()

    def make_one_meanwhile() -> bool:
        if len(gateway.accepted) >= 4 and not made:
            made.append(make_message())
        return False

    doors.work(should_stop=make_one_meanwhile)
    assert len(gateway.accepted) == 41
    assert list(gateway.accepted).index(made[0].reference) <= 4 + 2 * worker.SLICE_SECONDS
