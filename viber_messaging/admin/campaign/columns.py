"""What lists of campaigns say of each: the columns of the admin's list, and the newest on the first page."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from viber_messaging.admin.campaign.obstacle import label_of, note_of
from viber_messaging.admin.campaign.progress import sent_of
from viber_messaging.admin.pages.badges import badge
from viber_messaging.admin.pages.banner import problem_on
from viber_messaging.admin.pages.links import url_of
from viber_messaging.delivery.campaign.progress import Progress, to_come, with_uncreated
from viber_messaging.models import Campaign
from viber_messaging.states import CampaignState, MessageState
from viber_messaging.statistics.campaigns import progress_of

MOST_CAMPAIGNS = 8
"""So many are on the first page of a person who may not see messages."""


class CampaignColumns:
    """Columns for the coloured state and the progress."""

    @admin.display(description=gettext_lazy("status"), ordering="state")
    def state_badge(self, obj: Any) -> SafeString:
        """Return the coloured state, and why nothing is sent if so."""
        shown = badge(f"campaign-{obj.state}", label_of(obj, obj.problem))
        reason = note_of(obj, obj.problem, timezone.now())
        return format_html("{}<div class=help>{}</div>", shown, reason) if reason else shown

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, obj: Any) -> str:
        """Return how many messages the gateway accepted, how many reached nobody, and how many are unconfirmed."""
        if obj.state == CampaignState.DRAFT:
            return ""
        found: Progress = obj.counted
        unconfirmed = found.by_state.get(MessageState.UNCONFIRMED, 0)
        total = found.total + to_come(obj, found)
        return sent_of(found.taken, total, unreached=found.unreached, unconfirmed=unconfirmed)


def measure(request: HttpRequest, campaigns: Iterable[Campaign]) -> list[Any]:
    """Give each campaign what its columns say: its progress, and what prevents sending."""
    measured: list[Any] = list(campaigns)
    counted = progress_of(measured)
    for campaign in measured:
        campaign.problem = problem_on(request)
        campaign.counted = with_uncreated(campaign, counted.get(campaign.pk, Progress(by_state={})))
    return measured


def newest(request: HttpRequest, site_name: str) -> list[dict[str, Any]]:
    """Return the newest campaigns with their URLs and columns."""
    shown = CampaignColumns()
    return [
        {
            "url": url_of("viber_messaging_campaign_change", site_name, campaign.pk),
            "name": campaign.name,
            "state": shown.state_badge(campaign),
            "progress": shown.progress(campaign),
        }
        for campaign in measure(request, Campaign.objects.order_by("-pk")[:MOST_CAMPAIGNS])
    ]
