"""What this app listens to: a message being saved. Nothing else."""

import logging
from functools import partial
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from viber_messaging.conf import conf
from viber_messaging.delivery import consent, storage
from viber_messaging.models import Message
from viber_messaging.nudges import nudge_after_commit
from viber_messaging.states import MessageState

logger = logging.getLogger(__name__)

_SETTLED_BY_SENDING = (
    "state", "attempt_count", "claim_token", "claimed_at", "queued_at", "next_attempt_at",
    "accepted_at", "completed_at", "error", "msg_id", "status_code",
)  # fmt: skip


@receiver(post_save, sender=Message, dispatch_uid="viber_messaging.send_after_commit")
def send_after_commit(instance: Message, raw: bool, using: str, **kwargs: Any) -> None:
    """Send a message that was saved as queued, after the commit; never one that a fixture loads.

    One to someone who opted out is cancelled right away, and says so.
    """
    if raw or instance.state != MessageState.QUEUED or instance.pk is None:
        return
    if using != storage.alias():
        logger.warning("Message %s is not sent: it was saved to %r, not where they are sent from.", instance, using)
        return
    if consent.cancel_unwanted(storage.messages().filter(pk=instance.pk)):
        instance.refresh_from_db(using=using, fields=_SETTLED_BY_SENDING)
        return
    then = (
        partial(instance.refresh_from_db, using=using, fields=_SETTLED_BY_SENDING)
        if conf.DISPATCH == "inline"
        else None
    )
    nudge_after_commit([instance.pk], then=then)
