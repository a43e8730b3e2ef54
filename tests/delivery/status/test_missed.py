"""One "I do not know it" is not believed: the gateway is asked twice, RETRY_DELAY apart, on new connections."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import doors
from tests.delivery.balancer import balanced
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.send.dispatch import dispatch, never
from viber_messaging.delivery.status import recovery
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]


@pytest.fixture
def forgetful(gateway: Sandbox, configure: Callable[..., None]) -> Iterator[tuple[Sandbox, Sandbox]]:
    """Two gateways without a common memory behind one address, of which each connection leads to the next."""
    with Sandbox(key=gateway.key) as second, balanced([gateway, second]) as url:
        configure(API_URL=url)
        yield gateway, second


def ask(client: Any) -> None:
    recovery.settle_unconfirmed(client, Report(), limit=100, should_stop=never)


def test_two_gateways_without_a_common_memory_do_not_make_two_messages(
    forgetful: tuple[Sandbox, Sandbox], make_message: MakeMessage, clock: Any
):
    first, second = forgetful
    message = make_message()
    first.fail_next("lost-answer", command="message-viber")
    for _ in range(6):
        doors.work()
        clock.shift(31)
    message.refresh_from_db()
    assert first.times_accepted(message.reference) + second.times_accepted(message.reference) == 1
    assert message.msg_id == str(first.accepted[message.reference].msg_id)


def test_the_second_question_takes_a_new_connection(
    forgetful: tuple[Sandbox, Sandbox], make_message: MakeMessage, clock: Any
):
    first, _second = forgetful
    message = make_message()
    first.fail_next("lost-answer", command="message-viber")
    with doors.open_client() as client:
        dispatch(client, Report(), limit=1)
    with doors.open_client() as client:
        for _ in range(2):
            ask(client)
            clock.shift(31)
    message.refresh_from_db()
    assert message.state in (MessageState.ACCEPTED, MessageState.DELIVERED)


def test_it_is_asked_at_once_then_after_retry_delay_then_sent_again(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    message.refresh_from_db()
    assert (message.state, message.status_code) == (MessageState.UNCONFIRMED, 201)
    clock.shift(25)
    doors.work()
    assert gateway.submissions[message.reference] <= 1
    clock.shift(6)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id
    assert gateway.times_accepted(message.reference) == 1


def test_a_person_who_asks_early_does_not_make_it_sent_early(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    message = make_message()
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    for _ in range(3):
        doors.ask_now(Message.objects.all())
    message.refresh_from_db()
    assert message.state == MessageState.UNCONFIRMED


def test_what_was_said_of_an_earlier_attempt_says_nothing_of_the_next(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    clock.shift(31)
    gateway.fail_next("dropped", command="message-viber")
    gateway.fail_next("garbage", command="status")
    doors.work()
    clock.shift(31)
    message.refresh_from_db()
    assert message.status_code != 201 or message.attempt_count == 1
    for _ in range(6):
        doors.work()
        clock.shift(61)
    assert gateway.times_accepted(message.reference) == 1


def test_what_an_answer_that_came_late_says_is_accepted_is_never_sent_again(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    attempt = message.attempts.get()
    attempt.pk, attempt.outcome, attempt.msg_id = None, "accepted", "77"
    attempt.save()
    clock.shift(31)
    doors.work()
    message.refresh_from_db()
    assert (message.state, message.msg_id) == (MessageState.ACCEPTED, "77")
    assert gateway.times_accepted(message.reference) == 0
