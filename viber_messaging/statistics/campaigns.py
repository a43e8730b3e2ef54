"""The progress of several campaigns. A large one that has ended is counted only once a minute, as it hardly changes."""

from collections.abc import Collection

from viber_messaging.delivery.campaign import progress
from viber_messaging.delivery.campaign.progress import Progress
from viber_messaging.models import Campaign
from viber_messaging.states import ENDED_STATES
from viber_messaging.statistics.cache import LARGE, keep_each, recall_each

NAME = "campaign"


def progress_of(campaigns: Collection[Campaign]) -> dict[int, Progress]:
    """Return the counts of messages by campaign key; campaigns without messages are left out."""
    ended = {campaign.pk: _ended_at(campaign) for campaign in campaigns if campaign.state in ENDED_STATES}
    kept: dict[int, Progress] = recall_each(NAME, ended)
    counted = progress.measure_several([campaign.pk for campaign in campaigns if campaign.pk not in kept])
    keep_each(NAME, ended, ((pk, found) for pk, found in counted.items() if found.total >= LARGE))
    return kept | counted


def _ended_at(campaign: Campaign) -> str:
    return f"{campaign.finished_at:%Y%m%d%H%M%S%f}" if campaign.finished_at else ""
