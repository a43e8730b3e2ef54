"""In doubt at one account, settled at another: never."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from tests.moments import Moments
from viber_messaging.delivery.connection import account
from viber_messaging.delivery.status import manual_decisions
from viber_messaging.models import Connection, Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome, MessageState

MakeMessage = Callable[..., Message]


@pytest.fixture
def other() -> Iterator[Sandbox]:
    """Another account, at another address."""
    with Sandbox(key="other-canary-key-91c2") as running:
        yield running


@pytest.fixture
def switch(configure: Callable[..., None]) -> Callable[[Sandbox], None]:
    return lambda sandbox: configure(API_URL=sandbox.url, API_KEY=sandbox.key)


def lose_answers(gateway: Sandbox, count: int = 1) -> None:
    for _ in range(count):
        gateway.fail_next("lost-answer", command="message-viber")
    gateway.fail_next("garbage", command="status")


def leave_in_doubt_again(message: Message) -> None:
    """Leave a second attempt, with the account in use, of which nobody knows whether it arrived."""
    now = timezone.now()
    message.attempts.create(
        number=2, started_at=now, finished_at=now, outcome=AttemptOutcome.UNKNOWN, account_mark=doors.account_mark()
    )
    Message.objects.filter(pk=message.pk).update(attempt_count=2)


def rounds(clock: Any, count: int = 4, seconds: float = 301) -> None:
    for _ in range(count):
        clock.shift(seconds)
        doors.work()


def test_what_was_in_doubt_at_one_account_is_not_sent_through_another(
    gateway: Sandbox, other: Sandbox, switch: Callable[[Sandbox], None], make_message: MakeMessage, clock: Any
):
    messages = [make_message() for _ in range(5)]
    lose_answers(gateway)
    doors.work()
    switch(other)
    rounds(clock)
    assert not other.accepted
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.error) == (MessageState.UNCONFIRMED, account.OTHER_ACCOUNT)
        assert gateway.times_accepted(message.reference) == 1


def test_asked_about_no_more_than_once_a_day_while_a_person_is_to_decide(
    gateway: Sandbox, other: Sandbox, switch: Callable[[Sandbox], None], make_message: MakeMessage, clock: Any
):
    make_message()
    lose_answers(gateway)
    doors.work()
    switch(other)
    rounds(clock, count=20)
    assert len(other.requests) == 1


def test_what_the_account_in_use_knows_settles_the_doubt(
    gateway: Sandbox, configure: Callable[..., None], make_message: MakeMessage, clock: Any
):
    message = make_message()
    lose_answers(gateway)
    doors.work()
    configure(API_URL=gateway.url.replace("127.0.0.1", "localhost"))
    rounds(clock)
    message.refresh_from_db()
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)


def test_back_at_the_first_account_it_is_settled_by_itself(
    gateway: Sandbox, other: Sandbox, switch: Callable[[Sandbox], None], make_message: MakeMessage, clock: Any
):
    message = make_message()
    lose_answers(gateway)
    doors.work()
    switch(other)
    rounds(clock)
    switch(gateway)
    rounds(clock, seconds=86_401, count=1)
    message.refresh_from_db()
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)


def test_a_dead_workers_message_is_marked_by_the_account_that_it_used(
    gateway: Sandbox, other: Sandbox, switch: Callable[[Sandbox], None], make_message: MakeMessage, clock: Any
):
    """The attempt is written by whoever finds it, under other settings than it was made with."""
    message = make_message()
    Message.objects.update(
        state=MessageState.SENDING,
        claim_token=uuid.uuid4(),
        claimed_at=timezone.now() - timedelta(hours=1),
        attempt_count=1,
        account_mark=doors.account_mark(),
    )
    first = doors.account_mark()
    switch(other)
    doors.release_abandoned()
    assert message.attempts.get().account_mark == first != doors.account_mark()
    rounds(clock)
    assert not other.accepted


@pytest.mark.parametrize("count", [1, 2], ids=["a single message", "several"])
def test_every_claim_and_every_attempt_is_marked(gateway: Sandbox, make_message: MakeMessage, count: int):
    pks = [make_message().pk for _ in range(count)]
    doors.send_inline(pks)
    for message in Message.objects.all():
        assert message.account_mark == doors.account_mark() == message.attempts.get().account_mark


def test_what_was_about_to_be_sent_again_waits_when_the_account_changes(
    gateway: Sandbox, other: Sandbox, switch: Callable[[Sandbox], None], make_message: MakeMessage, clock: Any
):
    message = make_message()
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    Message.objects.update(state=MessageState.QUEUED, next_attempt_at=None)
    switch(other)
    doors.work()
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.UNCONFIRMED, account.OTHER_ACCOUNT)
    assert not other.accepted


def test_what_was_certainly_not_sent_leaves_through_the_new_account(
    gateway: Sandbox, other: Sandbox, switch: Callable[[Sandbox], None], make_message: MakeMessage, clock: Any
):
    message = make_message()
    gateway.fail_next("error-202", command="message-viber")
    doors.work()
    assert message.attempts.get().outcome == AttemptOutcome.NOT_SENT
    switch(other)
    rounds(clock, count=1)
    assert other.times_accepted(message.reference) == 1


def test_another_secret_key_is_not_another_account(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, settings: Any
):
    message = make_message()
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    rounds(clock)
    message.refresh_from_db()
    assert gateway.times_accepted(message.reference) == 1
    assert message.msg_id


def test_a_renewed_key_is_vouched_for_by_a_person(
    gateway: Sandbox, configure: Callable[..., None], make_message: MakeMessage, clock: Any
):
    messages = [make_message() for _ in range(3)]
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    configure(API_URL=gateway.url.replace("127.0.0.1", "localhost"))
    rounds(clock)
    assert not gateway.accepted
    assert len(manual_decisions.trust_account(Message.objects.all())) == 3
    rounds(clock)
    for message in messages:
        message.refresh_from_db()
        assert message.msg_id
        assert gateway.times_accepted(message.reference) == 1


def test_a_persons_word_is_not_lost_to_an_answer_that_was_under_way(
    gateway: Sandbox,
    other: Sandbox,
    switch: Callable[[Sandbox], None],
    make_message: MakeMessage,
    moments: Moments,
    clock: Any,
):
    make_message()
    lose_answers(gateway)
    doors.work()
    switch(other)
    ask = moments.original("the question about unknown messages")

    def ask_meanwhile(*args: Any) -> Any:
        answer = ask(*args)
        manual_decisions.trust_account(Message.objects.all())
        return answer

    moments.replace("the question about unknown messages", ask_meanwhile)
    rounds(clock, count=1)
    assert Message.objects.get().error != account.OTHER_ACCOUNT
    rounds(clock)
    assert len(other.accepted) == 1


def test_a_persons_word_holds_for_the_attempts_until_then_and_that_account_only(
    gateway: Sandbox, other: Sandbox, switch: Callable[[Sandbox], None], make_message: MakeMessage, clock: Any
):
    message = make_message()
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    switch(other)
    rounds(clock)
    manual_decisions.trust_account(Message.objects.all())
    leave_in_doubt_again(message)
    switch(gateway)
    rounds(clock)
    message.refresh_from_db()
    assert message.error == account.OTHER_ACCOUNT
    assert gateway.times_accepted(message.reference) == 0


def test_a_person_may_have_it_sent_again_through_the_new_account(
    gateway: Sandbox, other: Sandbox, switch: Callable[[Sandbox], None], make_message: MakeMessage, clock: Any
):
    message = make_message()
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    switch(other)
    rounds(clock)
    assert doors.send_again(Message.objects.all()) == [message.pk]
    doors.work()
    assert other.times_accepted(message.reference) == 1


def test_a_pause_ends_with_the_settings_that_it_came_from(
    gateway: Sandbox, other: Sandbox, switch: Callable[[Sandbox], None], make_message: MakeMessage
):
    make_message()
    gateway.fail_next("error-202", command="message-viber")
    doors.work()
    assert Connection.objects.current().paused_until
    switch(other)
    doors.work()
    assert len(other.accepted) == 1


def test_what_the_first_account_called_used_is_not_sent_through_another(
    gateway: Sandbox, other: Sandbox, switch: Callable[[Sandbox], None], make_message: MakeMessage, clock: Any
):
    """A person had it sent again there, and before that was done the account was changed."""
    message = make_message()
    now = timezone.now()
    message.attempts.create(
        number=1,
        started_at=now,
        finished_at=now,
        outcome=AttemptOutcome.REJECTED,
        status_code=208,
        account_mark=doors.account_mark(),
    )
    Message.objects.update(state=MessageState.UNCONFIRMED, attempt_count=1)
    doors.send_again(Message.objects.all())
    switch(other)
    doors.work()
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.UNCONFIRMED, account.OTHER_ACCOUNT)
    assert not other.accepted
