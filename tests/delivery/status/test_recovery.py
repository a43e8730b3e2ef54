"""The way home of what nobody knows."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests import doors
from tests.moments import Moments
from viber_messaging import signals
from viber_messaging.delivery.decisions import outcomes
from viber_messaging.delivery.queue.claims import TOO_OLD_TO_RESEND
from viber_messaging.delivery.runs import worker
from viber_messaging.delivery.status import recovery, resolution, unknown_outcomes
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome, MessageState

MakeMessage = Callable[..., Message]


def abandon(message: Message, seconds_ago: float = 1000) -> None:
    """Leave a message as a worker does that is killed between the claim and the record."""
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.SENDING,
        claim_token=uuid.uuid4(),
        claimed_at=timezone.now() - timedelta(seconds=seconds_ago),
        attempt_count=message.attempt_count + 1,
    )


def test_a_dead_workers_message_that_arrived_is_found_by_its_reference(gateway: Sandbox, make_message: MakeMessage):
    message = make_message()
    doors.work()
    number = gateway.accepted[message.reference].msg_id
    Message.objects.update(msg_id="", accepted_at=None, attempt_count=0)
    message.attempts.all().delete()
    abandon(message)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id == str(number)
    assert gateway.submissions[message.reference] == 1
    attempt = message.attempts.get()
    assert (attempt.outcome, attempt.error) == (AttemptOutcome.UNKNOWN, outcomes.WORKER_DIED)


def test_the_site_hears_what_became_of_a_message_whose_answer_was_lost(
    gateway: Sandbox, make_message: MakeMessage, listen: Callable[..., list[int]], clock: Any
):
    accepted, changed = listen(signals.message_accepted), listen(signals.message_status_changed)
    message = make_message()
    gateway.fail_next("lost-answer", command="message-viber")
    gateway.fail_next("error-200", command="status")
    doors.work()
    assert not accepted
    gateway.advance(600)
    clock.shift(600)
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
    assert accepted == changed == [message.reference]


def test_a_dead_workers_message_that_never_arrived_is_sent_once(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    abandon(message)
    doors.work()
    clock.shift(31)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id
    assert gateway.submissions[message.reference] == 1
    assert message.attempt_count == 2


def test_a_dead_workers_message_does_not_wait_for_the_end_of_anothers_long_round(
    gateway: Sandbox, make_message: MakeMessage, moments: Moments
):
    moments.replace("the size of a slice", lambda: 1)
    moments.set("seconds between looks after others", 0)
    left, begun = make_message(), list[int]()
    Message.objects.update(state=MessageState.DRAFT)
    for _ in range(3):
        make_message()

    def abandon_once() -> bool:
        if not begun:
            begun.append(1)
            abandon(left)
        return False

    doors.work(should_stop=abandon_once)
    left.refresh_from_db()
    assert (left.state, left.status_code) == (MessageState.UNCONFIRMED, 201)


def test_a_claim_that_is_still_young_is_left_alone(gateway: Sandbox, make_message: MakeMessage):
    message = make_message()
    abandon(message, seconds_ago=10)
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.SENDING
    assert gateway.request_count == 0


def test_just_after_the_attempt_an_unknown_id_is_asked_again_before_it_is_sent(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.UNCONFIRMED
    assert gateway.submissions[message.reference] <= 1
    clock.shift(31)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id


def test_past_the_resend_window_nothing_is_sent_again_by_itself(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    abandon(message)
    clock.shift(25 * 3600)
    for _ in range(3):
        doors.work()
        clock.shift(3600)
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.UNCONFIRMED, TOO_OLD_TO_RESEND)
    assert gateway.submissions[message.reference] == 0


def test_a_doubtful_message_that_waited_in_the_queue_too_long_is_set_aside(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    Message.objects.update(state=MessageState.QUEUED, next_attempt_at=None)
    clock.shift(25 * 3600)
    doors.work()
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.UNCONFIRMED, TOO_OLD_TO_RESEND)


def test_what_the_gateway_never_tells_of_is_for_a_person_past_the_resend_window(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message(phone="+380990000107")
    gateway.fail_next("lost-answer", command="message-viber")
    gateway.fail_next("garbage", command="status")
    doors.work()
    gateway.advance(60)
    for seconds, error in ((3600, False), (86_400, True)):
        clock.shift(seconds)
        doors.work()
        message.refresh_from_db()
        assert (message.state, message.error == TOO_OLD_TO_RESEND) == (MessageState.UNCONFIRMED, error)
    asked = len(gateway.requests)
    clock.shift(3600)
    doors.work()
    assert len(gateway.requests) == asked
    assert gateway.times_accepted(message.reference) == 1


def test_a_message_that_never_arrives_is_given_up_after_max_attempts(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, configure: Callable[..., None]
):
    configure(MAX_ATTEMPTS=3)
    message = make_message(phone="+380990000599")
    for _ in range(60):
        doors.work()
        message.refresh_from_db()
        if message.state == MessageState.FAILED:
            break
        clock.shift(120)
    assert (message.state, message.error) == (MessageState.FAILED, resolution.GAVE_UP)
    assert message.attempt_count == 3


def test_a_failed_question_is_harmless_and_asked_again(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    message = make_message()
    gateway.fail_next("lost-answer", command="message-viber")
    gateway.fail_next("garbage", command="status")
    doors.work()
    clock.shift(90)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id
    assert gateway.submissions[message.reference] == 1


def test_two_workers_that_ask_at_once_queue_a_message_once(gateway: Sandbox, make_message: MakeMessage):
    message = make_message()
    abandon(message)
    doors.release_abandoned()
    Message.objects.update(status_code=201)
    first, second = (unknown_outcomes.read(Message.objects.all(), after_pk=0, limit=10) for _ in range(2))
    report = worker.Report()
    recovery._settle(first, {message.reference: _unknown_id(message)}, report)
    recovery._settle(second, {message.reference: _unknown_id(message)}, report)
    assert report.moved == {MessageState.QUEUED: 1}


def _unknown_id(message: Message) -> Any:
    from viber_messaging.gateway.entities import StatusResult

    return StatusResult(id=message.reference, code=201)
