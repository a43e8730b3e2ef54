"""Listeners that send a message for each that they are told of: one after another, never one inside another."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.dispatch import Signal

from tests import doors
from viber_messaging import signals
from viber_messaging.conf import conf
from viber_messaging.delivery import announcements
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]
MANY = 60


@pytest.fixture
def answer(make_message: MakeMessage) -> Iterator[Callable[..., list[int]]]:
    """Answer each message of a signal by another one, so often; return the depths at which that was done."""
    connected: list[tuple[Signal, Any]] = []

    def connect(signal: Signal, times: int) -> list[int]:
        depths, inside = list[int](), list[int]()

        def send_another(**kwargs: Any) -> None:
            if len(depths) < times:
                inside.append(1)
                depths.append(len(inside))
                make_message()
                inside.pop()

        signal.connect(send_another, weak=False)
        connected.append((signal, send_another))
        return depths

    yield connect
    for signal, listener in connected:
        signal.disconnect(listener)


def test_what_a_listener_of_accepted_messages_sends_leaves_after_it_not_inside_it(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], answer: Any, caplog: Any
):
    configure(DISPATCH="inline")
    depths = answer(signals.message_accepted, MANY)
    make_message()
    assert set(depths) == {1}
    assert len(gateway.accepted) == 1 + conf.INLINE_LIMIT
    doors.work()
    assert len(gateway.accepted) == 1 + MANY
    assert set(gateway.submissions.values()) == {1}
    assert "RecursionError" not in caplog.text


def test_what_a_listener_of_queued_messages_sends_is_told_of_one_after_another(
    gateway: Sandbox, make_message: MakeMessage, answer: Any, caplog: pytest.LogCaptureFixture
):
    depths = answer(signals.message_queued, MANY)
    make_message()
    assert set(depths) == {1}
    assert len(depths) == announcements.LONGEST_CHAIN + 1
    assert "answer each message with another one" in caplog.text
    doors.work()
    assert len(gateway.accepted) == Message.objects.count() == len(depths) + 1


def test_what_a_listener_of_statuses_sends_leaves_in_the_same_round(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], answer: Any, clock: Any
):
    configure(DISPATCH="inline")
    for _ in range(3):
        make_message()
    gateway.advance(60)
    clock.shift(120)
    depths = answer(signals.message_status_changed, 3)
    doors.work()
    assert depths == [1, 1, 1]
    assert not Message.objects.filter(state=MessageState.QUEUED).exists()


@pytest.mark.parametrize("dispatch", ["tasks", "celery"])
def test_a_task_that_runs_at_once_does_not_run_inside_another(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], answer: Any, dispatch: str
):
    from viber_messaging.testing.outbox import tasks_at_once

    configure(DISPATCH=dispatch)
    depths = answer(signals.message_accepted, MANY)
    with tasks_at_once():
        make_message()
    assert set(depths) == {1}
    assert set(gateway.submissions.values()) == {1}
    assert not Message.objects.filter(state=MessageState.QUEUED).exists()
