"""The review page before the start: how many people get the campaign, what they will read, and the balance."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from viber_messaging.admin.campaign.obstacle import call_for_worker
from viber_messaging.admin.campaign.operations import SMS_BEYOND
from viber_messaging.admin.campaign.sms_cost import CostInWords, expected
from viber_messaging.admin.campaign.view import CampaignView
from viber_messaging.admin.message.compose.screen import screen_of
from viber_messaging.admin.permissions import may_send
from viber_messaging.admin.sms_form import is_beyond
from viber_messaging.conf import conf
from viber_messaging.delivery.campaign import approval, preview_cache
from viber_messaging.delivery.campaign.audience import Addressee
from viber_messaging.delivery.campaign.preview import Preview
from viber_messaging.delivery.campaign.texts import Obstacle
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign, Connection, Message
from viber_messaging.states import CampaignState


class ReviewView(CampaignView):
    """Shows what would be sent to how many people; sends nothing."""

    is_outside_transactions = True

    def get(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show it to users who may start campaigns."""
        campaign = self.find_campaign(object_id)
        self.require(self.model_admin.has_send_permission(request))
        if campaign.state != CampaignState.DRAFT:
            return self.go_to("change", campaign.pk)
        return self.render(
            "campaign/review.html",
            title=_("Review before starting"),
            subtitle=str(campaign),
            campaign=campaign,
            viber_ticket=get_random_string(22),
            viber_may_try=may_send(request),
            review=review(campaign, request, is_anew="anew" in request.GET),
        )

    post = get


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A campaign as it was when the page was created."""

    campaign: Campaign
    preview: Preview
    stamp: str
    """A digest of what the page showed; a start with a different one is refused."""
    counted_at: datetime | None
    """When it was counted, if not just now."""
    account: Connection
    """The last known balance; the gateway is asked only if a person presses the button."""
    sms_cost: CostInWords | None
    """What its SMS cost at most, as far as the prices are known; the gateway is not asked."""
    wants_approval: bool
    may_approve: bool
    sms_beyond: str
    """Why this user may not start it, if it carries an SMS and the user may not send SMS."""
    call_for_worker: str
    """That this many messages need the worker, on a site that otherwise needs none; empty if they do not."""

    @property
    def is_for_later(self) -> bool:
        """Return whether the campaign would wait for its start time, which must be in the future."""
        start_at = self.campaign.start_at
        return start_at is not None and start_at > timezone.now()

    @property
    def zones(self) -> dict[str, str]:
        """Return the time zones of the start and of the quiet hours."""
        return {"start": timezone.get_current_timezone_name(), "quiet": conf.TIME_ZONE}

    @property
    def opted_out(self) -> int:
        return self.preview.left_out[Obstacle.OPTED_OUT]

    @property
    def incomplete(self) -> int:
        return self.preview.left_out[Obstacle.INCOMPLETE]

    @property
    def too_long(self) -> int:
        return self.preview.left_out[Obstacle.TOO_LONG]

    @property
    def missing(self) -> list[tuple[str, int]]:
        return self.preview.missing.most_common()

    @property
    def shown(self) -> list[dict[str, Any]]:
        return [self._screen(addressee) for addressee in self.preview.samples]

    @property
    def spoilt(self) -> list[dict[str, Any]]:
        return [self._screen(found) for kind, found in self.preview.spoilt.items() if kind == Obstacle.TOO_LONG]

    def _screen(self, addressee: Addressee) -> dict[str, Any]:
        content = Message(**self.campaign.content_with(addressee.filled.fields))
        return {"phone": addressee.phone, "screen": screen_of(content)}


def review(campaign: Campaign, request: HttpRequest, *, is_anew: bool = False) -> Review:
    """Count the audience and fill the texts, without asking the gateway."""
    counted = preview_cache.count(campaign, is_anew=is_anew)
    found, account = counted.preview, tables.connection_rows().current()
    return Review(
        campaign=campaign,
        preview=found,
        stamp=approval.mark(campaign),
        counted_at=counted.at if found.audience >= preview_cache.LARGE else None,
        account=account,
        sms_cost=expected(campaign, found, account),
        wants_approval=approval.is_wanting(campaign),
        may_approve=approval.may_approve(campaign, request.user),
        sms_beyond=str(SMS_BEYOND) if is_beyond(request, campaign) else "",
        call_for_worker=call_for_worker(found.to_send),
    )
