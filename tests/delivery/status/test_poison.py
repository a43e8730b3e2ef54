"""A message that kills its worker is set aside; those that were near it go out."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests import doors
from tests.moments import Moments
from viber_messaging.delivery.status import resolution
from viber_messaging.gateway.client import Client
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

POISONED = "+380501234567"


class Killed(BaseException):
    """Ends a worker as a segmentation fault would: nothing after it is done."""


@pytest.fixture
def poison(moments: Moments) -> None:
    send = moments.original("the request to send")

    def deadly(self: Client, messages: Any) -> Any:
        if any(message.phone == POISONED for message in messages):
            raise Killed
        return send(self, messages)

    moments.replace("the request to send", deadly)


def run_workers(clock: Any, count: int) -> None:
    for _ in range(count):
        with suppress(Killed):
            doors.work()
        clock.shift(301)


def test_after_three_deaths_the_one_at_fault_waits_for_a_person_and_the_others_are_sent(
    gateway: Sandbox, make_message: Callable[..., Message], clock: Any, poison: None
):
    before, bad, after = (
        [make_message() for _ in range(15)],
        make_message(phone=POISONED),
        [make_message() for _ in range(15)],
    )
    run_workers(clock, 20)
    bad.refresh_from_db()
    assert (bad.state, bad.error) == (MessageState.FAILED, resolution.POISON)
    assert bad.attempts.count() == 3
    assert all(gateway.times_accepted(message.reference) == 1 for message in before + after)
    assert gateway.times_accepted(bad.reference) == 0


def test_a_person_may_try_it_again(
    gateway: Sandbox, make_message: Callable[..., Message], clock: Any, poison: None, monkeypatch: pytest.MonkeyPatch
):
    bad = make_message(phone=POISONED)
    run_workers(clock, 9)
    monkeypatch.undo()
    doors.retry(Message.objects.all())
    doors.work()
    bad.refresh_from_db()
    assert bad.msg_id
    assert gateway.times_accepted(bad.reference) == 1
