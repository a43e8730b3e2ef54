"""Campaigns run from code, under the same checks as in the admin."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from tests import doors
from tests.moments import Moments
from viber_messaging.api import (
    Cancelled,
    cancel_campaign,
    pause_campaign,
    resume_campaign,
    start_campaign,
)
from viber_messaging.models import Campaign, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign() -> Campaign:
    """A draft to three people."""
    group = RecipientGroup.objects.create(name="All")
    for number in range(3):
        group.recipients.add(Recipient.objects.create(phone=f"+38097123456{number}"))
    made = Campaign.objects.create(name="Spring", sender="SMSTest", text="Text")
    made.groups.add(group)
    return made


@pytest.fixture
def nudged(moments: Moments, configure: Callable[..., None]) -> list[Any]:
    """How often something was said to be due."""
    configure(DISPATCH="celery")
    heard: list[Any] = []
    moments.replace("the nudge by Celery", lambda: heard.append("nudge"), must_come=False)
    return heard


def test_a_campaign_is_started_once_and_sent(gateway: Sandbox, campaign: Campaign):
    assert start_campaign(campaign)
    assert campaign.state == CampaignState.RUNNING
    assert not start_campaign(Campaign.objects.get())
    doors.work()
    assert len(gateway.accepted) == 3


def test_a_paused_campaign_sends_nothing_until_it_is_resumed(gateway: Sandbox, campaign: Campaign):
    assert not pause_campaign(campaign)
    start_campaign(campaign)
    assert pause_campaign(campaign)
    assert not pause_campaign(campaign)
    doors.work()
    assert not gateway.accepted
    assert resume_campaign(campaign)
    assert not resume_campaign(campaign)
    doors.work()
    assert len(gateway.accepted) == 3


def test_a_cancelled_campaign_tells_what_it_stopped(gateway: Sandbox, campaign: Campaign, configure: Any):
    configure(PACKAGE_SIZE=1)
    start_campaign(campaign)
    doors.work(limit=1)
    assert len(gateway.accepted) == 1
    assert cancel_campaign(campaign) == Cancelled(messages=2, too_late=1)
    assert cancel_campaign(campaign) is None
    assert not start_campaign(campaign)
    assert not resume_campaign(campaign)
    doors.work()
    assert len(gateway.accepted) == 1


def test_starting_and_resuming_say_that_something_is_due_after_the_commit(campaign: Campaign, nudged: list[Any]):
    with transaction.atomic():
        start_campaign(campaign)
        assert nudged == []
    assert len(nudged) == 1
    start_campaign(campaign)
    pause_campaign(campaign)
    assert len(nudged) == 1
    resume_campaign(campaign)
    assert len(nudged) == 2


def test_a_start_that_is_rolled_back_starts_nothing(campaign: Campaign, nudged: list[Any]):
    with transaction.atomic():
        start_campaign(campaign)
        transaction.set_rollback(True)
    assert Campaign.objects.get().state == CampaignState.DRAFT
    assert nudged == []


@pytest.mark.parametrize("spoil", ["groups", "text", "approval"])
def test_what_the_admin_would_not_start_is_refused(
    campaign: Campaign, nudged: list[Any], configure: Callable[..., None], spoil: str
):
    if spoil == "groups":
        campaign.groups.clear()
    elif spoil == "text":
        Campaign.objects.update(text="{broken")
    else:
        configure(CAMPAIGN_APPROVAL=True)
    with pytest.raises(ValidationError) as caught:
        start_campaign(campaign)
    assert spoil == "approval" or set(caught.value.message_dict) == {spoil}
    assert Campaign.objects.get().state == CampaignState.DRAFT
    assert nudged == []
