"""The question before the failed messages of a campaign are sent again: how many, and why they failed."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from viber_messaging.admin.campaign.view import CampaignView
from viber_messaging.admin.message.actions.resend import in_words
from viber_messaging.delivery.campaign import retries

CONFIRMED = "count"
"""The field with the number that the page showed when its button was pressed."""


class RetryView(CampaignView):
    """Shows what would be sent again; sends nothing."""

    def get(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show it to users who may send campaigns."""
        campaign = self.find_campaign(object_id)
        self.require(self.model_admin.has_send_permission(request))
        found = retries.plan(campaign)
        return self.render(
            "campaign/retry.html",
            title=_("Send the failed messages again?"),
            campaign=campaign,
            count=found.count,
            confirmed=CONFIRMED,
            reasons=list(in_words(found.reasons)),
            left_out=list(in_words(found.left_out)),
        )

    post = get
