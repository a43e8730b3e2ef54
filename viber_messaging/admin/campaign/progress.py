"""A campaign's progress in words and numbers, for its page and for the progress bar that updates itself."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.campaign import counts
from viber_messaging.admin.campaign.counts import number
from viber_messaging.admin.campaign.obstacle import call_for_worker, label_of, note_of
from viber_messaging.admin.campaign.view import CampaignView
from viber_messaging.admin.pages.banner import Problem, find_problem
from viber_messaging.delivery.campaign import progress, retries
from viber_messaging.delivery.campaign.progress import Progress
from viber_messaging.delivery.campaign.reach import reach
from viber_messaging.models import Campaign
from viber_messaging.states import (
    AWAITED_STATES,
    MOVING_STATES,
    RETRIED_STATES,
    STARTED_STATES,
    CampaignState,
    MessageState,
)

MINUTE, HOUR = 60, 3600

WATCHED = timedelta(hours=1)
"""How long after the end of a campaign its page keeps updating for statuses from the phones."""


class ProgressView(CampaignView):
    """Returns the numbers of a campaign's page, for the progress bar that updates itself."""

    def get(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Return them as JSON."""
        return JsonResponse(figures(self.find_campaign(object_id)))

    post = get


def figures(campaign: Campaign, now: datetime | None = None) -> dict[str, Any]:
    """Return everything on a started campaign's page that may change, counted at one moment."""
    now = now or timezone.now()
    found = progress.with_uncreated(campaign, progress.measure(campaign, now))
    to_come = progress.to_come(campaign, found)
    problem = find_problem() if campaign.state == CampaignState.RUNNING else None
    note = _note(campaign, problem, now, found.waiting + to_come)
    return {
        "state": campaign.state,
        "texts": {
            "label": label_of(campaign, problem),
            "note": note,
            "summary": _summary(found, to_come),
            "pace": "" if note else _pace(campaign, found, to_come, now),
            "to_come": number(to_come),
            **{state.value: number(found.by_state.get(state, 0)) for state in MessageState},
            "opted_out": number(campaign.opted_out_count),
            "incomplete": number(campaign.incomplete_count),
            "too_long": number(campaign.too_long_count),
            **_ways(campaign, found),
        },
        "has_sms": _has_sms(campaign, found),
        "bar": list(counts.bar(found, found.total + to_come)),
        "large": list(counts.large(found, found.total + to_come)),
        "small": list(counts.small(found, to_come)),
        "has_left_out": bool(campaign.opted_out_count or campaign.incomplete_count or campaign.too_long_count),
        "may_be_cancelled": campaign.state in STARTED_STATES or _may_send_sms(campaign, found),
        "retry_count": _retry_count(campaign, found),
        "is_live": _is_live(campaign, found, now),
    }


def _has_sms(campaign: Campaign, found: Progress) -> bool:
    """Return whether the campaign asks for SMS, or a person sent some of its messages so."""
    return bool(campaign.sms_text or found.by_sms)


def _may_send_sms(campaign: Campaign, found: Progress) -> bool:
    """Return whether it is finished, but its SMS may still go."""
    awaiting = campaign.sms_text and found.by_state.get(MessageState.ACCEPTED)
    return campaign.state == CampaignState.FINISHED and bool(awaiting)


def _ways(campaign: Campaign, found: Progress) -> dict[str, str]:
    """Return how many people were reached by which way; empty for a campaign without SMS."""
    if not _has_sms(campaign, found):
        return {}
    people = reach(campaign, found)
    return {
        "reached_by_viber": number(people.by_viber),
        "reached_by_sms": number(people.by_sms),
        "reached_by_both": number(people.by_both),
        "reached_by_none": number(people.by_none),
        "sms_under_way": number(found.sms_of(MOVING_STATES)),
    }


def _retry_count(campaign: Campaign, found: Progress) -> int:
    """Return how many of its messages and SMS may be sent again."""
    may_be = found.of(RETRIED_STATES) + found.sms_of(RETRIED_STATES)
    return retries.retryable(campaign).count() if may_be else 0


def _note(campaign: Campaign, problem: Problem | None, now: datetime, waiting: int) -> str:
    """Return why it sends nothing, or not all of what waits."""
    found = note_of(campaign, problem, now)
    return found if found or campaign.state != CampaignState.RUNNING else call_for_worker(waiting)


def _is_live(campaign: Campaign, found: Progress, now: datetime) -> bool:
    """Return whether these numbers may change while somebody looks at them."""
    if campaign.state == CampaignState.RUNNING or found.waiting:
        return True
    is_awaited = bool(found.of(AWAITED_STATES) or found.sms_of(MOVING_STATES))
    return is_awaited and (campaign.finished_at is None or campaign.finished_at > now - WATCHED)


def _summary(found: Progress, to_come: int) -> str:
    unconfirmed = found.by_state.get(MessageState.UNCONFIRMED, 0)
    return sent_of(found.taken, found.total + to_come, unreached=found.unreached, unconfirmed=unconfirmed)


def sent_of(sent: int, total: int, *, unreached: int, unconfirmed: int) -> str:
    """Return the result of a campaign in one line; what reached nobody or is unconfirmed does not count as sent."""
    parts = [_("%(sent)s of %(total)s sent") % {"sent": number(sent), "total": number(total)}]
    if unreached:
        parts.append(_("%(count)s not reached") % {"count": number(unreached)})
    if unconfirmed:
        parts.append(_("%(count)s unconfirmed") % {"count": number(unconfirmed)})
    return ", ".join(parts)


def _pace(campaign: Campaign, found: Progress, to_come: int, now: datetime) -> str:
    """Return how fast it sends and how long it will take; empty if nothing is sent."""
    if campaign.state != CampaignState.RUNNING:
        return ""
    rate = progress.rate(found, campaign.started_at, now)
    left = progress.seconds_left(found.waiting + to_come, rate)
    if not left:
        return ""
    per_minute = max(1, round(rate * MINUTE))
    speed = ngettext("%(count)s message a minute", "%(count)s messages a minute", per_minute)
    return f"{speed % {'count': number(per_minute)}}, {_duration(left)}"


def _duration(seconds: float) -> str:
    if seconds < MINUTE:
        return _("less than a minute left")
    if seconds < 2 * HOUR:
        minutes = round(seconds / MINUTE)
        return ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes) % {"count": minutes}
    hours = round(seconds / HOUR)
    return ngettext("about %(count)s hour left", "about %(count)s hours left", hours) % {"count": hours}
