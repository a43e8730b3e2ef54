"""The facts of a campaign as the list shows them."""

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from viber_messaging.admin.campaign.progress import note, sent_of
from viber_messaging.admin.pages.badges import badge
from viber_messaging.delivery.campaign.progress import Progress
from viber_messaging.models import Campaign
from viber_messaging.states import CampaignState, MessageState


class CampaignColumns:
    """The state in its colour, and how far it is."""

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, obj: Campaign) -> SafeString:
        """Return the state in its colour, and why nothing is sent where that is so."""
        shown = badge(f"campaign-{obj.state}", CampaignState(obj.state).label)
        held = note(obj, timezone.now())
        return format_html("{}<div class=help>{}</div>", shown, held) if held else shown

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, obj: Any) -> str:
        """Return how many of its messages the gateway took, how many failed, and of how many that is not known."""
        if obj.state == CampaignState.DRAFT:
            return ""
        found: Progress = obj.counted
        unconfirmed = found.by_state.get(MessageState.UNCONFIRMED, 0)
        return sent_of(found.taken, found.total, failed=found.failed, unconfirmed=unconfirmed)
