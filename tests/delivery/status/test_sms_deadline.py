"""After its delay, a message that Viber has not delivered is deleted at the gateway, and an SMS goes instead."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import doors
from tests.delivery.conftest import MakeCampaign, requests_of
from tests.delivery.sms.conftest import HELD, LATE, Ask, by_sms, sms_of
from tests.delivery.sms.conftest import ask as ask
from viber_messaging import api
from viber_messaging.delivery.queue import holds
from viber_messaging.models import Message, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState, MessageState, Recall


@pytest.fixture
def wait(gateway: Sandbox, clock: Any) -> Callable[..., None]:
    """Let so many minutes go by, and the worker work."""

    def go_on(minutes: float = 5.1) -> None:
        gateway.advance(60 * minutes)
        clock.shift(60 * minutes)
        doors.work()

    return go_on


Wait = Callable[..., None]


def test_the_gateway_deletes_it_and_the_sms_goes(gateway: Sandbox, ask: Ask, wait: Wait):
    message = ask(phone=HELD, sms_after=5)
    wait(4)
    assert not requests_of(gateway, "delete")
    wait(1.1)
    message.refresh_from_db()
    assert (message.state, message.status_code, message.recall) == (MessageState.CANCELLED, 104, Recall.ASKED)
    assert by_sms(gateway) == [sms_of(message).reference]
    assert gateway.accepted[message.reference].deleted_at is not None


def test_each_message_waits_for_its_own_delay(gateway: Sandbox, ask: Ask, wait: Wait):
    late, later = ask(phone=HELD, sms_after=5), ask(phone=HELD, sms_after=10)
    wait(5.1)
    assert by_sms(gateway) == [sms_of(late).reference]
    wait(5.1)
    assert by_sms(gateway) == [sms_of(late).reference, sms_of(later).reference]


def test_a_shorter_delay_that_has_just_begun_hides_no_longer_one_that_is_over(gateway: Sandbox, ask: Ask, wait: Wait):
    early = ask(phone=HELD, sms_after=10)
    wait(9)
    ask(phone=HELD, sms_after=5)
    wait(1.1)
    assert by_sms(gateway) == [sms_of(early).reference]


def test_a_message_without_a_delay_is_never_deleted(gateway: Sandbox, ask: Ask, wait: Wait):
    ask(phone=HELD)
    wait(600)
    assert not requests_of(gateway, "delete")


def test_if_it_is_too_late_to_delete_it_no_sms_goes_before_viber_ends(gateway: Sandbox, ask: Ask, wait: Wait):
    message = ask(phone=LATE, sms_after=1)
    wait(1.1)
    message.refresh_from_db()
    assert (message.state, message.recall) == (MessageState.ACCEPTED, Recall.LATE)
    for _ in range(3):
        wait()
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
    assert sms_of(message) is None
    assert requests_of(gateway, "delete") == 1


def test_a_site_that_accepts_both_does_not_wait_for_viber(
    gateway: Sandbox, ask: Ask, wait: Wait, configure: Callable[..., None]
):
    configure(API_URL=gateway.url, API_KEY=gateway.key, DISPATCH="worker", SMS_MAY_DOUBLE=True)
    message = ask(phone=LATE, sms_after=1)
    wait(1.1)
    assert by_sms(gateway) == [sms_of(message).reference]
    for _ in range(3):
        wait()
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
    assert len(by_sms(gateway)) == 1


@pytest.mark.parametrize("loss", ["lost-answer", "http-502", "garbage"])
def test_a_deletion_whose_answer_is_lost_is_followed_by_one_sms(gateway: Sandbox, ask: Ask, wait: Wait, loss: str):
    message = ask(phone=HELD, sms_after=5)
    gateway.fail_next(loss, command="delete")
    wait()
    assert sms_of(message) is None
    for _ in range(3):
        wait()
    assert by_sms(gateway) == [sms_of(message).reference]


def test_a_deletion_that_the_gateway_never_answers_is_learnt_from_the_status(gateway: Sandbox, ask: Ask, wait: Wait):
    message = ask(phone=HELD, sms_after=5)
    gateway.fail_all("lost-answer", command="delete")
    for _ in range(6):
        wait()
    assert by_sms(gateway) == [sms_of(message).reference]


def test_a_scheduled_message_waits_from_its_hour_on(gateway: Sandbox, ask: Ask, wait: Wait):
    message = ask(phone=HELD, sms_after=5, scheduled_at="2026-11-20T11:00:00Z")
    wait(62)
    assert sms_of(message) is None
    wait(4)
    assert sms_of(message) is not None


def test_who_opted_out_is_not_asked_about(gateway: Sandbox, ask: Ask, wait: Wait):
    message = ask(phone=HELD, sms_after=5)
    api.opt_out(HELD)
    wait()
    message.refresh_from_db()
    assert (message.recall, sms_of(message)) == (Recall.NONE, None)


def test_nothing_is_deleted_while_all_sending_is_stopped(gateway: Sandbox, ask: Ask, wait: Wait):
    message = ask(phone=HELD, sms_after=5)
    holds.stop_all()
    wait()
    assert not requests_of(gateway, "delete")
    holds.let_go_on()
    wait()
    assert sms_of(message) is not None


def test_a_site_that_sends_no_sms_deletes_nothing(
    gateway: Sandbox, ask: Ask, wait: Wait, configure: Callable[..., None]
):
    ask(phone=HELD, sms_after=5)
    configure(API_URL=gateway.url, API_KEY=gateway.key, DISPATCH="worker", SMS=False)
    wait()
    assert not requests_of(gateway, "delete")


def test_nothing_is_deleted_when_the_sms_would_be_too_late(gateway: Sandbox, ask: Ask, wait: Wait):
    ask(phone=HELD, sms_after=5)
    wait(25 * 60)
    assert not requests_of(gateway, "delete")


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.CANCELLED])
def test_a_campaign_on_hold_deletes_nothing(
    gateway: Sandbox, make_campaign: MakeCampaign, wait: Wait, state: CampaignState
):
    group = RecipientGroup.objects.create(name="Held")
    group.recipients.add(Recipient.objects.create(phone=HELD))
    campaign = make_campaign(group, text="Viber", sms_text="SMS", sms_after=5)
    doors.work()
    type(campaign).objects.update(state=state)
    wait()
    assert not requests_of(gateway, "delete")


def test_different_delays_are_each_kept(gateway: Sandbox, ask: Ask, wait: Wait):
    soon, later = ask(phone=HELD, sms_after=5), ask(phone=HELD, sms_after=20)
    wait()
    assert (sms_of(soon) is None, sms_of(later) is None) == (False, True)
    wait(16)
    assert sms_of(later) is not None


def test_more_than_a_package_are_asked_about_in_several_requests(
    gateway: Sandbox, make_message: Callable[..., Message], wait: Wait, configure: Callable[..., None]
):
    configure(API_URL=gateway.url, API_KEY=gateway.key, DISPATCH="worker", PACKAGE_SIZE=2)
    for _ in range(5):
        make_message(phone=HELD, sms_text="SMS", sms_after=5)
    doors.work()
    wait()
    assert requests_of(gateway, "delete") == 3
    assert len(by_sms(gateway)) == 5
