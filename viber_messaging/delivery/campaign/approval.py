"""Approval by a second person: a campaign may start if somebody else approved exactly this version."""

import json
from hashlib import sha256
from typing import Any

from django.db.models import F
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.campaign import audience
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign
from viber_messaging.models.campaign import WRITTEN_FIELDS
from viber_messaging.states import CampaignState


def mark(campaign: Campaign) -> str:
    """Return a digest of everything that a person decides about a campaign: texts, times and groups."""
    written = [str(getattr(campaign, name)) for name in WRITTEN_FIELDS]
    return sha256(json.dumps([written, audience.groups(campaign)]).encode()).hexdigest()


def note_writer(campaign: Campaign, user: Any) -> None:
    """Record that this person wrote a part of a campaign; call it in the transaction that saves the part."""
    stored = _held(campaign)
    writers = sorted({*stored.writers, str(user.pk)})
    tables.campaigns().filter(pk=campaign.pk).update(writers=writers)
    campaign.writers = writers


def may_approve(campaign: Campaign, user: Any) -> bool:
    """Return whether this person may approve a draft: they wrote none of it since the last approval."""
    writers = set(campaign.writers)
    if campaign.approved_at is None:
        writers.add(str(campaign.created_by_id))
    return campaign.state == CampaignState.DRAFT and user.pk is not None and str(user.pk) not in writers


def approve(campaign: Campaign, user: Any) -> bool:
    """Record that this person approves the campaign as it was read; return whether that was possible."""
    with tables.atomic():
        stored = _held(campaign)
        is_possible = may_approve(stored, user) and mark(stored) == mark(campaign)
        if is_possible:
            tables.campaigns().filter(pk=campaign.pk).update(
                approved_by=user, approved_at=timezone.now(), approved_mark=mark(stored), writers=[]
            )
    campaign.refresh_from_db(using=tables.alias())
    return is_possible


def _held(campaign: Campaign) -> Campaign:
    """Lock the row until the transaction ends, and read it. SQLite requires the write before any read."""
    tables.campaigns().filter(pk=campaign.pk).update(state=F("state"))
    return tables.campaigns().get(pk=campaign.pk)


def is_approved(campaign: Campaign) -> bool:
    """Return whether somebody approved the campaign exactly as it is."""
    return bool(campaign.approved_mark) and campaign.approved_mark == mark(campaign)


def is_wanting(campaign: Campaign) -> bool:
    """Return whether the site requires an approval that this campaign lacks."""
    return conf.CAMPAIGN_APPROVAL and not is_approved(campaign)
