"""What the tests of SMS share: messages that ask for one, and what became of both."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import doors
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageChannel

NO_VIBER = "+380990000105"
"""The sandbox accepts a Viber message to this phone, and then says that it cannot be delivered (105)."""
HELD = "+380990000313"
LATE = "+380990000314"

Ask = Callable[..., Message]


@pytest.fixture
def ask(gateway: Sandbox, make_message: Callable[..., Message]) -> Ask:
    """Have a Viber message accepted that asks for an SMS."""

    def make(**fields: Any) -> Message:
        message = make_message(**{"phone": NO_VIBER, "sms_text": "Привіт по SMS", **fields})
        doors.work()
        message.refresh_from_db()
        return message

    return make


@pytest.fixture
def end(gateway: Sandbox, clock: Any) -> Callable[[], None]:
    """Let the gateway come to an end with what it has, and the worker learn of it."""

    def go_on() -> None:
        for _ in range(3):
            gateway.advance(100)
            clock.shift(100)
            doors.work()

    return go_on


def sms_of(message: Message) -> Message | None:
    return Message.objects.filter(fallback_of=message).first()


def by_sms(gateway: Sandbox) -> list[int]:
    """Return the IDs of the SMS that the gateway accepted."""
    return [one.id for one in gateway.accepted.values() if one.channel == MessageChannel.SMS]
