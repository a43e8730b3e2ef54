"""The operations of a campaign's buttons; each returns its result as a sentence."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viber_messaging.admin.message.actions.confirmation import confirmed_count
from viber_messaging.admin.message.compose.save import TICKET, AlreadySaved, insert
from viber_messaging.admin.message.status_sentences import describe
from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.admin.permissions import may_send_sms
from viber_messaging.admin.sms_form import carries_sms, is_beyond
from viber_messaging.admin.statistics.balance_button import NO_BALANCE, no_balance, read_balance
from viber_messaging.api import cancel_campaign, pause_campaign, resume_campaign, start_campaign
from viber_messaging.conf import conf
from viber_messaging.delivery.campaign import approval, lifecycle, preview, retries, sms_cost
from viber_messaging.delivery.people import campaign_group
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.http.deadlines import shared_deadline
from viber_messaging.models import Campaign
from viber_messaging.nudges import nudge_due
from viber_messaging.states import CampaignState
from viber_messaging.words.explanations import translate_error

SMS_BEYOND = gettext_lazy(
    "Only a user who may send SMS can start this campaign, because it carries the text of an SMS."
)


def start(request: HttpRequest, campaign: Campaign) -> Sentence:
    """Start it, if it is unchanged since the page was shown."""
    if campaign.state == CampaignState.DRAFT and request.POST.get("stamp") != approval.mark(campaign):
        return messages.WARNING, _("The campaign has changed since this page was loaded. Review it again.")
    if is_beyond(request, campaign):
        return messages.ERROR, str(SMS_BEYOND)
    if not start_campaign(campaign):
        return messages.WARNING, _("The campaign was already started. Nothing is sent twice.")
    return messages.SUCCESS, _("The campaign has started.")


def pause(request: HttpRequest, campaign: Campaign) -> Sentence:
    """Pause it."""
    if pause_campaign(campaign):
        return messages.SUCCESS, _("The campaign is paused. No more of its messages are sent until it is resumed.")
    return _nothing_done(campaign)


def resume(request: HttpRequest, campaign: Campaign) -> Sentence:
    """Resume it."""
    if not resume_campaign(campaign):
        return _nothing_done(campaign)
    return messages.SUCCESS, _("The campaign was resumed.")


def cancel(request: HttpRequest, campaign: Campaign) -> Sentence:
    """Cancel it permanently."""
    done = cancel_campaign(campaign)
    if done is None:
        return _nothing_done(campaign)
    sentence = ngettext(
        "The campaign is cancelled: %(count)s message will not be sent. Already sent: %(late)s.",
        "The campaign is cancelled: %(count)s messages will not be sent. Already sent: %(late)s.",
        done.messages,
    )
    sentence %= {"count": done.messages, "late": done.too_late}
    if carries_sms(campaign):
        sentence += " " + _("No more SMS will be sent.")
    return messages.SUCCESS, sentence


def retry(request: HttpRequest, campaign: Campaign) -> Sentence:
    """Queue the messages again that the gateway refused or never got, if their number is the one that was confirmed."""
    if retries.retryable(campaign).count() > confirmed_count(request):
        return messages.WARNING, _("There are more messages than a moment ago. Check the number again.")
    count = len(lifecycle.retry_failed(campaign))
    if not count:
        return messages.WARNING, _("There is nothing that can be sent again.")
    nudge_due()
    sentence = ngettext("%(count)s message is queued again.", "%(count)s messages are queued again.", count)
    return messages.SUCCESS, sentence % {"count": count}


def trial(request: HttpRequest, campaign: Campaign) -> Sentence:
    """Send a test message to one phone."""
    message = preview.trial(campaign, request.POST.get("phone", ""), with_sms=may_send_sms(request))
    message.created_by_id = request.user.pk
    try:
        with tables.atomic():
            insert(message, request.POST.get(TICKET, ""))
    except AlreadySaved:
        return messages.WARNING, _("This test was already sent.")
    level, sentence = describe(tables.messages().get(pk=message.pk))
    return level, _("Test message: %(state)s") % {"state": sentence}


def approve(request: HttpRequest, campaign: Campaign) -> Sentence:
    """Approve it, as somebody who did not write it."""
    if request.POST.get("stamp") != approval.mark(campaign):
        return messages.WARNING, _("The campaign has changed since this page was loaded. Review it again.")
    if approval.approve(campaign, request.user):
        return messages.SUCCESS, _("The campaign is approved.")
    return messages.ERROR, _("Somebody who did not write this campaign must approve it.")


def make_group(request: HttpRequest, campaign: Campaign) -> Sentence:
    """Make a group of the people who got it, or did not."""
    delivered = request.POST.get("who") == "delivered"
    sent = tables.messages().filter(campaign=campaign.pk)
    wanted = sent.reached() if delivered else sent.unreached()
    group, count = campaign_group.make_group(wanted, request.POST.get("name", ""))
    sentence = ngettext(
        "The group “%(name)s” was created with %(count)s recipient.",
        "The group “%(name)s” was created with %(count)s recipients.",
        count,
    )
    return messages.SUCCESS, sentence % {"name": group.name, "count": count}


def ask_balance(request: HttpRequest, campaign: Campaign) -> Sentence:
    """Ask the gateway for the account's balance."""
    try:
        balance = read_balance()
    except NO_BALANCE as error:
        return no_balance(error)
    facts = {"amount": number_format(balance.amount, use_l10n=True), "currency": balance.currency}
    return messages.INFO, _("Balance: %(amount)s %(currency)s") % facts


def ask_prices(request: HttpRequest, campaign: Campaign) -> Sentence:
    """Ask the gateway what an SMS costs to each operator of the campaign's people."""
    try:
        with shared_deadline(conf.INLINE_TIMEOUT):
            told = sms_cost.ask_prices(campaign)
    except NO_BALANCE as error:
        return messages.ERROR, _("The prices could not be read. %(why)s") % {"why": translate_error(str(error))}
    if not told:
        return messages.WARNING, _("The gateway told no price.")
    return messages.INFO, _("The gateway told the prices of SMS. They are kept for a day.")


def _nothing_done(campaign: Campaign) -> Sentence:
    sentence = _("Nothing was changed. The campaign's status is: %(state)s.")
    return messages.WARNING, sentence % {"state": campaign.get_state_display()}
