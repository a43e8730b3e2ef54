"""Make a group from the people who got a campaign, or did not."""

from collections.abc import Collection

from viber_messaging.delivery.people.groups import memberships, new_group
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign, RecipientGroup
from viber_messaging.states import MessageState

BATCH_SIZE = 5000


def make_group(campaign: Campaign, states: Collection[MessageState], name: str) -> tuple[RecipientGroup, int]:
    """Make a group of the recipients whose messages are in one of these states; return it and the number of people.

    Raises ValidationError if the name is empty, too long, or taken. People deleted since are left out. The group is
    created completely or not at all.
    """
    group = new_group(name)
    with tables.atomic():
        group.save(using=tables.alias())
        return group, _fill(group, campaign, states)


def _fill(group: RecipientGroup, campaign: Campaign, states: Collection[MessageState]) -> int:
    count, last = 0, 0
    wanted = tables.messages().filter(campaign=campaign.pk, state__in=states, recipient__isnull=False)
    while keys := list(
        wanted.filter(recipient__gt=last)
        .order_by("recipient")
        .values_list("recipient", flat=True)
        .distinct()[:BATCH_SIZE]
    ):
        memberships().add(keys, group.pk)
        count, last = count + len(keys), keys[-1]
    return count
