"""What the gateway has had is never queued again under its reference, in whatever way it is asked for."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import MakeCampaign
from viber_messaging.delivery.campaign import lifecycle
from viber_messaging.models import Campaign, Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome, CampaignState, MessageState

WAYS: dict[str, Callable[[], Iterable[int]]] = {
    "retry": lambda: doors.retry(Message.objects.all()),
    "a person's word": lambda: doors.send_again(Message.objects.all()),
    "the retry of a campaign": lambda: lifecycle.retry_failed(Campaign.objects.get()),
}
TRACES: dict[str, Callable[[], Any]] = {
    "when it was accepted": lambda: Message.objects.update(accepted_at=timezone.now()),
    "the gateway ID": lambda: Message.objects.update(msg_id="1234"),
    "an attempt": lambda: Message.objects.get().attempts.create(
        number=1, started_at=timezone.now(), finished_at=timezone.now(), outcome=AttemptOutcome.ACCEPTED
    ),
}


@pytest.fixture
def make_stopped(gateway: Sandbox, crowd: Any, make_campaign: MakeCampaign) -> Callable[[str, MessageState], Message]:
    """Make a message of a campaign that stands where this way begins."""

    def make(way: str, state: MessageState = MessageState.REJECTED) -> Message:
        campaign = make_campaign(crowd(0), state=CampaignState.FINISHED)
        state = MessageState.UNCONFIRMED if way == "a person's word" else state
        content = {"sender": "SMSTest", "phone": "+380971234567", "text": "Hi"}
        return Message.objects.create(campaign=campaign, state=state, **content)

    return make


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("trace", TRACES)
def test_what_the_gateway_has_had_is_not_queued_again(gateway: Sandbox, make_stopped: Any, way: str, trace: str):
    message = make_stopped(way)
    TRACES[trace]()
    assert WAYS[way]() == []
    message.refresh_from_db()
    assert message.state != MessageState.QUEUED
    doors.work()
    assert gateway.submissions[message.reference] == 0


@pytest.mark.parametrize("way", ["retry", "the retry of a campaign"])
def test_what_it_says_that_it_has_had_is_not(make_stopped: Any, way: str):
    make_stopped(way, MessageState.FAILED)
    Message.objects.update(status_code=208)
    assert WAYS[way]() == []


@pytest.mark.parametrize("way", WAYS)
def test_what_it_has_not_had_is(make_stopped: Any, way: str):
    message = make_stopped(way)
    assert WAYS[way]() == [message.pk]
