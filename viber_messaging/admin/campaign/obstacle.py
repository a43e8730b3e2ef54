"""Why a started campaign sends nothing at the moment, in words: the same in the list, on its page and in its review."""

from datetime import datetime

from django.utils.translation import gettext as _

from viber_messaging.admin.pages.banner import Problem
from viber_messaging.admin.pages.dates import date_and_time
from viber_messaging.conf import conf
from viber_messaging.delivery.queue import standstill
from viber_messaging.models import Campaign
from viber_messaging.states import CampaignState
from viber_messaging.words.explanations import translate_error


def label_of(campaign: Campaign, problem: Problem | None) -> str:
    """Return the campaign's state as people read it; a running one that cannot send only waits."""
    if campaign.state == CampaignState.RUNNING and problem is not None and problem.blocks:
        return _("waiting, nothing is sent")
    return str(CampaignState(campaign.state).label)


def note_of(campaign: Campaign, problem: Problem | None, now: datetime) -> str:
    """Return why a started campaign sends nothing at the moment; empty if nothing holds it."""
    if campaign.state == CampaignState.PAUSED:
        return translate_error(campaign.error) or _(
            "Paused by a person. No more of its messages are sent until it is resumed."
        )
    if campaign.state != CampaignState.RUNNING:
        return ""
    if problem is not None and problem.blocks:
        return problem.sentence
    if campaign.start_at is not None and campaign.start_at > now:
        return _("Starts %(moment)s.") % {"moment": date_and_time(campaign.start_at)}
    if campaign.is_quiet(now):
        return _("Quiet hours: sending continues %(moment)s.") % {"moment": date_and_time(campaign.next_allowed(now))}
    return ""


def call_for_worker(count: int) -> str:
    """Return that this many messages need a worker on a site whose requests send a few; empty if they do not."""
    if conf.DISPATCH != "inline" or count <= conf.INLINE_LIMIT or standstill.is_worker_seen():
        return ""
    return _(
        "This site sends small numbers of messages without a worker. This campaign needs the worker: ask your "
        "developers whether viber_worker is running."
    )
