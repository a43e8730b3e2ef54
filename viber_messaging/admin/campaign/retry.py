"""The question before the failed messages of a campaign are sent again: how many, and why they failed."""

from django.http import HttpRequest, HttpResponse

from viber_messaging.admin.campaign.view import CampaignView
from viber_messaging.admin.message.actions.resend import question_about
from viber_messaging.delivery.campaign import retries


class RetryView(CampaignView):
    """Shows what would be sent again; sends nothing."""

    def get(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show it to users who may send campaigns."""
        campaign = self.find_campaign(object_id)
        self.require(self.model_admin.has_send_permission(request))
        return self.render("campaign/retry.html", campaign=campaign, **question_about(retries.plan(campaign)))

    post = get
