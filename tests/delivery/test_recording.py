"""Writing down what an attempt came to: only whoever holds the claim moves the message."""

import logging
from collections.abc import Callable

import pytest
from django.utils import timezone

from viber_messaging.delivery import claims, recording
from viber_messaging.delivery.claims import ClaimedPackage
from viber_messaging.delivery.outcomes import Verdict
from viber_messaging.models import Message
from viber_messaging.states import AttemptOutcome, MessageState

MakeMessage = Callable[..., Message]

pytestmark = pytest.mark.django_db(transaction=True)

ACCEPTED = Verdict(outcome=AttemptOutcome.ACCEPTED, state=MessageState.ACCEPTED, status_code=1, msg_id="77")
REJECTED = Verdict(outcome=AttemptOutcome.REJECTED, state=MessageState.REJECTED, status_code=203)


@pytest.fixture
def message(configure: Callable[..., None], make_message: MakeMessage) -> Message:
    configure(DISPATCH="worker")
    return make_message()


def save(package: ClaimedPackage, verdict: Verdict) -> int:
    verdicts = dict.fromkeys(package.claims, verdict)
    return recording.record(package, verdicts, started_at=timezone.now()).total()


def test_the_gateway_s_answer_is_saved_back_with_its_attempt(message: Message):
    assert save(claims.claim(1), ACCEPTED) == 1
    message.refresh_from_db()
    assert (message.state, message.msg_id, message.status_code) == (MessageState.ACCEPTED, "77", 1)
    assert message.attempts.get().outcome == AttemptOutcome.ACCEPTED


def test_an_answer_that_comes_after_another_worker_took_the_message_moves_nothing_and_is_kept(
    message: Message, caplog: pytest.LogCaptureFixture
):
    frozen = claims.claim(1)
    Message.objects.update(state=MessageState.QUEUED, claim_token=None, claimed_at=None)
    other = claims.claim(1)
    with caplog.at_level(logging.WARNING):
        assert save(frozen, REJECTED) == 0
    message.refresh_from_db()
    assert (message.state, message.claim_token) == (MessageState.SENDING, other.token)
    assert "1 of 1 claims were lost" in caplog.text
    assert save(other, ACCEPTED) == 1
    assert list(message.attempts.order_by("pk").values_list("outcome", flat=True)) == ["rejected", "accepted"]


@pytest.mark.parametrize("state", [MessageState.UNCONFIRMED, MessageState.DELIVERED, MessageState.QUEUED])
def test_an_answer_that_comes_after_the_message_was_settled_moves_nothing(message: Message, state: MessageState):
    frozen = claims.claim(1)
    Message.objects.update(state=state, claim_token=None, claimed_at=None)
    assert save(frozen, ACCEPTED) == 0
    message.refresh_from_db()
    assert (message.state, message.msg_id) == (state, "")


def test_a_message_deleted_while_it_was_sent_costs_the_others_nothing(message: Message, make_message: MakeMessage):
    gone = make_message()
    package = claims.claim(2)
    gone.delete()
    assert save(package, ACCEPTED) == 1
    message.refresh_from_db()
    assert message.state == MessageState.ACCEPTED
