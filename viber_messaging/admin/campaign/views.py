"""The pages of a campaign beside its form: the review before the start, the buttons, the numbers that move."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.crypto import get_random_string
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.campaign.progress import figures
from viber_messaging.admin.campaign.review import review
from viber_messaging.admin.message.compose.save import TICKET, AlreadySaved, insert
from viber_messaging.admin.message.status_sentences import tell
from viber_messaging.admin.pages.base import SEND_PERMISSION as MESSAGE_PERMISSION
from viber_messaging.admin.pages.base import BaseAdmin, may_send, outside_transactions
from viber_messaging.api import cancel_campaign, get_balance, pause_campaign, resume_campaign, start_campaign
from viber_messaging.conf import conf
from viber_messaging.delivery.campaign import approval, lifecycle, preview
from viber_messaging.delivery.people import campaign_group
from viber_messaging.delivery.queue import holds
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.errors import GatewayError
from viber_messaging.gateway.http.deadlines import shared_deadline
from viber_messaging.models import Campaign
from viber_messaging.nudges import nudge_due
from viber_messaging.states import REACHED_STATES, UNREACHED_STATES, CampaignState
from viber_messaging.words.explanations import translate_error

Told = tuple[int, str]
"""A level of django.contrib.messages, and what to say."""

SEND_PERMISSION = "viber_messaging.send_campaign"
GROUP_PERMISSION = "viber_messaging.add_recipientgroup"


class CampaignPages(BaseAdmin):
    """Each view asks for its permission; what changes something is posted."""

    def get_urls(self) -> list[URLPattern]:
        """Add the review, the buttons and the numbers to Django's URLs."""
        wrap, name = self.admin_site.admin_view, "viber_messaging_campaign"
        return [
            path("stop-all/", wrap(self.stop_all_view), name=f"{name}_stop_all"),
            path("<path:object_id>/review/", wrap(self.review_view), name=f"{name}_review"),
            path("<path:object_id>/act/", wrap(self.act_view), name=f"{name}_act"),
            path("<path:object_id>/progress/", wrap(self.progress_view), name=f"{name}_progress"),
            *super().get_urls(),
        ]

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Tell whether this person may start, pause and cancel campaigns."""
        return bool(request.user.has_perm(SEND_PERMISSION))

    def page_of(self, campaign: Campaign, page: str = "change") -> str:
        """Return the address of one of a campaign's pages."""
        name = f"admin:viber_messaging_campaign_{page}"
        return reverse(name, args=[campaign.pk], current_app=self.admin_site.name)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list with the switch that stops everything."""
        context = {"viber_may_send": self.has_send_permission(request), "viber_is_stopped": holds.is_stopped()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @outside_transactions
    def review_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what would be sent to how many, before it is; nothing happens here."""
        campaign = self._campaign(request, object_id)
        if not self.has_send_permission(request):
            raise PermissionDenied
        if campaign.state != CampaignState.DRAFT:
            return HttpResponseRedirect(self.page_of(campaign))
        context = {
            **self.admin_site.each_context(request),
            **self._with_banner(request, None),
            "title": _("Review before the start"),
            "subtitle": str(campaign),
            "opts": self.opts,
            "media": self.media,
            "campaign": campaign,
            "viber_ticket": get_random_string(22),
            "viber_may_try": may_send(request),
            "review": review(campaign, request.user, is_anew="anew" in request.GET),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/viber_messaging/campaign/review.html", context)

    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Return the numbers of a campaign's page as JSON."""
        return JsonResponse(figures(self._campaign(request, object_id)))

    @outside_transactions
    def act_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Do what a button says, once, and tell what became of it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        campaign, name = self._campaign(request, object_id), request.POST.get("do", "")
        if name not in _ACTIONS or not request.user.has_perms(_PERMISSIONS.get(name, [SEND_PERMISSION])):
            raise PermissionDenied
        try:
            level, sentence = _ACTIONS[name](request, campaign)
        except ValidationError as error:
            level, sentence = messages.ERROR, " ".join(error.messages)
        if level == messages.SUCCESS:
            self.log_change(request, campaign, sentence)
        self.message_user(request, sentence, level)
        return HttpResponseRedirect(self._page_after(request, campaign))

    @outside_transactions
    def stop_all_view(self, request: HttpRequest) -> HttpResponse:
        """Stop all sending, or let it go on."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_send_permission(request):
            raise PermissionDenied
        if request.POST.get("do") == "go_on":
            holds.let_go_on()
            nudge_due()
            self.message_user(request, _("Sending goes on."), messages.SUCCESS)
        else:
            holds.stop_all(request.user)
            self.message_user(request, _("All sending is stopped. What was on its way is finished."), messages.WARNING)
        page = "viber_messaging_campaign_changelist" if self.has_view_permission(request) else "index"
        return HttpResponseRedirect(reverse(f"admin:{page}", current_app=self.admin_site.name))

    def _campaign(self, request: HttpRequest, object_id: str) -> Campaign:
        """Return the campaign. Raises PermissionDenied before it says whether there is one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        campaign = self.get_object(request, unquote(object_id))
        if campaign is None:
            raise Http404
        return tables.campaigns().get(pk=campaign.pk)

    def _page_after(self, request: HttpRequest, campaign: Campaign) -> str:
        is_draft = campaign.state == CampaignState.DRAFT
        return self.page_of(campaign, "review" if is_draft and self.has_send_permission(request) else "change")


def _start(request: HttpRequest, campaign: Campaign) -> Told:
    if campaign.state == CampaignState.DRAFT and request.POST.get("stamp") != approval.mark(campaign):
        return messages.WARNING, _("The campaign has changed since this page was shown. Look again.")
    if not start_campaign(campaign):
        return messages.WARNING, _("It had been started already. Nothing is sent twice.")
    return messages.SUCCESS, _("The campaign is started.")


def _pause(request: HttpRequest, campaign: Campaign) -> Told:
    if pause_campaign(campaign):
        return messages.SUCCESS, _("The campaign is paused. Nothing more of it is sent until it is resumed.")
    return _nothing_done(campaign)


def _resume(request: HttpRequest, campaign: Campaign) -> Told:
    if not resume_campaign(campaign):
        return _nothing_done(campaign)
    return messages.SUCCESS, _("The campaign goes on.")


def _cancel(request: HttpRequest, campaign: Campaign) -> Told:
    done = cancel_campaign(campaign)
    if done is None:
        return _nothing_done(campaign)
    sentence = ngettext(
        "The campaign is cancelled: %(count)s message will not be sent. Sent before that: %(late)s.",
        "The campaign is cancelled: %(count)s messages will not be sent. Sent before that: %(late)s.",
        done.messages,
    )
    return messages.SUCCESS, sentence % {"count": done.messages, "late": done.too_late}


def _retry(request: HttpRequest, campaign: Campaign) -> Told:
    count = len(lifecycle.retry_failed(campaign))
    if not count:
        return messages.WARNING, _("There is nothing to retry: the gateway took all of them.")
    nudge_due()
    sentence = ngettext("%(count)s message is queued again.", "%(count)s messages are queued again.", count)
    return messages.SUCCESS, sentence % {"count": count}


def _trial(request: HttpRequest, campaign: Campaign) -> Told:
    message = preview.trial(campaign, request.POST.get("phone", ""))
    message.created_by_id = request.user.pk
    try:
        with tables.atomic():
            insert(message, request.POST.get(TICKET, ""))
    except AlreadySaved:
        return messages.WARNING, _("This test was sent already.")
    level, sentence = tell(tables.messages().get(pk=message.pk))
    return level, _("Test message: %(state)s") % {"state": sentence}


def _approve(request: HttpRequest, campaign: Campaign) -> Told:
    if request.POST.get("stamp") != approval.mark(campaign):
        return messages.WARNING, _("The campaign has changed since this page was shown. Look again.")
    if approval.approve(campaign, request.user):
        return messages.SUCCESS, _("The campaign is approved.")
    return messages.ERROR, _("Somebody who did not write this campaign must approve it.")


def _group(request: HttpRequest, campaign: Campaign) -> Told:
    delivered = request.POST.get("who") == "delivered"
    states = REACHED_STATES if delivered else UNREACHED_STATES
    group, count = campaign_group.make_group(campaign, states, request.POST.get("name", ""))
    sentence = ngettext(
        "The group “%(name)s” is made, with %(count)s recipient.",
        "The group “%(name)s” is made, with %(count)s recipients.",
        count,
    )
    return messages.SUCCESS, sentence % {"name": group.name, "count": count}


def _balance(request: HttpRequest, campaign: Campaign) -> Told:
    try:
        with shared_deadline(conf.INLINE_TIMEOUT):
            balance = get_balance()
    except (ImproperlyConfigured, GatewayError) as error:
        why = translate_error(str(error))
        return messages.ERROR, _("The balance could not be read. %(why)s") % {"why": why}
    facts = {"amount": number_format(balance.amount, use_l10n=True), "currency": balance.currency}
    return messages.INFO, _("Balance: %(amount)s %(currency)s") % facts


def _nothing_done(campaign: Campaign) -> Told:
    sentence = _("Nothing was changed. The campaign's state is: %(state)s.")
    return messages.WARNING, sentence % {"state": campaign.get_state_display()}


_PERMISSIONS: Mapping[str, Sequence[str]] = {
    "group": [GROUP_PERMISSION],
    # A test sends what nobody has approved.
    "trial": [SEND_PERMISSION, MESSAGE_PERMISSION],
}
_ACTIONS: Mapping[str, Callable[[HttpRequest, Campaign], Told]] = {
    "start": _start,
    "pause": _pause,
    "resume": _resume,
    "cancel": _cancel,
    "retry": _retry,
    "trial": _trial,
    "approve": _approve,
    "group": _group,
    "balance": _balance,
}
