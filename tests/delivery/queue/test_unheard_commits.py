"""A commit that was made and whose answer was lost: what it came to is found, not waited for, and told once."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import doors
from tests.delivery.conftest import MakeCampaign
from tests.delivery.faults import unheard_commit
from viber_messaging import signals
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.queue import claims
from viber_messaging.models import Campaign, Connection, Message, RecipientGroup, SendAttempt
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState, MessageState

MakeMessage = Callable[..., Message]
Listen = Callable[..., list[int]]


def test_a_claim_is_found_and_sent(gateway: Sandbox, make_message: MakeMessage):
    messages = [make_message() for _ in range(3)]
    with unheard_commit(Message, "UPDATE", words="claim_token") as struck:
        report = doors.work()
    assert len(struck) == 1
    assert report.moved == {MessageState.ACCEPTED: 3}
    assert gateway.submissions == {message.reference: 1 for message in messages}
    assert set(SendAttempt.objects.values_list("number", "outcome")) == {(1, "accepted")}


def test_a_claim_inside_a_request_is_found_and_sent(gateway: Sandbox, make_message: MakeMessage):
    message = make_message()
    health.row()
    with unheard_commit(Message, "UPDATE", words="claim_token") as struck:
        doors.send_inline([message.pk])
    assert len(struck) == 1
    message.refresh_from_db()
    assert (message.state, message.attempt_count) == (MessageState.ACCEPTED, 1)
    assert gateway.submissions[message.reference] == 1


def test_what_is_given_back_is_given_back_once(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None]
):
    message = make_message()
    package = doors.claim(1)
    assert package is not None
    with unheard_commit(Message, "UPDATE") as struck:
        claims.release(package, package.claims)
    assert len(struck) == 1
    message.refresh_from_db()
    assert (message.state, message.attempt_count) == (MessageState.QUEUED, 0)


def test_a_dead_workers_messages_are_counted_and_their_attempts_written_once(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    for _ in range(3):
        make_message()
    doors.claim(3)
    clock.shift(301)
    gateway.fail_all("error-202", command="status")
    with unheard_commit(Message, "UPDATE", words="worker_deaths") as struck:
        report = doors.work()
    assert len(struck) == 1
    assert report.moved == {MessageState.UNCONFIRMED: 3}
    assert SendAttempt.objects.count() == 3
    assert set(Message.objects.values_list("worker_deaths", flat=True)) == {1}


def test_a_doubt_that_was_settled_is_told_once(gateway: Sandbox, make_message: MakeMessage, listen: Listen):
    message = make_message()
    gateway.fail_next("lost-answer")
    heard = listen(signals.message_accepted)
    with unheard_commit(Message, "UPDATE", words="accepted_at") as struck:
        doors.work()
    assert len(struck) == 1
    assert heard == [message.reference]


def test_a_status_is_told_once_and_counted(gateway: Sandbox, make_message: MakeMessage, listen: Listen, clock: Any):
    message = make_message()
    doors.work()
    heard = listen(signals.message_status_changed)
    clock.shift(61)
    gateway.advance(61)
    with unheard_commit(Message, "UPDATE", words="completed_at") as struck:
        report = doors.work()
    assert len(struck) == 1
    assert heard == [message.reference]
    assert report.moved[MessageState.DELIVERED] == 1


def test_the_messages_of_a_campaign_are_made_once_and_counted(
    gateway: Sandbox, make_campaign: MakeCampaign, crowd: Callable[..., RecipientGroup]
):
    make_campaign(crowd(5))
    with unheard_commit(Campaign, "UPDATE", words="cursor") as struck:
        report = doors.work()
    assert len(struck) == 1
    assert report.moved == {MessageState.QUEUED: 5, MessageState.ACCEPTED: 5}
    assert Message.objects.count() == 5
    assert set(gateway.submissions.values()) == {1}


def test_who_paused_a_campaign_is_told_so(
    gateway: Sandbox, make_campaign: MakeCampaign, crowd: Callable[..., RecipientGroup]
):
    campaign = make_campaign(crowd(1))
    with unheard_commit(Campaign, "UPDATE") as struck:
        assert doors.pause(campaign)
    assert len(struck) == 1
    assert campaign.state == CampaignState.PAUSED
    assert not doors.pause(campaign)


def test_a_failure_is_counted_once(gateway: Sandbox, make_message: MakeMessage):
    make_message()
    gateway.fail_all("error-212")
    with unheard_commit(Connection, "UPDATE", words="failed_at") as struck:
        report = doors.work()
    assert len(struck) == 1
    assert report.problem
    assert health.row().failure_count == 1


@pytest.mark.parametrize("words", ["polling_token", "worked_at"])
def test_the_row_of_the_connection_may_be_written_twice(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, words: str
):
    make_message()
    doors.work()
    clock.shift(61)
    with unheard_commit(Connection, "UPDATE", words=words) as struck:
        report = doors.work()
    assert len(struck) == 1
    assert report.asked == 1
    assert Connection.objects.get().polling_token is None
