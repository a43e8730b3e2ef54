"""Receivers for saved messages, changed groups of campaigns, and deleted people and groups."""

import logging
from functools import partial
from typing import Any

from django.db.models.signals import m2m_changed, post_save, pre_delete
from django.dispatch import receiver

from viber_messaging.conf import conf
from viber_messaging.delivery.people import departure
from viber_messaging.delivery.queue import single_claim
from viber_messaging.delivery.storage import tables
from viber_messaging.logs.facts import facts
from viber_messaging.models import Campaign, CampaignChanged, GroupInUse, Message, Recipient, RecipientGroup
from viber_messaging.nudges import nudge_after_commit
from viber_messaging.states import CampaignState, MessageState

logger = logging.getLogger(__name__)


@receiver(post_save, sender=Message, dispatch_uid="viber_messaging.send_after_commit")
def send_after_commit(instance: Message, raw: bool, using: str, **kwargs: Any) -> None:
    """Send a message saved as queued, after the commit, unless it is loaded from a fixture.

    A message to a person who opted out is cancelled at once.
    """
    if raw or instance.state != MessageState.QUEUED or instance.pk is None:
        return
    if using != tables.alias():
        extra = facts("other_database", reference=instance.reference)
        logger.warning(
            "Message %s is not sent: it was saved to %r, but messages are sent from another database.",
            instance,
            using,
            extra=extra,
        )
        return
    if single_claim.cancel_if_unwanted(instance.pk):
        single_claim.read_again(instance)
        return
    then = partial(single_claim.read_again, instance) if conf.DISPATCH == "inline" else None
    nudge_after_commit([instance.pk], then=then)


@receiver(m2m_changed, sender=Campaign.groups.through, dispatch_uid="viber_messaging.keep_groups")
def keep_groups_after_start(
    instance: Any, action: str, reverse: bool, pk_set: set[int] | None, using: str, **kwargs: Any
) -> None:
    """Refuse to change the groups of a started campaign, which goes only to the people counted before the start.

    A campaign without groups may get its first ones, because fixtures load it like this. Raises CampaignChanged.
    """
    if not action.startswith("pre_") or pk_set == set():
        return
    campaigns = Campaign._base_manager.using(using)
    touched = campaigns.filter(pk__in=pk_set or []) if reverse else campaigns.filter(pk=instance.pk)
    if reverse and pk_set is None:
        touched = campaigns.filter(groups=instance.pk)
    started = touched.exclude(state=CampaignState.DRAFT).select_for_update()
    for campaign in started:
        if action != "pre_add" or campaign.groups.using(using).exists():
            raise CampaignChanged(
                f"Campaign {campaign.pk} is {campaign.state}: its groups can no longer change. Copy it instead."
            )


@receiver(pre_delete, sender=Recipient, dispatch_uid="viber_messaging.stop_messages")
def stop_messages_to_deleted(instance: Recipient, using: str, origin: Any = None, **kwargs: Any) -> None:
    """Cancel waiting messages to a deleted person, and have those that the gateway holds called back."""
    if using == tables.alias():
        departure.stop_messages_to(instance, origin)


@receiver(pre_delete, sender=RecipientGroup, dispatch_uid="viber_messaging.keep_audience")
def keep_audience(instance: RecipientGroup, using: str, **kwargs: Any) -> None:
    """Refuse to delete a group that a started campaign still has to read. Raises GroupInUse."""
    if using == tables.alias() and (campaigns := list(departure.lock_campaigns_of([instance.pk]))):
        names = ", ".join(f"{campaign.pk} ({campaign.name})" for campaign in campaigns)
        raise GroupInUse(
            f"Group {instance.pk} cannot be deleted: these campaigns have not created the messages for its people "
            f"yet: {names}. Cancel them first, or wait until their messages are created.",
            set(campaigns),
        )
