"""Messages in doubt are settled a package at a time, and as many of them as a turn has room for."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from tests import doors
from tests.delivery.conftest import requests_of
from viber_messaging import signals
from viber_messaging.api import send_messages
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.send.dispatch import never
from viber_messaging.delivery.status import recovery
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

STATEMENTS_A_PACKAGE = 16


@pytest.fixture
def in_doubt(gateway: Sandbox, configure: Callable[..., None]) -> Callable[..., None]:
    """Leave this many messages in doubt; the gateway has them, or has never heard of them."""
    configure(PACKAGE_SIZE=50)

    def make(count: int, *, known: bool, **fields: Any) -> None:
        send_messages(Message(sender="SMSTest", phone=f"+38097{n:07d}", text="Hi") for n in range(count))
        if known:
            doors.work()
        fields = {"attempt_count": 1, "msg_id": "", "accepted_at": None, "next_attempt_at": None} | fields
        Message.objects.update(state=MessageState.UNCONFIRMED, **fields)

    return make


def settle(limit: int) -> tuple[int, int]:
    """Settle up to ``limit`` messages; return for how many was asked, and how many statements it took."""
    with CaptureQueriesContext(database) as captured, doors.open_client() as client:
        asked = recovery.settle_unconfirmed(client, Report(), limit=limit, should_stop=never)
    return asked, len(captured)


@pytest.mark.parametrize(
    ("known", "fields", "state"),
    [
        (True, {}, MessageState.ACCEPTED),
        (False, {}, MessageState.UNCONFIRMED),
        (False, {"status_code": 201}, MessageState.QUEUED),
    ],
    ids=["known", "missed once", "missed twice"],
)
def test_a_package_takes_the_same_number_of_statements_however_large(
    in_doubt: Callable[..., None], known: bool, fields: dict[str, Any], state: MessageState
):
    in_doubt(200, known=known, **fields)
    asked, statements = settle(200)
    assert asked == 200
    assert statements <= 4 * STATEMENTS_A_PACKAGE
    assert set(Message.objects.values_list("state", flat=True)) == {state}


def test_each_takes_over_a_number_of_its_own_and_is_told(
    gateway: Sandbox, in_doubt: Callable[..., None], listen: Callable[..., list[int]]
):
    in_doubt(60, known=True)
    accepted = listen(signals.message_accepted)
    settle(60)
    numbers = dict(Message.objects.values_list("reference", "msg_id"))
    assert numbers == {reference: str(message.msg_id) for reference, message in gateway.accepted.items()}
    assert sorted(accepted) == sorted(numbers)


def test_a_turn_asks_for_no_more_than_it_has_room_for(gateway: Sandbox, in_doubt: Callable[..., None]):
    in_doubt(120, known=False)
    assert settle(50)[0] == 50
    assert requests_of(gateway, "status") == 1
    assert [settle(50)[0] for _turn in range(3)] == [50, 20, 0]
