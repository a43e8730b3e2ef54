"""A campaign writes to a phone once, also to one that was erased since and is somebody else's now."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from tests import doors
from tests.delivery.conftest import MakeCampaign, phone
from tests.moments import Moments
from viber_messaging.api import forget
from viber_messaging.delivery.campaign.predecessors import without_predecessors
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState

FIRST, SECOND = phone(1000000), phone(1000001)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign(
    gateway: Sandbox,
    crowd: Callable[..., RecipientGroup],
    make_campaign: MakeCampaign,
    moments: Moments,
) -> Campaign:
    """A campaign to two that has written to the first, who was erased then."""
    campaign = make_campaign(crowd(2))
    moments.set("recipients in a batch", 1)
    doors.work(limit=1)
    assert forget(FIRST).messages == 1
    return campaign


def give_the_phone_to_the_second() -> None:
    Recipient.objects.filter(phone=SECOND).update(phone=FIRST)


def test_a_worker_sends_nothing_to_an_erased_phone_that_a_later_recipient_has(campaign: Campaign, gateway: Sandbox):
    give_the_phone_to_the_second()
    doors.work()
    campaign.refresh_from_db()
    assert [message.phone for message in gateway.accepted.values()] == [FIRST]
    assert campaign.state == CampaignState.FINISHED
    assert campaign.messages.count() == 1


def test_the_others_get_theirs(campaign: Campaign, gateway: Sandbox):
    doors.work()
    assert [message.phone for message in gateway.accepted.values()] == [FIRST, SECOND]


def test_another_campaign_writes_to_that_phone(campaign: Campaign, gateway: Sandbox, make_campaign: MakeCampaign):
    give_the_phone_to_the_second()
    make_campaign(*campaign.groups.all())
    doors.work()
    assert [message.phone for message in gateway.accepted.values()] == [FIRST, FIRST]


@pytest.mark.parametrize("insert", [Message.save, lambda message: doors.insert([message])])
def test_no_such_message_can_be_made_by_hand(campaign: Campaign, insert: Callable[[Message], Any]):
    message = Message(campaign=campaign, phone=FIRST, sender="SMSTest", text="x")
    with pytest.raises(IntegrityError):
        insert(message)
    assert message.reference is None


def test_an_erased_message_is_found_under_a_later_candidate(campaign: Campaign, make_message: Callable[..., Message]):
    """Its first reference was another message's when it was made."""
    erased = campaign.messages.get()
    again = Message(campaign=campaign, phone=FIRST, sender="SMSTest", text="x")
    first = erased.reference
    again.candidate = 1
    Message.objects.filter(pk=erased.pk).update(reference=again.make_reference("default"))
    assert make_message(reference=first).reference == first
    assert without_predecessors(campaign, [again]) == []
