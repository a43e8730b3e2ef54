"""208 is a question: what the gateway has under a reference, it has from us, from another site, or not at all."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import MakeCampaign
from tests.moments import Moments
from viber_messaging.delivery.campaign import lifecycle
from viber_messaging.delivery.campaign.failure_limit import ENOUGH_TO_JUDGE
from viber_messaging.delivery.decisions import outcomes
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.send.dispatch import dispatch, never
from viber_messaging.delivery.status import recovery
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.entities import OutgoingMessage, Reply, SendResult
from viber_messaging.models import Campaign, Message, SendAttempt
from viber_messaging.sandbox import Sandbox
from viber_messaging.sandbox.faults.scenarios import BY_NAME
from viber_messaging.states import AttemptOutcome, CampaignState, MessageState

MakeMessage = Callable[..., Message]


@pytest.fixture
def repeating_proxy(moments: Moments) -> None:
    """Hand each POST on twice, and give back the second answer."""
    send = moments.original("the request to send")

    def twice(self: Client, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        send(self, messages)
        return send(self, messages)

    moments.replace("the request to send", twice)


def lose_the_record(message: Message) -> None:
    """Leave the message as a database does that lost the commits since it was queued."""
    message.attempts.all().delete()
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.QUEUED, attempt_count=0, msg_id="", status_code=None, accepted_at=None, next_attempt_at=None
    )


def test_behind_a_proxy_that_repeats_every_request_all_is_sent_once_and_known_as_sent(
    gateway: Sandbox, make_message: MakeMessage, repeating_proxy: None, caplog: pytest.LogCaptureFixture
):
    messages = [make_message() for _ in range(5)]
    doors.work()
    for message in messages:
        message.refresh_from_db()
        assert message.state in (MessageState.ACCEPTED, MessageState.DELIVERED)
        assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
    attempt = messages[0].attempts.get()
    assert (attempt.outcome, attempt.status_code) == (AttemptOutcome.REJECTED, 208)
    assert attempt.error == outcomes.ARRIVED_BEFORE
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_what_was_sent_before_the_database_lost_its_commits_is_taken_over(gateway: Sandbox, make_message: MakeMessage):
    message = make_message()
    doors.work()
    lose_the_record(message)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
    assert gateway.times_accepted(message.reference) == 1


def test_what_was_sent_before_a_restore_of_a_campaign_is_accepted_at_once(
    gateway: Sandbox, crowd: Any, make_campaign: MakeCampaign
):
    make_campaign(crowd(1))
    doors.work()
    message = Message.objects.get()
    lose_the_record(message)
    doors.work(limit=1)
    message.refresh_from_db()
    assert message.attempts.get().outcome == AttemptOutcome.ACCEPTED
    assert gateway.times_accepted(message.reference) == 1


def test_a_reference_that_the_gateway_calls_used_and_does_not_know_goes_to_a_person(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, caplog: pytest.LogCaptureFixture
):
    message = make_message(phone=BY_NAME["refused-208"].phone)
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.UNCONFIRMED
    clock.shift(31)
    doors.work()
    message.refresh_from_db()
    assert (message.state, message.status_code) == (MessageState.FAILED, 208)
    assert message.error == outcomes.REFERENCE_TAKEN
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert str(message.reference) in record.getMessage()


@pytest.mark.parametrize(("hours_before", "is_ours"), [(3, False), (1, True)])
def test_what_another_site_sent_before_the_message_was_made_is_not_taken_for_ours(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, hours_before: int, is_ours: bool
):
    theirs = make_message()
    doors.work()
    gateway.advance(60)
    Message.objects.all().delete()
    clock.shift(hours_before * 3600)
    message = make_message(reference=theirs.reference)
    doors.work()
    message.refresh_from_db()
    if is_ours:
        assert message.state == MessageState.DELIVERED
    else:
        assert (message.state, message.error) == (MessageState.FAILED, outcomes.USED_BY_ANOTHER_SITE)
        doors.ask_now(Message.objects.all())
        message.refresh_from_db()
        assert message.state == MessageState.FAILED


def test_what_a_form_sent_before_the_database_was_restored_is_not_taken_for_another_sites(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, admin_user: Any
):
    """The form is sent again: its reference follows from its ticket."""
    first = make_message(created_by=admin_user)
    doors.work()
    gateway.advance(60)
    Message.objects.all().delete()
    clock.shift(3 * 3600)
    message = make_message(reference=first.reference, created_by=admin_user)
    doors.work()
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.DELIVERED, "")
    assert gateway.times_accepted(message.reference) == 1


def test_such_messages_are_no_failures_of_a_campaign(
    gateway: Sandbox, crowd: Any, make_campaign: MakeCampaign, clock: Any
):
    campaign = make_campaign(crowd(2 * ENOUGH_TO_JUDGE))
    doors.work()
    Message.objects.update(state=MessageState.FAILED, status_code=208, error=outcomes.REFERENCE_TAKEN)
    Message.objects.filter(pk=Message.objects.earliest("pk").pk).update(state=MessageState.QUEUED)
    Campaign.objects.update(state=CampaignState.RUNNING)
    lifecycle.look_after()
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.RUNNING
    assert lifecycle.retry_failed(campaign) == []


def send_in_its_place() -> None:
    """Do what another worker would: take the first one for dead, ask twice, send."""
    doors.release_abandoned()
    with doors.open_client() as client:
        for _question in range(2):
            recovery.settle_unconfirmed(client, Report(), limit=1, should_stop=never)
            Message.objects.update(next_attempt_at=None)
        dispatch(client, Report(), limit=1)


def test_a_worker_that_answers_after_another_took_over_accuses_nobody(
    gateway: Sandbox, make_message: MakeMessage, moments: Moments, caplog: pytest.LogCaptureFixture
):
    """Frozen before its bytes left: another worker sends meanwhile, then the first one's request is answered 208."""
    message, send, frozen = make_message(), moments.original("the request to send"), list[int]()

    def freeze_once(self: Client, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        if not frozen:
            frozen.append(1)
            Message.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
            send_in_its_place()
        return send(self, messages)

    moments.replace("the request to send", freeze_once)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
    late = SendAttempt.objects.order_by("-pk")[0]
    assert (late.outcome, late.status_code, late.error) == (AttemptOutcome.REJECTED, 208, outcomes.TAKEN_OVER)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
