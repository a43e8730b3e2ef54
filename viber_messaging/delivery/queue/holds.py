"""What holds queued messages back: a paused or cancelled campaign, quiet hours, or a person who stopped all sending.

Pausing changes no message. A claim skips the campaigns on hold, and its UPDATE checks them again. Simultaneous claims
lock the campaigns' rows first, so that a pause waits for claims under way and every later claim sees it.
"""

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connections
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.delivery.storage import tables
from viber_messaging.logs.facts import facts
from viber_messaging.models import Connection
from viber_messaging.states import HOLDING_STATES, CampaignState

logger = logging.getLogger(__name__)

STOPPED = gettext_noop("A person stopped all sending. The messages wait until a person resumes it.")
CAMPAIGN_CANCELLED = gettext_noop("Its campaign was cancelled before this message was sent.")


def held_campaigns(now: datetime) -> list[int]:
    """Return the keys of the campaigns on hold at this moment."""
    may_be_held = Q(state=CampaignState.PAUSED) | Q(state=CampaignState.RUNNING, quiet_from__isnull=False)
    found = tables.campaigns().filter(may_be_held).only("state", "quiet_from", "quiet_until")
    return [campaign.pk for campaign in found if campaign.state == CampaignState.PAUSED or campaign.is_quiet(now)]


def is_stopped() -> bool:
    """Return whether a person stopped all sending."""
    return tables.connection_rows().filter(stopped_at__isnull=False).exists()


def stop_all(user: Any = None) -> bool:
    """Stop all sending until a person resumes it; return whether this call stopped it."""
    rows = tables.connection_rows()
    rows.get_or_create(pk=Connection.SINGLETON)
    is_ours = bool(rows.filter(stopped_at=None).update(stopped_at=timezone.now(), stopped_by=user))
    if is_ours:
        logger.warning("A person stopped all sending.", extra=facts("sending_stopped"))
    return is_ours


def let_go_on() -> bool:
    """Resume sending after a person stopped it; return whether it was stopped."""
    is_ours = bool(tables.connection_rows().filter(stopped_at__isnull=False).update(stopped_at=None, stopped_by=None))
    if is_ours:
        logger.warning("A person resumed sending.", extra=facts("sending_allowed"))
    return is_ours


def lock_campaigns(pks: Collection[int]) -> None:
    """Prevent these campaigns from being paused until this transaction ends."""
    if pks:
        no_key = connections[tables.alias()].features.has_select_for_no_key_update
        campaigns = tables.campaigns().filter(pk__in=pks).order_by("pk").select_for_update(no_key=no_key)
        list(campaigns.values_list("pk"))


def nobody_stopped() -> Q:
    """Return the condition that nobody has stopped all sending."""
    return Q(~Exists(tables.connection_rows().filter(stopped_at__isnull=False)))


def is_of_no_held() -> Q:
    """Return the condition that no paused or cancelled campaign holds a message back; quiet hours are not checked."""
    return Q(~Exists(tables.campaigns().filter(pk=OuterRef("campaign"), state__in=HOLDING_STATES)))


def is_of_cancelled() -> Q:
    """Return the condition that a message belongs to a cancelled campaign."""
    return Q(Exists(tables.campaigns().filter(pk=OuterRef("campaign"), state=CampaignState.CANCELLED)))
