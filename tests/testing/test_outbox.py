"""What sites use in their own tests: the outbox."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.test import TestCase, override_settings
from django.utils import timezone

from tests.moments import original
from viber_messaging.api import forget, get_balance, send_message
from viber_messaging.gateway.errors import AccountRefused, GatewayError, OutcomeUnknown, Unreachable
from viber_messaging.models import Message
from viber_messaging.states import MessageState
from viber_messaging.testing import Outbox, outbox

PHONE = "+380971234567"
OTHER = "+380971234568"


def send(phone: str = PHONE) -> Message:
    return send_message(phone, "Order 42 is ready", sender="SMSTest")


@override_settings(VIBER_MESSAGING={"API_KEY": "", "DISPATCH": "inline"})
class TestASiteThatSends(TestCase):
    def send(self) -> Message:
        with self.captureOnCommitCallbacks(execute=True):
            return send()

    def test_the_outbox_lists_what_would_have_been_sent(self):
        with outbox() as box:
            message = self.send()
        assert [sent.text for sent in box] == ["Order 42 is ready"]
        assert (message.state, message.msg_id) == ("accepted", "1234568")

    def test_a_refusal_can_be_planted(self):
        with outbox() as box:
            box.refuse("097 123-45-67", 203)
            message = self.send()
        assert (message.state, message.status_code, len(box)) == ("rejected", 203, 0)

    def test_an_answer_can_be_lost_and_the_message_is_found_again(self):
        with outbox() as box:
            box.lose_answer()
            message = self.send()
            box.work()
        message.refresh_from_db()
        assert (message.state, message.msg_id, len(box)) == ("delivered", "1234568", 1)

    def test_what_was_never_committed_is_sent_by_the_work_of_a_worker(self):
        with outbox() as box:
            send()
            assert box == []
            box.work()
        assert len(box) == 1

    def test_there_is_a_balance(self):
        with outbox() as box:
            assert get_balance().currency == "UAH"
            box.set_balance("0.10", "EUR")
            assert get_balance().amount == Decimal("0.10")


@pytest.fixture
def box(configure: Callable[..., None], transactional_db: None) -> Iterator[Outbox]:
    configure(API_KEY="", DISPATCH="inline")
    with outbox() as box:
        yield box


def test_what_is_scheduled_is_not_delivered_yet_and_is_given_back(box: Outbox):
    tomorrow = timezone.now() + timedelta(days=1)
    message = send_message(PHONE, "Your appointment", sender="SMSTest", scheduled_at=tomorrow)
    box.work()
    message.refresh_from_db()
    assert (message.state, message.status_code) == ("accepted", 100)
    assert forget(PHONE).called_back == 1
    message.refresh_from_db()
    assert (message.state, message.status_code) == ("cancelled", 104)


def test_what_was_delivered_is_not_given_back(box: Outbox):
    send(PHONE)
    box.work()
    assert forget(PHONE).called_back == 0


@pytest.mark.parametrize("code", [1, 102, 116])
def test_no_message_is_refused_with_a_code_that_refuses_nothing(box: Outbox, code: int):
    with pytest.raises(ValueError, match=f"never refuses a message with {code}"):
        box.refuse(PHONE, code)


@pytest.mark.parametrize("error", [Unreachable, ValueError("no")])
def test_a_request_fails_only_as_the_client_does(box: Outbox, error: Any):
    with pytest.raises(TypeError, match="not an instance of GatewayError"):
        box.fail(error)


def test_faults_are_planted_for_one_phone_only(box: Outbox):
    box.lose_answer("097 123-45-68")
    box.refuse("063 123-45-67", 204)
    messages = [send(phone) for phone in (PHONE, OTHER, "+380631234567")]
    assert [message.attempts.get().outcome for message in messages] == ["accepted", "unknown", "rejected"]
    assert [len(box.to(phone)) for phone in ("097 1234567", OTHER, "+380631234567")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("error", "state"),
    [(Unreachable(), "queued"), (AccountRefused(code=202), "queued"), (OutcomeUnknown(), "unconfirmed")],
)
def test_a_request_may_fail_and_the_message_leaves_once_all_the_same(box: Outbox, error: GatewayError, state: str):
    box.fail(error)
    message = send()
    assert (message.state, len(box)) == (state, 0)
    if state == "queued":
        box.work()
        assert len(box) == 1


def test_the_status_of_a_phone_is_what_was_told(box: Outbox):
    box.set_status(PHONE, 116)
    message = send()
    box.work()
    message.refresh_from_db()
    assert (message.state, message.status_code) == ("read", 116)


@pytest.mark.parametrize("dispatch", ["inline", "tasks", "celery", "worker"])
def test_nothing_leaves_the_process_whatever_the_site_dispatches_with(
    box: Outbox, configure: Callable[..., None], dispatch: str
):
    configure(DISPATCH=dispatch)
    with mock.patch.object(socket, "socket", side_effect=AssertionError("something would leave")):
        send()
        assert len(box) == (0 if dispatch == "worker" else 1)
        box.work()
    assert len(box) == 1


def test_nothing_is_replaced_after_the_outbox(configure: Callable[..., None]):
    before = original("the opening of the client")
    with outbox():
        assert original("the opening of the client") is not before
    assert original("the opening of the client") is before


def test_whom_viber_does_not_reach_gets_the_sms(box: Outbox):
    send_message(PHONE, "Viber", sender="SMSTest", sms_text="SMS ж" * 20)
    box.set_status(PHONE, 105)
    box.work()
    box.work()
    viber, sms = box
    assert (viber.channel, sms.channel, sms.text) == ("viber", "sms", "SMS ж" * 20)
    assert Message.objects.get(channel="sms").sms_count == 2
    assert Message.objects.get(channel="sms").state == MessageState.DELIVERED


def test_an_sms_has_a_price(box: Outbox):
    box.set_price("1.2")
    assert box.prices([PHONE])[PHONE].amount == Decimal("1.2")
