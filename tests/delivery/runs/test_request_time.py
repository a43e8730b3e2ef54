"""INLINE_TIMEOUT bounds all that one request of the site asks of the gateway, however many POSTs that takes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from tests.moments import Moments
from viber_messaging.api import opt_out, send_message
from viber_messaging.delivery.status import cancellation
from viber_messaging.gateway.errors import NotSent
from viber_messaging.gateway.http import deadlines
from viber_messaging.gateway.http.transport import Transport
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]


@pytest.fixture
def ends(gateway: Sandbox, configure: Callable[..., None], moments: Moments) -> list[float]:
    """Note when each POST would be ended."""
    configure(DISPATCH="inline", INLINE_TIMEOUT=5, TOTAL_TIMEOUT=60)
    noted, exchange = list[float](), moments.original("the exchange")

    def note(self: Transport, request: Any) -> Any:
        noted.append(deadlines.current_call.get().ends_at)
        return exchange(self, request)

    moments.replace("the exchange", note)
    return noted


def scheduled(make_message: MakeMessage, configure: Callable[..., None]) -> Message:
    configure(DISPATCH="worker")
    message = make_message(scheduled_at=timezone.now() + timedelta(days=1))
    doors.work()
    return message


def test_all_posts_of_a_send_share_one_deadline(
    ends: list[float], make_message: MakeMessage, configure: Callable[..., None]
):
    opt_out(scheduled(make_message, configure).phone)
    Message.objects.update(next_attempt_at=None)
    configure(DISPATCH="inline")
    ends.clear()
    make_message(phone="+380501234567")
    assert len(ends) >= 2, "the send, and calling back"
    assert len(set(ends)) == 1


def test_a_gateway_that_hangs_holds_three_requests_and_no_more(gateway: Sandbox, configure: Callable[..., None]):
    configure(DISPATCH="inline", INLINE_TIMEOUT=1)
    gateway.fail_all("silence")
    asked = []
    for _ in range(5):
        count = gateway.request_count
        send_message("+380971234567", "Text", sender="SMSTest")
        asked.append(gateway.request_count > count)
    assert asked == [True, True, True, False, False]


def test_all_posts_for_a_person_share_one_deadline(
    ends: list[float], make_message: MakeMessage, configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=1)
    for _ in range(3):
        scheduled(make_message, configure)
    ends.clear()
    doors.ask_now(Message.objects.all())
    doors.cancel(Message.objects.all())
    assert len(ends) == 6
    assert len(set(ends)) == 2


@pytest.fixture
def late(moments: Moments) -> None:
    """Let each shared deadline leave no time."""
    moments.set("seconds a request needs", 3600)


def test_no_post_is_begun_without_time_for_it_and_a_person_is_told(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], late: None
):
    message = scheduled(make_message, configure)
    done = gateway.request_count
    assert doors.cancel(Message.objects.all()).problem == cancellation.OUT_OF_TIME
    assert doors.ask_now(Message.objects.all()).problem == cancellation.OUT_OF_TIME
    assert gateway.request_count == done
    message.refresh_from_db()
    assert message.state == MessageState.ACCEPTED


def test_what_there_is_no_time_to_send_stays_queued(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], late: None
):
    configure(DISPATCH="inline")
    message = make_message()
    assert (message.state, message.attempt_count) == (MessageState.QUEUED, 0)
    assert gateway.request_count == 0


def test_a_post_that_is_begun_after_the_deadline_is_certainly_not_sent(gateway: Sandbox):
    from tests import doors

    with deadlines.shared_deadline(0), doors.open_client() as client, pytest.raises(NotSent):
        client.balance()
    assert gateway.request_count == 0
