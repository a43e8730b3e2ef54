"""What the gateway holds for a later hour is called back when its recipient opts out meanwhile."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import connections, transaction
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import requests_of
from tests.moments import Moments
from viber_messaging.api import opt_out
from viber_messaging.delivery import consent
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models import Message, Recipient
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

PHONE, OTHER = "+380971234567", "+380501234567"


@pytest.fixture
def make_scheduled(gateway: Sandbox, make_message: Callable[..., Message]) -> Callable[..., Message]:
    """Make a message that the gateway has and holds for tomorrow."""

    def make(**fields: Any) -> Message:
        message = make_message(**{"scheduled_at": timezone.now() + timedelta(days=1), **fields})
        doors.work()
        message.refresh_from_db()
        assert message.state == MessageState.ACCEPTED
        return message

    return make


def test_it_is_deleted_at_the_gateway_in_the_worker_s_next_round(
    gateway: Sandbox, make_scheduled: Callable[..., Message]
):
    message = make_scheduled()
    opt_out(PHONE)
    doors.work()
    message.refresh_from_db()
    assert (message.state, message.status_code) == (MessageState.CANCELLED, MessageCode.DELETED)
    assert message.error == consent.OPTED_OUT
    assert gateway.accepted[message.reference].deleted_at is not None


def test_an_opt_out_that_was_saved_by_hand_counts_too(make_scheduled: Callable[..., Message], clock: Any):
    message = make_scheduled()
    Recipient.objects.create(phone=PHONE, opted_out_at=timezone.now())
    clock.shift(3601)
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED


@pytest.mark.skipif(database.vendor == "sqlite", reason="SQLite has one writer: nobody waits for a row")
def test_an_opt_out_that_commits_while_a_status_is_written_is_not_put_off(
    gateway: Sandbox, make_scheduled: Callable[..., Message], clock: Any
):
    message = make_scheduled()
    clock.shift(600)
    is_open = threading.Event()

    def opt_out_slowly() -> None:
        with transaction.atomic():
            opt_out(PHONE)
            is_open.set()
            time.sleep(1)
        connections.close_all()

    person = threading.Thread(target=opt_out_slowly)
    person.start()
    assert is_open.wait(10)
    doors.work()
    person.join()
    message.refresh_from_db()
    assert message.next_attempt_at is None
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED


def test_others_and_those_that_left_already_are_left_alone(
    gateway: Sandbox, make_scheduled: Callable[..., Message], clock: Any
):
    other, gone = make_scheduled(phone=OTHER), make_scheduled(scheduled_at=None)
    opt_out(PHONE)
    doors.work()
    other.refresh_from_db()
    gone.refresh_from_db()
    assert other.state == MessageState.ACCEPTED
    assert gone.state != MessageState.CANCELLED
    assert requests_of(gateway, "delete") == 0


def test_a_gateway_that_does_not_answer_is_asked_again_but_not_at_once(
    gateway: Sandbox, make_scheduled: Callable[..., Message], clock: Any
):
    message = make_scheduled()
    opt_out(PHONE)
    gateway.fail_next("garbage", command="delete")
    doors.work()
    before = requests_of(gateway, "delete")
    doors.work()
    assert requests_of(gateway, "delete") == before
    clock.shift(3600)
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED


def test_a_long_round_calls_back_meanwhile(
    make_scheduled: Callable[..., Message], make_message: Callable[..., Message], moments: Moments
):
    moments.replace("the size of a slice", lambda: 1)
    moments.set("seconds between looks after others", 0)
    message, others = make_scheduled(), [make_message(phone=OTHER) for _ in range(2)]

    def opt_out_meanwhile() -> bool:
        opt_out(PHONE)
        return False

    doors.work(should_stop=opt_out_meanwhile)
    assert {Message.objects.get(pk=other.pk).state for other in others} == {MessageState.ACCEPTED}
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED
