"""The people whom a campaign reached: by Viber, by SMS, by both, or not at all."""

from dataclasses import dataclass

from viber_messaging.delivery.campaign.progress import Progress
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign
from viber_messaging.states import MOVING_STATES, REACHED_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many people a campaign reached, by which way."""

    by_viber: int
    by_sms: int
    by_both: int
    """Viber turned out to have reached these after their SMS was sent."""
    by_none: int
    """Nothing more happens for these."""


def reach(campaign: Campaign, found: Progress) -> Reach:
    """Count the people whom a campaign reached; by one more query if it sent SMS."""
    by_viber, by_sms = found.of(REACHED_STATES), found.sms_of(REACHED_STATES)
    both = tables.messages().by_sms().filter(campaign=campaign.pk, state__in=REACHED_STATES)
    by_both = both.filter(fallback_of__state__in=REACHED_STATES).count() if by_sms else 0
    waiting = found.sms_of(MOVING_STATES) + found.of(MOVING_STATES)
    by_none = max(found.total - by_viber - by_sms + by_both - waiting, 0)
    return Reach(by_viber=by_viber - by_both, by_sms=by_sms - by_both, by_both=by_both, by_none=by_none)
