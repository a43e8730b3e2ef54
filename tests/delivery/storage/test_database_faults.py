"""A database that fails: nothing is lost, and nothing is sent twice because of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from tests import doors
from tests.delivery.faults import deadlocks, lose_connection
from tests.moments import Moments
from viber_messaging.models import Connection, Message, SendAttempt
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome, MessageState

MakeMessage = Callable[..., Message]

has_server = pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no connection to lose")


def outcomes_of(message: Message) -> list[str]:
    return list(message.attempts.order_by("pk").values_list("outcome", flat=True))


@pytest.fixture
def after_answer(moments: Moments) -> Iterator[list[Callable[[], Any]]]:
    """Call what is in the list, once, between the gateway's answer and the record."""
    actions: list[Callable[[], Any]] = []
    accept = moments.original("the acceptance of an answer")

    def watched(*args: Any) -> None:
        while actions:
            actions.pop()()
        accept(*args)

    moments.replace("the acceptance of an answer", watched)
    return actions


@pytest.mark.parametrize(("model", "event"), [(SendAttempt, "INSERT"), (Message, "UPDATE")])
def test_a_deadlock_amid_the_record_is_tried_again_with_the_answer_in_hand(
    gateway: Sandbox, make_message: MakeMessage, after_answer: list[Any], model: Any, event: str
):
    message = make_message()
    fault = deadlocks(model, event, times=2)
    after_answer.append(fault.__enter__)
    try:
        doors.work()
    finally:
        fault.__exit__(None, None, None)
    message.refresh_from_db()
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
    assert gateway.submissions[message.reference] == 1
    assert outcomes_of(message) == [AttemptOutcome.ACCEPTED]


def test_a_deadlock_while_the_answer_is_weighed_does_not_lose_it(
    gateway: Sandbox, make_message: MakeMessage, after_answer: list[Any]
):
    message = make_message()
    Connection.objects.create(pk=Connection.SINGLETON, failure_count=1)
    fault = deadlocks(Connection, "UPDATE", times=2)
    after_answer.append(fault.__enter__)
    try:
        doors.work()
    finally:
        fault.__exit__(None, None, None)
    message.refresh_from_db()
    assert message.msg_id
    assert Connection.objects.get().failure_count == 0


def test_a_deadlock_amid_the_claim_is_tried_again(gateway: Sandbox, make_message: MakeMessage):
    message = make_message()
    with deadlocks(Message, "UPDATE", times=2):
        doors.work()
    message.refresh_from_db()
    assert message.msg_id
    assert (message.attempt_count, gateway.submissions[message.reference]) == (1, 1)


def test_a_deadlock_amid_the_rescue_of_a_dead_workers_messages_is_tried_again(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    from tests import doors

    message = make_message()
    doors.claim(1)
    clock.shift(1000)
    with deadlocks(Message, "UPDATE", times=2):
        doors.work()
    clock.shift(31)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id
    assert gateway.times_accepted(message.reference) == 1


def test_a_claim_that_cannot_be_saved_sends_nothing(gateway: Sandbox, make_message: MakeMessage):
    message = make_message()
    with deadlocks(Message, "UPDATE", times=1000), pytest.raises(OperationalError):
        doors.work()
    message.refresh_from_db()
    assert gateway.request_count == 0
    assert (message.state, message.attempt_count) == (MessageState.QUEUED, 0)


def test_a_record_that_cannot_be_saved_leaves_the_message_to_be_asked_for_later(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    with deadlocks(SendAttempt, "INSERT", times=1000):
        for _ in range(3):
            with pytest.raises(CommandError, match="The database failed"):
                call_command("viber_worker", once=True)
            clock.shift(301)
    message.refresh_from_db()
    assert (message.state, message.attempt_count) == (MessageState.SENDING, 1)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
    assert gateway.submissions[message.reference] == 1
    assert outcomes_of(message) == [AttemptOutcome.UNKNOWN]


@has_server
def test_a_connection_lost_at_the_record_is_opened_again_and_the_answer_saved(
    gateway: Sandbox, make_message: MakeMessage, after_answer: list[Any]
):
    message = make_message()
    after_answer.append(lose_connection)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
    assert outcomes_of(message) == [AttemptOutcome.ACCEPTED]


@has_server
def test_a_connection_lost_between_two_rounds_is_opened_again(gateway: Sandbox, make_message: MakeMessage):
    message = make_message()
    lose_connection()
    call_command("viber_worker", once=True)
    message.refresh_from_db()
    assert message.msg_id


@has_server
def test_a_connection_lost_between_two_packages_costs_nothing(
    gateway: Sandbox, make_message: MakeMessage, after_answer: list[Any], configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=1)
    for _ in range(3):
        make_message()
    after_answer.append(lose_connection)
    doors.work()
    assert set(Message.objects.values_list("attempt_count", flat=True)) == {1}
    assert set(gateway.submissions.values()) == {1}
    assert connection.is_usable()
