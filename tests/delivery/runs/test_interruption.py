"""A run that an exception from elsewhere ends, as the time limit of a task queue does: nothing stays behind in it."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded

from tests import doors
from tests.moments import Moments
from viber_messaging.api import send_message
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.queue import claim_statements
from viber_messaging.models import Message, SendAttempt
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome, MessageState

MakeMessage = Callable[..., Message]
PHONE = "+380971234567"


class OutOfTime(Exception):
    """What a site raises from a handler of its own."""


@contextmanager
def ended_once(has_come: Callable[[], bool], error: Exception) -> Iterator[None]:
    """Raise the error in the main thread, wherever it is by then, once something has come to the gateway."""

    def end(*args: Any) -> None:
        raise error

    def watch() -> None:
        while not has_come() and not is_over.wait(0.02):
            pass
        if not is_over.wait(0.1):
            os.kill(os.getpid(), signal.SIGALRM)

    is_over, before = threading.Event(), signal.signal(signal.SIGALRM, end)
    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        signal.signal(signal.SIGALRM, before)


def holding(gateway: Sandbox, count: int) -> Callable[[], bool]:
    """Tell whether the gateway has got so many messages by now."""
    return lambda: gateway.submissions.total() >= count


@pytest.fixture
def waiting(gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None]) -> list[Message]:
    """Six messages in packages of two, to a gateway that takes them and stays silent."""
    configure(PACKAGE_SIZE=2, READ_TIMEOUT=4, TOTAL_TIMEOUT=4)
    gateway.fail_all("silence")
    return [make_message() for _ in range(6)]


def counts(*states: MessageState) -> list[int]:
    return [Message.objects.filter(state=state).count() for state in states]


@pytest.mark.parametrize("kind", [OutOfTime, SoftTimeLimitExceeded])
def test_what_was_in_the_request_is_unconfirmed_and_the_rest_waits(
    gateway: Sandbox, waiting: list[Message], kind: type[Exception]
):
    with ended_once(holding(gateway, 2), kind()), pytest.raises(kind):
        doors.work()
    assert counts(MessageState.SENDING, MessageState.UNCONFIRMED, MessageState.QUEUED) == [0, 2, 4]
    assert set(SendAttempt.objects.values_list("outcome", flat=True)) == {AttemptOutcome.UNKNOWN}
    gateway.fail_all(None)
    doors.work()
    assert counts(MessageState.ACCEPTED, MessageState.DELIVERED) in ([6, 0], [4, 2])
    assert set(gateway.submissions.values()) == {1}


def test_several_requests_under_way_are_recorded_though_their_answers_do_not_come(
    gateway: Sandbox, waiting: list[Message], configure: Callable[..., None], moments: Moments
):
    configure(CONCURRENCY=2)
    moments.set("seconds for last answers", 0.2)
    with ended_once(holding(gateway, 4), OutOfTime()), pytest.raises(OutOfTime):
        doors.work()
    assert counts(MessageState.SENDING, MessageState.UNCONFIRMED, MessageState.QUEUED) == [0, 4, 2]


def test_several_requests_under_way_are_recorded_with_the_answers_that_come(
    gateway: Sandbox, waiting: list[Message], configure: Callable[..., None]
):
    with Sandbox(key=gateway.key, slow_seconds=1) as slow:
        slow.fail_all("slow")
        configure(CONCURRENCY=2, API_URL=slow.url)
        with ended_once(holding(slow, 4), OutOfTime()), pytest.raises(OutOfTime):
            doors.work()
    assert counts(MessageState.SENDING, MessageState.ACCEPTED, MessageState.QUEUED) == [0, 4, 2]


def test_a_gateway_class_of_the_site_lets_the_limit_through(
    gateway: Sandbox, waiting: list[Message], configure: Callable[..., None]
):
    configure(GATEWAY="tests.replacing.SigningGateway")
    with ended_once(holding(gateway, 2), OutOfTime()), pytest.raises(OutOfTime):
        doors.work()
    assert counts(MessageState.SENDING, MessageState.UNCONFIRMED) == [0, 2]


def test_a_limit_that_strikes_a_gateway_class_outside_of_the_client_ends_the_run_too(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None]
):
    from tests.replacing import BrokenGateway

    configure(GATEWAY="tests.replacing.BrokenGateway")
    make_message()
    BrokenGateway.breaks[:] = [SoftTimeLimitExceeded()]
    with pytest.raises(SoftTimeLimitExceeded):
        doors.work()
    assert counts(MessageState.SENDING, MessageState.UNCONFIRMED) == [0, 1]


@pytest.mark.parametrize("name", ["_write", "_is_written"])
def test_an_answer_in_hand_is_saved_before_the_run_ends(
    gateway: Sandbox, make_message: MakeMessage, moments: Moments, name: str
):
    make_message()
    write, strikes = moments.original("the record's writing"), [OutOfTime()]

    def struck(*args: Any) -> Any:
        if strikes and name == "_write":
            raise strikes.pop()
        result = write(*args)
        if strikes:
            raise strikes.pop()
        return result

    moments.replace("the record's writing", struck)
    with pytest.raises(OutOfTime):
        doors.work()
    message = Message.objects.get()
    assert message.state == MessageState.ACCEPTED
    assert message.msg_id
    assert message.attempts.count() == 1


def test_a_claim_that_was_committed_just_then_is_given_back(
    gateway: Sandbox, make_message: MakeMessage, moments: Moments
):
    make_message()
    take = moments.original("the taking")

    def struck(*args: Any) -> Any:
        take(*args)
        raise OutOfTime

    moments.replace("the taking", struck)
    with pytest.raises(OutOfTime):
        doors.work()
    message = Message.objects.get()
    assert (message.state, message.attempt_count, message.claim_token) == (MessageState.QUEUED, 0, None)


def test_a_claim_inside_a_request_that_was_committed_just_then_is_given_back(
    gateway: Sandbox, make_message: MakeMessage, moments: Moments
):
    if not claim_statements.can_return_claims():
        pytest.skip("this database has no short claim")
    message = make_message()
    health.row()
    take = moments.original("the taking of a single message")

    def struck(*args: Any) -> Any:
        assert take(*args)
        raise OutOfTime

    moments.replace("the taking of a single message", struck)
    with pytest.raises(OutOfTime):
        doors.send_inline([message.pk])
    message.refresh_from_db()
    assert (message.state, message.attempt_count, message.claim_token) == (MessageState.QUEUED, 0, None)


def test_a_task_that_sends_inline_hears_of_its_limit(
    gateway: Sandbox, configure: Callable[..., None], waiting: list[Message]
):
    configure(DISPATCH="inline", INLINE_TIMEOUT=4)
    with ended_once(holding(gateway, 1), SoftTimeLimitExceeded()), pytest.raises(SoftTimeLimitExceeded):
        send_message(PHONE, "Your code is 4711", sender="SMSTest")
    assert counts(MessageState.SENDING, MessageState.UNCONFIRMED) == [0, 1]
