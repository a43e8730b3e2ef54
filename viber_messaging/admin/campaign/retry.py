"""The question before the failed messages of a campaign are sent again: how many, and why they failed."""

from collections import Counter
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from viber_messaging.admin.campaign.view import CampaignView
from viber_messaging.delivery.campaign import retries
from viber_messaging.delivery.campaign.retries import Reasons
from viber_messaging.words.explanations import name_message_code, translate_error

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
            reasons=list(_named(found.reasons)),
            left_out=list(_named(found.left_out)),
        )

    post = get


def _named(reasons: Reasons) -> Iterator[tuple[str, int]]:
    """Yield the reasons in words with their counts, each once."""
    named = Counter[str]()
    for (code, error), count in reasons.items():
        named[name_message_code(code) or translate_error(error) or _("no reason is stored")] += count
    yield from named.most_common()
