"""To whom a campaign goes: decided before its start, whoever tries to change it after."""

from collections.abc import Callable

import pytest
from django.core import serializers
from django.db import transaction

from viber_messaging.models import Campaign, CampaignChanged, GroupInUse, RecipientGroup
from viber_messaging.states import CampaignState

pytestmark = pytest.mark.django_db

Change = Callable[[Campaign, RecipientGroup, RecipientGroup], None]

CHANGES: dict[str, Change] = {
    "added": lambda campaign, first, other: campaign.groups.add(other),
    "set": lambda campaign, first, other: campaign.groups.set([other]),
    "removed": lambda campaign, first, other: campaign.groups.remove(first),
    "cleared": lambda campaign, first, other: campaign.groups.clear(),
    "added from the group": lambda campaign, first, other: other.campaigns.add(campaign),
    "removed from the group": lambda campaign, first, other: first.campaigns.remove(campaign),
    "cleared from the group": lambda campaign, first, other: first.campaigns.clear(),
}
STARTED = [state for state in CampaignState if state != CampaignState.DRAFT]


@pytest.fixture
def first() -> RecipientGroup:
    return RecipientGroup.objects.create(name="First")


@pytest.fixture
def other() -> RecipientGroup:
    return RecipientGroup.objects.create(name="Other")


@pytest.fixture
def campaign(first: RecipientGroup) -> Campaign:
    made = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi")
    made.groups.set([first])
    return made


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("state", STARTED)
def test_after_the_start_no_group_comes_or_goes(
    campaign: Campaign, first: RecipientGroup, other: RecipientGroup, state: CampaignState, change: Change
):
    Campaign.objects.update(state=state)
    with pytest.raises(CampaignChanged, match="Copy it instead"), transaction.atomic():
        change(campaign, first, other)
    assert list(campaign.groups.all()) == [first]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_before_it_they_may(campaign: Campaign, first: RecipientGroup, other: RecipientGroup, change: Change):
    change(campaign, first, other)
    assert list(campaign.groups.all()) != [first]


def test_the_same_groups_again_are_no_change(campaign: Campaign, first: RecipientGroup):
    Campaign.objects.update(state=CampaignState.RUNNING)
    campaign.groups.add(first)
    campaign.groups.set([first])
    assert list(campaign.groups.all()) == [first]


def test_a_backup_of_a_started_campaign_is_loaded_with_its_groups(campaign: Campaign, first: RecipientGroup):
    Campaign.objects.update(state=CampaignState.FINISHED)
    kept = serializers.serialize("json", Campaign.objects.all())
    Campaign.objects.all().delete()
    for loaded in serializers.deserialize("json", kept):
        loaded.save()
    assert list(Campaign.objects.get().groups.all()) == [first]


@pytest.mark.parametrize("state", ["running", "paused"])
@pytest.mark.parametrize(
    "delete",
    [
        lambda group: group.delete(),
        lambda group: RecipientGroup.objects.filter(pk=group.pk).delete(),
        lambda group: RecipientGroup.objects.all().delete(),
    ],
)
def test_a_group_cannot_be_deleted_from_under_a_campaign_that_is_to_come(
    campaign: Campaign, first: RecipientGroup, delete: Callable[[RecipientGroup], object], state: str
):
    Campaign.objects.update(state=state)
    with pytest.raises(GroupInUse, match="Cancel them first"), transaction.atomic():
        delete(first)
    assert campaign.groups.exists()
    Campaign.objects.update(expanded_at="2026-01-01T00:00Z")
    delete(first)
    assert not campaign.groups.exists()
