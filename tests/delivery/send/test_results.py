"""Writing down what an attempt came to: only whoever holds the claim moves the message."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError
from django.dispatch import Signal
from django.utils import timezone

from tests import doors
from tests.moments import Moments
from viber_messaging import signals
from viber_messaging.delivery.decisions.outcomes import Verdict
from viber_messaging.delivery.queue.claims import ClaimedPackage
from viber_messaging.delivery.send import results
from viber_messaging.models import Message, SendAttempt
from viber_messaging.states import AttemptOutcome, MessageState

MakeMessage = Callable[..., Message]

pytestmark = pytest.mark.django_db(transaction=True)

ACCEPTED = Verdict(outcome=AttemptOutcome.ACCEPTED, state=MessageState.ACCEPTED, status_code=1)
REJECTED = Verdict(outcome=AttemptOutcome.REJECTED, state=MessageState.REJECTED, status_code=203)


@pytest.fixture(params=["the database's way", "the ORM's way"], autouse=True)
def _way(request: pytest.FixtureRequest, moments: Moments) -> None:
    if request.param == "the ORM's way":
        moments.set("the database's way of attempts", {})
        moments.set("the database's way of moves", {})


@pytest.fixture
def message(configure: Callable[..., None], make_message: MakeMessage) -> Message:
    configure(DISPATCH="worker")
    return make_message()


def save(package: ClaimedPackage, verdict: Verdict) -> int:
    numbers = {claim.pk: "77" for claim in package.claims}
    return results.record(package, {verdict: package.claims}, started_at=timezone.now(), numbers=numbers).total()


def test_the_gateway_s_answer_is_saved_back_with_its_attempt(message: Message):
    assert save(doors.claim(1), ACCEPTED) == 1
    message.refresh_from_db()
    assert (message.state, message.msg_id, message.status_code) == (MessageState.ACCEPTED, "77", 1)
    assert message.attempts.get().outcome == AttemptOutcome.ACCEPTED


@pytest.mark.parametrize("late", [REJECTED, ACCEPTED])
def test_an_answer_that_comes_after_another_worker_took_the_message_moves_nothing_and_is_kept(
    message: Message, caplog: pytest.LogCaptureFixture, late: Verdict
):
    frozen = doors.claim(1)
    Message.objects.update(state=MessageState.QUEUED, claim_token=None, claimed_at=None)
    other = doors.claim(1)
    with caplog.at_level(logging.WARNING):
        assert save(frozen, late) == 0
    message.refresh_from_db()
    assert (message.state, message.claim_token) == (MessageState.SENDING, other.token)
    assert "1 of 1 claims were lost" in caplog.text
    assert save(other, ACCEPTED) == 1
    assert list(message.attempts.order_by("pk").values_list("outcome", flat=True)) == [late.outcome, "accepted"]


@pytest.mark.parametrize("state", [MessageState.UNCONFIRMED, MessageState.DELIVERED, MessageState.QUEUED])
def test_an_answer_that_comes_after_the_message_was_settled_moves_nothing(message: Message, state: MessageState):
    frozen = doors.claim(1)
    Message.objects.update(state=state, claim_token=None, claimed_at=None)
    assert save(frozen, ACCEPTED) == 0
    message.refresh_from_db()
    assert (message.state, message.msg_id) == (state, "")


@pytest.mark.parametrize(
    ("verdict", "signal"), [(ACCEPTED, signals.message_accepted), (REJECTED, signals.message_rejected)]
)
def test_a_listener_hears_only_of_those_whose_claims_were_not_lost(
    message: Message, make_message: MakeMessage, listen: Callable[..., list[int]], verdict: Verdict, signal: Signal
):
    heard, other = listen(signal), make_message()
    package = doors.claim(2)
    Message.objects.filter(pk=message.pk).update(state=MessageState.UNCONFIRMED, claim_token=None)
    assert save(package, verdict) == 1
    assert heard == [other.reference]


def test_an_answer_whose_commit_was_not_heard_of_is_kept_once(
    message: Message,
    listen: Callable[..., list[int]],
    moments: Moments,
    caplog: pytest.LogCaptureFixture,
):
    heard, package, atomic, commits = (
        listen(signals.message_accepted),
        doors.claim(1),
        moments.original("a transaction"),
        list[int](),
    )

    @contextmanager
    def unheard() -> Iterator[None]:
        with atomic():
            yield
        commits.append(len(commits))
        if len(commits) == 1:
            raise OperationalError("server closed the connection unexpectedly")

    moments.replace("a transaction", unheard)
    assert save(package, ACCEPTED) == 1
    assert len(commits) >= 1
    assert message.attempts.count() == 1
    assert heard == [message.reference]
    assert "claims were lost" not in caplog.text


def test_a_message_deleted_while_it_was_sent_costs_the_others_nothing(message: Message, make_message: MakeMessage):
    gone = make_message()
    package = doors.claim(2)
    gone.delete()
    assert save(package, ACCEPTED) == 1
    message.refresh_from_db()
    assert message.state == MessageState.ACCEPTED


def test_every_message_bears_the_number_that_was_told_of_it(message: Message, make_message: MakeMessage):
    package = doors.claim(make_message() and 2)
    numbers = {claim.pk: f"7{claim.pk}" for claim in package.claims}
    results.record(package, {ACCEPTED: package.claims}, started_at=timezone.now(), numbers=numbers)
    assert dict(Message.objects.values_list("pk", "msg_id")) == numbers
    assert dict(SendAttempt.objects.values_list("message", "msg_id")) == numbers


def test_an_attempt_is_kept_as_it_ended(message: Message):
    package, started_at = doors.claim(1), timezone.now()
    refused = Verdict(
        outcome=AttemptOutcome.NOT_SENT, state=MessageState.QUEUED, error="100% 'refused'", reply="{}", http_status=503,
        wait_seconds=30,
    )  # fmt: skip
    results.record(package, {refused: package.claims}, started_at=started_at)
    attempt = SendAttempt.objects.get()
    assert (attempt.message_id, attempt.number, attempt.started_at) == (message.pk, 1, started_at)
    assert (attempt.outcome, attempt.http_status, attempt.status_code) == (AttemptOutcome.NOT_SENT, 503, None)
    assert (attempt.error, attempt.reply, attempt.msg_id) == ("100% 'refused'", "{}", "")
    assert attempt.finished_at > started_at
    message.refresh_from_db()
    assert (message.state, message.claim_token, message.error) == (MessageState.QUEUED, None, "100% 'refused'")
    assert message.next_attempt_at > timezone.now()
