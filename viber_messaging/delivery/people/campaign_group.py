"""Make a group from the people who got a campaign, or did not."""

from viber_messaging.delivery.people.groups import memberships, new_group
from viber_messaging.delivery.storage import tables
from viber_messaging.models import RecipientGroup
from viber_messaging.models.message_queries import MessageQuerySet

BATCH_SIZE = 5000


def make_group(messages: MessageQuerySet, name: str) -> tuple[RecipientGroup, int]:
    """Make a group of the recipients of these messages of a campaign; return it and the number of people.

    Raises ValidationError if the name is empty, too long, or taken. People deleted since are left out. The group is
    created completely or not at all.
    """
    group = new_group(name)
    with tables.atomic():
        group.save(using=tables.alias())
        return group, _fill(group, messages.filter(recipient__isnull=False))


def _fill(group: RecipientGroup, wanted: MessageQuerySet) -> int:
    count, last = 0, 0
    while keys := list(
        wanted.filter(recipient__gt=last)
        .order_by("recipient")
        .values_list("recipient", flat=True)
        .distinct()[:BATCH_SIZE]
    ):
        memberships().add(keys, group.pk)
        count, last = count + len(keys), keys[-1]
    return count
