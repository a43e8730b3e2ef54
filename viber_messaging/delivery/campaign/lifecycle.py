"""Start, pause, resume and cancel campaigns; each move is one conditional update."""

import logging
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from viber_messaging.delivery.campaign import approval, audience, progress
from viber_messaging.delivery.campaign.failure_limit import Judge, meets_too_many_failures
from viber_messaging.delivery.campaign.progress import Progress
from viber_messaging.delivery.campaign.retries import retryable
from viber_messaging.delivery.decisions.cancellation import cancelled
from viber_messaging.delivery.queue import moves
from viber_messaging.delivery.queue.holds import CAMPAIGN_CANCELLED
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import persist, retried
from viber_messaging.logs.facts import facts
from viber_messaging.models import Campaign
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import (
    RETRIED_STATES,
    UNSETTLED_STATES,
    CampaignState,
    MessageState,
    campaign_states_that_may_become,
)

logger = logging.getLogger(__name__)

BATCH_SIZE = 1000

PAUSED_ITSELF = gettext_noop(
    "More than half of its messages were refused or not delivered. Find out why before you resume it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Counts of what a cancellation achieved, taken after it took effect."""

    messages: int
    """Messages that will never be sent because of it, including those that were not created yet."""
    too_late: int
    """Messages that had been sent by then, or were being sent."""


def start(campaign: Campaign) -> bool:
    """Start a draft, now or at its start time; return whether this call started it.

    Raises ValidationError, by field, if the campaign as stored cannot be sent.
    """
    now = timezone.now()
    with tables.atomic():
        stored = tables.campaigns().select_for_update().get(pk=campaign.pk)
        if stored.state != CampaignState.DRAFT:
            return False
        _check(stored)
        hour = Coalesce("start_at", now)
        return _move(campaign, CampaignState.RUNNING, CampaignState.DRAFT, started_at=now, start_at=hour)


def _check(campaign: Campaign) -> None:
    campaign.full_clean(exclude=["created_by", "approved_by"])
    if not audience.groups(campaign):
        raise ValidationError({"groups": _("Choose at least one group: there is nobody to send to.")})
    if approval.is_wanting(campaign):
        raise ValidationError(_("Somebody who did not write this campaign must approve it before it can be started."))


def pause(campaign: Campaign, error: str = "") -> bool:
    """Pause a campaign: none of its messages are created or claimed after this. Return whether it was running."""
    return _move(campaign, CampaignState.PAUSED, CampaignState.RUNNING, error=error)


def resume(campaign: Campaign) -> bool:
    """Resume a paused campaign, and ignore its failures until now; return whether it was paused."""
    found = progress.measure(campaign)
    return _move(
        campaign,
        CampaignState.RUNNING,
        CampaignState.PAUSED,
        error="",
        forgiven_count=found.failed,
        judged_count=found.failed + found.taken,
    )


def cancel(campaign: Campaign) -> Cancelled | None:
    """Cancel a campaign and its messages that are not being sent yet; None if it could no longer be cancelled.

    A finished one can be cancelled while the SMS of one of its messages may still go; then no more of them go.

    A worker that finds one of the messages first cancels it too, even if this call is killed halfway.
    """
    sources = campaign_states_that_may_become(CampaignState.CANCELLED)
    awaiting = tables.messages().awaiting_sms().filter(campaign=OuterRef("pk"))
    may_send = ~Q(state=CampaignState.FINISHED) | Q(Exists(awaiting))
    if not _move(campaign, CampaignState.CANCELLED, *sources, only=may_send, finished_at=timezone.now()):
        return None
    last_pk: int | None = 0
    while last_pk is not None:
        last_pk = _cancel_batch(campaign, last_pk)
    if campaign.audience_until is None:
        _count_audience(campaign)
    return count_cancelled(campaign)


@retried
def _count_audience(campaign: Campaign) -> None:
    """Count the audience of a campaign that was cancelled before its first message was created."""
    count = audience.count(campaign, audience.last_key())
    tables.campaigns().filter(pk=campaign.pk, audience_until=None).update(audience_count=count)
    _refresh(campaign)


def count_cancelled(campaign: Campaign) -> Cancelled:
    """Count the messages that a cancellation stopped, created or not, and those it came too late for."""
    messages = _messages(campaign)
    cancelled = messages.filter(state=MessageState.CANCELLED, error=CAMPAIGN_CANCELLED).count()
    cancelled += progress.to_come(campaign, progress.measure(campaign))
    return Cancelled(messages=cancelled, too_late=messages.exclude(state=MessageState.CANCELLED).count())


@retried
def _cancel_batch(campaign: Campaign, last_pk: int) -> int | None:
    """Cancel a batch after the last key; return the batch's last key, or None if there are no more."""
    queued = _messages(campaign).filter(state=MessageState.QUEUED, pk__gt=last_pk)
    pks = list(queued.order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE])
    tables.messages().filter(pk__in=pks).still(MessageState.QUEUED).update(
        **cancelled(CAMPAIGN_CANCELLED, timezone.now()), next_attempt_at=None
    )
    return pks[-1] if pks else None


