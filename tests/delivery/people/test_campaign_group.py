"""Making a group of those who got a campaign, or did not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests import doors
from tests.delivery.conftest import MakeCampaign
from tests.moments import Moments
from viber_messaging.delivery.people.campaign_group import make_group
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup
from viber_messaging.states import MessageState

Crowd = Callable[..., RecipientGroup]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(crowd: Crowd, make_campaign: MakeCampaign, configure: Callable[..., None], moments: Moments) -> Campaign:
    """A campaign with one message in each state."""
    configure(DISPATCH="worker")
    moments.set("recipients in a batch of regrouping", 2)
    campaign = make_campaign(crowd(len(MessageState)))
    doors.expand(100)
    for message, state in zip(campaign.messages.order_by("pk"), MessageState, strict=True):
        Message.objects.filter(pk=message.pk).update(state=state)
    return campaign


def of(campaign: Campaign) -> Any:
    return Message.objects.filter(campaign=campaign)


@pytest.mark.parametrize(
    ("who", "words"),
    [("reached", {"delivered", "read"}), ("unreached", {"rejected", "undelivered", "failed"})],
)
def test_the_group_holds_those_and_no_others(sent: Campaign, who: str, words: set[str]):
    group, count = make_group(getattr(of(sent), who)(), " Those ")
    assert (group.name, count) == ("Those", len(words))
    assert set(group.recipients.values_list("messages__state", flat=True)) == words


def test_who_was_deleted_since_is_left_out(sent: Campaign):
    Recipient.objects.filter(messages__state="read").delete()
    assert make_group(of(sent).reached(), "Those")[1] == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "All"])
def test_a_name_that_does_not_do_is_told_and_nothing_is_made(sent: Campaign, name: str):
    with pytest.raises(ValidationError):
        make_group(of(sent).reached(), name)
    assert RecipientGroup.objects.count() == 1
