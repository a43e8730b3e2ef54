"""Four eyes: what somebody else has approved, word for word, may be started."""

import json
from hashlib import sha256
from typing import Any

from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery import audience, storage
from viber_messaging.models import Campaign
from viber_messaging.models.campaign import WRITTEN_FIELDS
from viber_messaging.states import CampaignState


def mark(campaign: Campaign) -> str:
    """Return a digest of all that a person decides about a campaign: its words, its hours, its groups."""
    written = [str(getattr(campaign, name)) for name in WRITTEN_FIELDS]
    return sha256(json.dumps([written, audience.groups(campaign)]).encode()).hexdigest()


def may_approve(campaign: Campaign, user: Any) -> bool:
    """Tell whether this person may approve it: it is a draft, and neither made nor last edited by that person."""
    writers = {campaign.created_by_id, campaign.edited_by_id}
    return campaign.state == CampaignState.DRAFT and user.pk is not None and user.pk not in writers


def approve(campaign: Campaign, user: Any) -> bool:
    """Note that this person approves the campaign as it was read; tell whether that was possible."""
    if not may_approve(campaign, user):
        return False
    moved = (
        storage.campaigns()
        .filter(pk=campaign.pk, state=CampaignState.DRAFT)
        .update(approved_by=user, approved_at=timezone.now(), approved_mark=mark(campaign))
    )
    campaign.refresh_from_db(using=storage.alias())
    return bool(moved)


def is_approved(campaign: Campaign) -> bool:
    """Tell whether somebody approved the campaign exactly as it is."""
    return bool(campaign.approved_mark) and campaign.approved_mark == mark(campaign)


def is_wanting(campaign: Campaign) -> bool:
    """Tell whether the site asks for an approval that this campaign lacks."""
    return conf.CAMPAIGN_APPROVAL and not is_approved(campaign)
