"""A cache for the numbers of large previews, so that nobody waits for the same count twice.

Only numbers and keys are cached, no phones, names or texts. They are counted again when the campaign, the members of
its groups, or opt-outs change. A changed name is noticed after KEPT_SECONDS, or when a person asks for a new count.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Max
from django.utils import timezone

from viber_messaging.delivery.campaign import approval, audience
from viber_messaging.delivery.campaign.preview import Preview, preview
from viber_messaging.delivery.campaign.texts import Obstacle, Rendering
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign

LARGE = 5000
"""The audience size from which a count is cached; fewer people are counted instantly."""
KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A preview, and when it was counted."""

    preview: Preview
    at: datetime


def count(campaign: Campaign, *, is_anew: bool = False) -> Counted:
    """Return what a campaign would send: counted now, or from the cache if nothing has changed since."""
    place = _place(campaign)
    kept = None if is_anew else cache.get(place)
    if kept is not None:
        return Counted(preview=_recall(campaign, kept), at=kept["at"])
    now, found = timezone.now(), preview(campaign)
    if found.audience >= LARGE:
        cache.set(place, _kept(found, now), KEPT_SECONDS)
    return Counted(preview=found, at=now)


def _place(campaign: Campaign) -> str:
    """Return the cache key, which changes when the data that the count depends on change."""
    last_change = tables.consent_changes().aggregate(last=Max("pk"))["last"] or 0
    members = audience.members(campaign).count()
    return f"viber_messaging:{campaign.pk}:{approval.mark(campaign)}:{members}:{audience.last_key()}:{last_change}"


def _kept(found: Preview, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "numbers": {"audience": found.audience, "repeats": found.repeats, "to_send": found.to_send},
        "left_out": {str(obstacle): number for obstacle, number in found.left_out.items()},
        "missing": dict(found.missing),
        "sms_parts": dict(found.sms_parts),
        "samples": [addressee.pk for addressee in found.samples],
        "spoilt": [addressee.pk for addressee in found.spoilt.values()],
    }


def _recall(campaign: Campaign, kept: dict[str, Any]) -> Preview:
    """Return the preview with freshly read people, without those who opted out or were deleted since."""
    rendering = Rendering(campaign)
    samples = [found for found in audience.read(rendering, kept["samples"]) if found.obstacle is None]
    spoilt = audience.read(rendering, kept["spoilt"])
    return Preview(
        **kept["numbers"],
        left_out=Counter({Obstacle(obstacle): number for obstacle, number in kept["left_out"].items()}),
        missing=Counter(kept["missing"]),
        sms_parts=Counter(kept["sms_parts"]),
        samples=samples,
        spoilt={found.obstacle: found for found in spoilt if found.obstacle is not None},
    )
