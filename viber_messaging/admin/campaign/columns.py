"""The columns of the list of campaigns."""

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from viber_messaging.admin.campaign.obstacle import label_of, note_of
from viber_messaging.admin.campaign.progress import sent_of
from viber_messaging.admin.pages.badges import badge
from viber_messaging.delivery.campaign.progress import Progress, to_come
from viber_messaging.states import CampaignState, MessageState


class CampaignColumns:
    """Columns for the coloured state and the progress."""

    @admin.display(description=gettext_lazy("state"), ordering="state")
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
