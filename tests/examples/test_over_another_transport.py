"""The gateway over a transport of the site's own keeps all promises."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests import doors
from tests.examples.transport import PlainTransport
from tests.moments import Moments
from viber_messaging.api import OutcomeUnknown, Unreachable, get_balance, send_message
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox

PHONE = "+380971234567"


@pytest.fixture
def plain(gateway: Sandbox, configure: Callable[..., None], moments: Moments) -> Sandbox:
    """The sandbox, reached over the example's transport and no other."""
    configure(DISPATCH="inline", GATEWAY="tests.examples.transport.PlainGateway", READ_TIMEOUT=1, TOTAL_TIMEOUT=1)
    moments.forbid("the post")
    return gateway


def send() -> Message:
    return send_message(PHONE, "Order 42 is ready", sender="SMSTest")


def test_a_message_is_sent_and_delivered(plain: Sandbox, clock: Any):
    message = send()
    assert (message.state, plain.accepted[message.reference].text) == ("accepted", "Order 42 is ready")
    plain.advance(60)
    clock.shift(60)
    doors.work()
    message.refresh_from_db()
    assert message.state == "delivered"
    assert get_balance().currency == "UAH"


@pytest.mark.parametrize("scenario", ["lost-answer", "http-500", "silence"])
def test_an_answer_that_is_lost_makes_no_second_message(plain: Sandbox, clock: Any, scenario: str):
    plain.fail_next(scenario, command="message-viber")
    message = send()
    assert [attempt.outcome for attempt in message.attempts.all()] == ["unknown"]
    for _ in range(3):
        clock.shift(600)
        doors.work()
    message.refresh_from_db()
    assert plain.times_accepted(message.reference) == 1
    assert message.state in {"accepted", "delivered"}


def test_what_certainly_did_not_leave_waits(plain: Sandbox, configure: Callable[..., None], closed_port: int):
    configure(API_URL=f"http://127.0.0.1:{closed_port}/api/xml.php")
    message = send()
    assert (message.state, [attempt.outcome for attempt in message.attempts.all()]) == ("queued", ["not_sent"])
    with pytest.raises(Unreachable):
        get_balance()


def test_an_answer_that_is_too_long_is_not_read(sandbox: Sandbox):
    transport = PlainTransport(url=sandbox.url, total_timeout_seconds=5, max_reply_bytes=20)
    with pytest.raises(OutcomeUnknown, match="too long"):
        transport.post(b"<package></package>")


def test_the_address_and_the_key_are_still_checked(plain: Sandbox, configure: Callable[..., None]):
    configure(API_URL="http://gateway.invalid/api/xml.php")
    with pytest.raises(ImproperlyConfigured, match="must begin with https"):
        get_balance()
