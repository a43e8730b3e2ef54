"""The buttons on the pages of a campaign, in one table, and the view that performs them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.campaign import operations
from viber_messaging.admin.campaign.view import CampaignView
from viber_messaging.admin.pages.banner import find_problem
from viber_messaging.admin.pages.sentences import Sentence, in_english
from viber_messaging.admin.permissions import ADD_GROUP, SEND_CAMPAIGN, SEND_MESSAGE, has
from viber_messaging.models import Campaign
from viber_messaging.states import CampaignState


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button's operation, and the permissions that it requires."""

    deed: Callable[[HttpRequest, Campaign], Sentence]
    """Performs it, and returns the result as a sentence. Raises ValidationError."""
    note: Promise
    """The entry in the campaign's history."""
    permissions: tuple[str, ...] = (SEND_CAMPAIGN,)
    sends: bool = False
    """Whether messages are sent after it, so that a person must be told if nothing is."""


ACTIONS: Mapping[str, Action] = {
    "start": Action(deed=operations.start, note=_("Started"), sends=True),
    "pause": Action(deed=operations.pause, note=_("Paused")),
    "resume": Action(deed=operations.resume, note=_("Resumed"), sends=True),
    "cancel": Action(deed=operations.cancel, note=_("Cancelled")),
    "retry": Action(deed=operations.retry, note=_("Failed messages sent again"), sends=True),
    # A test message sends content that nobody has approved.
    "trial": Action(deed=operations.trial, note=_("Test message sent"), permissions=(SEND_CAMPAIGN, SEND_MESSAGE)),
    "approve": Action(deed=operations.approve, note=_("Approved")),
    "group": Action(deed=operations.make_group, note=_("Group created from its recipients"), permissions=(ADD_GROUP,)),
    "balance": Action(deed=operations.ask_balance, note=_("Balance requested")),
    "prices": Action(deed=operations.ask_prices, note=_("Prices requested")),
}


class ActView(CampaignView):
    """Performs a button's operation once, and shows the result."""

    is_outside_transactions = True

    def post(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Perform it, and redirect back to the page."""
        campaign = self.find_campaign(object_id)
        action = ACTIONS.get(request.POST.get("do", ""))
        if action is None:
            raise PermissionDenied
        self.require(has(request, *action.permissions))
        self._carry_out(action, campaign)
        is_reviewed = campaign.state == CampaignState.DRAFT and self.model_admin.has_send_permission(request)
        return self.go_to("review" if is_reviewed else "change", campaign.pk)

    def _carry_out(self, action: Action, campaign: Campaign) -> None:
        try:
            level, sentence = action.deed(self.request, campaign)
        except ValidationError as error:
            level, sentence = messages.ERROR, " ".join(error.messages)
        if level == messages.SUCCESS:
            self.model_admin.log_change(self.request, campaign, in_english(lambda: action.note))
            problem = find_problem() if action.sends else None
            if problem is not None and problem.blocks:
                level, sentence = messages.WARNING, f"{sentence} {problem.sentence}"
        self.notify(level, sentence)
