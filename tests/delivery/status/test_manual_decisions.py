"""What a person decides where nothing is done by itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from viber_messaging.delivery.status import manual_decisions
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome, MessageState

MakeMessage = Callable[..., Message]


@pytest.fixture
def undecided(gateway: Sandbox, make_message: MakeMessage, clock: Any) -> Message:
    """A message whose only attempt never arrived, more than RESEND_WINDOW ago."""
    message = make_message()
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    clock.shift(25 * 3600)
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.UNCONFIRMED
    return message


def test_send_again_keeps_the_reference_and_sends_once(gateway: Sandbox, undecided: Message):
    assert doors.send_again(Message.objects.all()) == [undecided.pk]
    doors.work()
    reference = undecided.reference
    undecided.refresh_from_db()
    assert (undecided.reference, bool(undecided.msg_id)) == (reference, True)
    assert gateway.times_accepted(reference) == 1


def test_what_is_vouched_for_is_asked_about_at_once_as_if_never_answered(undecided: Message):
    Message.objects.update(status_code=201, next_attempt_at=timezone.now() + timedelta(days=1))
    assert manual_decisions.trust_account(Message.objects.all()) == [undecided.pk]
    undecided.refresh_from_db()
    assert (undecided.next_attempt_at, undecided.status_code, undecided.error) == (None, None, "")
    assert (undecided.vouched_mark, undecided.vouched_count) == (doors.account_mark(), 1)


def test_it_was_sent_settles_it_without_a_request(gateway: Sandbox, undecided: Message):
    before = gateway.request_count
    assert doors.mark_sent(Message.objects.all()) == [undecided.pk]
    undecided.refresh_from_db()
    assert (undecided.state, undecided.error) == (MessageState.ACCEPTED, "")
    assert gateway.request_count == before


def test_ask_again_asks_at_once(gateway: Sandbox, undecided: Message):
    before = gateway.request_count
    doors.ask_now(Message.objects.all())
    assert gateway.request_count == before + 1


@pytest.mark.parametrize("state", [state for state in MessageState if state != MessageState.UNCONFIRMED])
def test_only_what_is_unconfirmed_is_decided(gateway: Sandbox, make_message: MakeMessage, state: MessageState):
    message = make_message(state=state)
    assert doors.mark_sent(Message.objects.all()) == []
    assert doors.send_again(Message.objects.all()) == []
    message.refresh_from_db()
    assert message.state == state


@pytest.mark.parametrize("hours", [25, 23])
def test_what_code_queued_by_a_statement_of_its_own_is_as_old_as_its_row(
    gateway: Sandbox, make_message: MakeMessage, hours: int
):
    """Such a message has no ``queued_at``."""
    long_ago = timezone.now() - timedelta(hours=hours)
    message = make_message(state=MessageState.DRAFT, created_at=long_ago)
    message.attempts.create(number=1, started_at=long_ago, finished_at=long_ago, outcome=AttemptOutcome.UNKNOWN)
    Message.objects.update(state=MessageState.QUEUED, attempt_count=1)
    doors.work()
    message.refresh_from_db()
    assert message.queued_at is None
    assert message.state == (MessageState.UNCONFIRMED if hours > 24 else MessageState.ACCEPTED)
    assert len(gateway.accepted) == (0 if hours > 24 else 1)
