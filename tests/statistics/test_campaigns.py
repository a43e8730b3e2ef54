"""How far several campaigns are."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from tests.moments import Moments
from viber_messaging.models import Campaign, Message
from viber_messaging.statistics.campaigns import progress_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_campaign(moments: Moments) -> Callable[..., Campaign]:
    """Make a campaign of so many messages; of three on it is large."""
    moments.set("messages of a large campaign", 3)

    def make(messages: int, **fields: Any) -> Campaign:
        campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi", **fields)
        rows = [Message(sender="SMSTest", phone=f"+38097{n:07}", text="Hi", campaign=campaign) for n in range(messages)]
        Message.objects.bulk_create(rows)
        return campaign

    return make


def total_of(campaign: Campaign) -> int:
    return progress_of([campaign])[campaign.pk].total


@pytest.mark.parametrize("state", ["finished", "cancelled"])
def test_a_large_one_that_has_ended_is_counted_once_a_minute(
    make_campaign: Callable[..., Campaign], clock: Any, state: str
):
    campaign = make_campaign(4, state=state, finished_at=timezone.now())
    assert total_of(campaign) == 4
    campaign.messages.earliest("pk").delete()
    assert total_of(campaign) == 4
    clock.shift(61)
    assert total_of(campaign) == 3


@pytest.mark.parametrize(("messages", "state"), [(4, "running"), (4, "paused"), (2, "finished")])
def test_one_that_goes_on_or_is_small_is_counted_each_time(
    make_campaign: Callable[..., Campaign], messages: int, state: str
):
    campaign = make_campaign(messages, state=state)
    assert total_of(campaign) == messages
    campaign.messages.earliest("pk").delete()
    assert total_of(campaign) == messages - 1


def test_one_that_ended_once_more_is_counted_anew(make_campaign: Callable[..., Campaign]):
    campaign = make_campaign(4, state="finished", finished_at=timezone.now())
    total_of(campaign)
    campaign.messages.earliest("pk").delete()
    campaign.finished_at = timezone.now()
    assert total_of(campaign) == 3