def retry_failed(campaign: Campaign) -> list[int]:
    """Queue the messages that the gateway refused or never got again, under the same references; return their keys.

    Messages that it accepted and could not deliver stay as they are, and so do those that would fail again.
    """
    moved = moves.move(retryable(campaign), RETRIED_STATES, MessageState.QUEUED)
    if moved:
        _move(campaign, CampaignState.RUNNING, CampaignState.FINISHED, finished_at=None)
    return moved


def look_after(judge: Judge | None = None) -> None:
    """Finish campaigns that have nothing more to send; pause those with too many failures.

    Count only the campaigns that are due according to ``judge``; all of them without one.
    """
    running = list(tables.campaigns().filter(state=CampaignState.RUNNING))
    going_on = [campaign for campaign in running if not (_is_done(campaign) and _finish(campaign))]
    due = [campaign for campaign in going_on if judge is None or judge.is_due(campaign)]
    measured = progress.measure_several([campaign.pk for campaign in due]) if due else {}
    for campaign in due:
        found = measured.get(campaign.pk, Progress(by_state={}))
        if meets_too_many_failures(campaign, found) and pause(campaign, PAUSED_ITSELF):
            extra = facts("campaign_paused", campaign=campaign.pk, count=found.failed)
            logger.warning("Campaign %s paused itself: %s messages failed.", campaign.pk, found.failed, extra=extra)
        elif judge is not None:
            judge.note(campaign, found)


def _is_done(campaign: Campaign) -> bool:
    unsettled = sorted(UNSETTLED_STATES)  # queued comes first: a running campaign nearly always has one
    return campaign.expanded_at is not None and not any(_newest(campaign, state) for state in unsettled)


def _newest(campaign: Campaign, state: MessageState) -> int | None:
    """Return the newest message in a state; searching from the end avoids scanning all that have left the state."""
    return _messages(campaign).filter(state=state).order_by("-pk").values_list("pk", flat=True).first()


def _finish(campaign: Campaign) -> bool:
    unsettled = tables.messages().filter(campaign=OuterRef("pk"), state__in=UNSETTLED_STATES)
    done = tables.campaigns().expanded().filter(~Exists(unsettled), pk=campaign.pk)
    is_finished = bool(done.update(state=CampaignState.FINISHED, finished_at=timezone.now()))
    if is_finished:
        logger.info("Campaign %s is finished.", campaign.pk, extra=facts("campaign_finished", campaign=campaign.pk))
    return is_finished


def _move(
    campaign: Campaign, target: CampaignState, *sources: CampaignState, only: Q | None = None, **changes: Any
) -> bool:
    """Move a campaign and refresh the given instance; return whether it moved.

    If the answer to a commit was lost, it moved if it has the target state now.
    """
    this = tables.campaigns().filter(pk=campaign.pk)
    moved = persist(
        lambda: bool(this.filter(only or Q(), state__in=sources).update(state=target, **changes)),
        found=lambda: this.filter(state=target).exists() or None,
    )
    _refresh(campaign)
    return moved


@retried
def _refresh(campaign: Campaign) -> None:
    campaign.refresh_from_db(using=tables.alias())


def _messages(campaign: Campaign) -> MessageQuerySet:
    return tables.messages().filter(campaign=campaign.pk)
