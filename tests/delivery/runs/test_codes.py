"""A login code, which belongs to no campaign, leaves with the next request, whatever else is due."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import MakeCampaign, phone
from tests.delivery.send.test_rate_limit import Clock
from tests.moments import Moments
from viber_messaging import signals
from viber_messaging.api import opt_out
from viber_messaging.delivery.send import rate_limit
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models import Message, SendAttempt
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome, MessageState

MakeMessage = Callable[..., Message]
LONG_AGO = timezone.now() - timedelta(hours=1)


class Code:
    """A code that is saved while a request is under way."""

    def __init__(self, gateway: Sandbox, make_message: MakeMessage) -> None:
        self.gateway, self.make = gateway, make_message
        self.message: Message | None = None
        self.saved_at = 0

    def save(self) -> None:
        if self.message is None:
            self.message, self.saved_at = self.make(text="Your code is 4821"), len(self.gateway.requests)

    def left_after(self) -> int:
        """Return how many other requests were begun between its saving and its own."""
        assert self.message is not None
        later = self.gateway.requests[self.saved_at :]
        ids = [request.ids if request.command == "message-viber" else () for request in later]
        return next(place for place, found in enumerate(ids) if self.message.reference in found)


@pytest.fixture
def code(gateway: Sandbox, make_message: MakeMessage) -> Code:
    return Code(gateway, make_message)


@pytest.fixture
def save_during(code: Code, moments: Moments) -> Callable[[str], None]:
    """Have the code saved while the first request of a kind is under way."""

    def during(command: str) -> None:
        post = moments.original("the request")

        def watched(self: Client, name: str, *args: Any) -> Any:
            reply = post(self, name, *args)
            if name == command:
                code.save()
            return reply

        moments.replace("the request", watched)

    return during


@pytest.fixture
def campaign(gateway: Sandbox, crowd: Callable[..., Any], make_campaign: MakeCampaign) -> None:
    make_campaign(crowd(12))


def test_it_leaves_with_the_next_package_of_a_campaign_and_fills_it(
    code: Code, campaign: None, save_during: Any, configure: Callable[..., None], gateway: Sandbox
):
    configure(PACKAGE_SIZE=3)
    save_during("send")
    doors.work()
    assert code.left_after() == 0
    assert [len(request.ids) for request in gateway.requests] == [3, 3, 3, 3, 1]


def test_several_requests_at_once_are_no_reason_to_wait(
    code: Code, campaign: None, configure: Callable[..., None], moments: Moments
):
    configure(PACKAGE_SIZE=1, CONCURRENCY=3)
    start, begun = moments.original("the start of a flight"), list[int]()
    saved_after = list[int]()

    def watched(flights: Any, delivery: doors.Delivery) -> None:
        begun.extend(message.id for message in (delivery.next_messages() if delivery.pieces else ()))
        start(flights, delivery)

    def save_after_four() -> bool:
        if len(begun) >= 4 and not saved_after:
            code.save()
            saved_after.append(len(begun))
        return False

    moments.replace("the start of a flight", watched)
    doors.work(should_stop=save_after_four)
    assert code.message is not None
    assert begun.index(code.message.reference) == saved_after[0], "the very next request that begins"


def accept(make_message: MakeMessage, count: int, **fields: Any) -> list[Message]:
    """Make messages that the gateway has."""
    messages = [make_message(phone=phone(number)) for number in range(count)]
    doors.work()
    Message.objects.update(next_attempt_at=None, accepted_at=LONG_AGO, **fields)
    return messages


def test_it_leaves_before_the_next_doubt(
    code: Code, save_during: Any, make_message: MakeMessage, configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=1)
    accept(make_message, 4, state=MessageState.UNCONFIRMED)
    SendAttempt.objects.update(outcome=AttemptOutcome.UNKNOWN, started_at=LONG_AGO)
    save_during("status")
    doors.work()
    assert code.left_after() == 0


def test_it_leaves_between_a_first_question_and_a_second_one(
    code: Code, save_during: Any, make_message: MakeMessage, gateway: Sandbox
):
    """Messages that the gateway did not know at first are asked for over a connection of their own."""
    _fresh, missed = accept(make_message, 2, state=MessageState.UNCONFIRMED)
    SendAttempt.objects.update(outcome=AttemptOutcome.UNKNOWN, started_at=LONG_AGO)
    Message.objects.filter(pk=missed.pk).update(status_code=MessageCode.ERR_ID)
    save_during("status")
    doors.work()
    assert code.left_after() == 0
    assert [request.command for request in gateway.requests][-3:] == ["status", "message-viber", "status"]


def test_it_leaves_before_the_next_status(
    code: Code, save_during: Any, make_message: MakeMessage, configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=1)
    accept(make_message, 4)
    save_during("status")
    doors.work()
    assert code.left_after() == 0


def test_one_that_is_saved_while_another_leaves_before_a_question_leaves_before_it_too(
    code: Code, save_during: Any, make_message: MakeMessage, configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=2)
    accept(make_message, 4)
    code.gateway.advance(60)
    signals.message_status_changed.connect(first := OnlyOnce(make_message))
    save_during("send")
    try:
        doors.work()
    finally:
        signals.message_status_changed.disconnect(first)
    assert code.left_after() == 0


class OnlyOnce:
    """A listener that sends one message."""

    def __init__(self, make_message: MakeMessage) -> None:
        self.make, self.is_done = make_message, False

    def __call__(self, **kwargs: Any) -> None:
        if not self.is_done:
            self.is_done = True
            self.make()


def test_it_leaves_before_the_next_message_is_called_back(
    code: Code, save_during: Any, make_message: MakeMessage, configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=1)
    for message in accept(make_message, 4, scheduled_at=timezone.now() + timedelta(days=1)):
        opt_out(message.phone)
    save_during("delete")
    doors.work()
    assert code.left_after() == 0


def test_many_doubts_do_not_keep_a_campaign_waiting(
    gateway: Sandbox,
    make_message: MakeMessage,
    configure: Callable[..., None],
    crowd: Callable[..., Any],
    make_campaign: MakeCampaign,
    moments: Moments,
):
    configure(PACKAGE_SIZE=1)
    moments.set("doubts asked between slices", 2)
    moments.set("messages in a slice", 4)
    doubts = accept(make_message, 5, state=MessageState.UNCONFIRMED)
    SendAttempt.objects.update(outcome=AttemptOutcome.UNKNOWN, started_at=LONG_AGO)
    make_campaign(crowd(6, first=2000000))
    done = len(gateway.requests)
    doors.work()
    commands = [request.command for request in gateway.requests[done:]]
    assert commands[:3] == ["status", "status", "message-viber"]
    assert not Message.objects.filter(pk__in=[doubt.pk for doubt in doubts], state="unconfirmed").exists()


def test_messages_of_no_campaign_leave_in_the_order_in_which_they_were_saved(
    campaign: None, make_message: MakeMessage, configure: Callable[..., None], gateway: Sandbox
):
    configure(PACKAGE_SIZE=2)
    references = [make_message().reference for _ in range(5)]
    doors.work()
    assert list(gateway.accepted)[:5] == references


@pytest.fixture
def time(moments: Moments) -> Clock:
    clock = Clock()
    moments.set("the clock of the pace", clock)
    return clock


def test_it_leaves_ahead_of_the_pace_and_is_paid_for(
    code: Code, campaign: None, configure: Callable[..., None], time: Clock, gateway: Sandbox
):
    configure(RATE_LIMIT=4)
    slept = list[float]()

    def save_while_it_waits() -> bool:
        if len(gateway.requests) == 1:
            code.save()
            slept.append(time.slept)
        return False

    doors.work(should_stop=save_while_it_waits)
    assert code.left_after() == 0
    assert len(gateway.requests[code.saved_at].ids) == 1
    assert slept[-1] - slept[0] <= rate_limit.LONGEST_NAP_SECONDS
    assert time.slept == pytest.approx(13 / 4), "the average holds"


def test_many_messages_of_no_campaign_keep_the_pace(
    make_message: MakeMessage, configure: Callable[..., None], time: Clock, gateway: Sandbox
):
    configure(RATE_LIMIT=4)
    for _ in range(12):
        make_message()
    doors.work()
    assert [len(request.ids) for request in gateway.requests] == [4, 4, 4]
