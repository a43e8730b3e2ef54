"""The progress of a campaign: its messages by state, how fast they are sent, and how long it will take."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models import Campaign
from viber_messaging.states import (
    TAKEN_STATES,
    UNREACHED_STATES,
    WAITING_STATES,
    CampaignState,
    MessageChannel,
    MessageState,
)
from viber_messaging.time import moments

WINDOW = timedelta(minutes=1)
"""The time over which the rate is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The messages of one campaign at one moment, as one query counted them."""

    by_state: Mapping[MessageState, int]
    """Of the Viber messages, so that each person is counted once."""
    by_sms: Mapping[MessageState, int] = field(default_factory=dict)
    """Of the SMS that went, or will go, instead of some of them."""
    clashed: int = 0
    """The failed messages whose reference was already used, which says nothing about the campaign."""
    recent: int = 0
    """The messages that the gateway accepted within the last WINDOW."""

    @property
    def total(self) -> int:
        """Return how many messages were created."""
        return sum(self.by_state.values())

    @property
    def taken(self) -> int:
        """Return how many the gateway accepted without a known failure."""
        return self.of(TAKEN_STATES) + self.sms_of(TAKEN_STATES)

    @property
    def failed(self) -> int:
        """Return how many of those who were not reached speak against the campaign."""
        return self.unreached - min(self.clashed, self.by_state.get(MessageState.FAILED, 0))

    @property
    def unreached(self) -> int:
        """Return how many were not reached; one that Viber did not deliver counts as what became of its SMS."""
        replaced = min(sum(self.by_sms.values()), self.by_state.get(MessageState.UNDELIVERED, 0))
        return self.of(UNREACHED_STATES) - replaced + self.sms_of(UNREACHED_STATES)

    @property
    def waiting(self) -> int:
        """Return how many are waiting or being sent."""
        return self.of(WAITING_STATES) + self.sms_of(WAITING_STATES)

    def of(self, states: frozenset[MessageState]) -> int:
        """Return how many Viber messages are in any of these states."""
        return sum(self.by_state.get(state, 0) for state in states)

    def sms_of(self, states: frozenset[MessageState]) -> int:
        """Return how many SMS are in any of these states."""
        return sum(self.by_sms.get(state, 0) for state in states)


def measure(campaign: Campaign, now: datetime | None = None) -> Progress:
    """Count a campaign's messages by one query, for consistent counts; by two if some failed."""
    since = (now or timezone.now()) - WINDOW
    rows = (
        tables.messages()
        .filter(campaign=campaign.pk)
        .order_by()
        .values_list("state", "channel")
        .annotate(count=Count("pk"), recent=Count("pk", filter=Q(accepted_at__gt=since)))
    )
    counted = [(MessageState(state), channel, count, recent) for state, channel, count, recent in rows]
    by_state = {state: count for state, channel, count, _ in counted if channel == MessageChannel.VIBER}
    return Progress(
        by_state=by_state,
        by_sms={state: count for state, channel, count, _ in counted if channel == MessageChannel.SMS},
        clashed=_clashed([campaign.pk] if by_state.get(MessageState.FAILED) else [])[campaign.pk],
        recent=sum(recent for *_, recent in counted),
    )


def measure_several(campaigns: Collection[int]) -> dict[int, Progress]:
    """Count the messages of these campaigns by an index-only query, and the failed ones by one more.

    Return the counts by campaign key.
    """
    messages = tables.messages().filter(campaign__in=campaigns)
    rows = messages.order_by().values_list("campaign", "state", "channel").annotate(count=Count("pk"))
    found = defaultdict[tuple[int, str], Counter[MessageState]](Counter)
    for campaign, state, channel, count in rows:
        found[campaign, channel][MessageState(state)] = count
    clashed = _clashed([campaign for (campaign, _channel), counts in found.items() if counts[MessageState.FAILED]])
    return {
        campaign: Progress(
            by_state=found[campaign, MessageChannel.VIBER],
            by_sms=found[campaign, MessageChannel.SMS],
            clashed=clashed[campaign],
        )
        for campaign in {campaign for campaign, _channel in found}
    }


def _clashed(campaigns: Collection[int]) -> Counter[int]:
    """Count the messages of these campaigns that failed because their reference was already used, by campaign."""
    if not campaigns:
        return Counter()
    failed = tables.messages().filter(
        campaign__in=campaigns, state=MessageState.FAILED, status_code=MessageCode.ERR_DUPLICATE
    )
    return Counter(dict(failed.order_by().values_list("campaign").annotate(count=Count("pk"))))


def rate(progress: Progress, started_at: datetime | None, now: datetime) -> float:
    """Return how many messages a second the gateway accepted recently; 0 if none, or if not started."""
    if started_at is None:
        return 0.0
    seconds = min(WINDOW, max(moments.aware(now) - moments.aware(started_at), timedelta(seconds=1))).total_seconds()
    return progress.recent / seconds


def seconds_left(remaining: int, rate_per_second: float) -> float | None:
    """Return how long it takes to send the remaining messages; None if none are being sent."""
    if not remaining:
        return 0.0
    return remaining / rate_per_second if rate_per_second else None


def with_uncreated(campaign: Campaign, progress: Progress) -> Progress:
    """Return the counts in which the messages that a cancelled campaign never created are cancelled too."""
    if campaign.state != CampaignState.CANCELLED:
        return progress
    cancelled = progress.by_state.get(MessageState.CANCELLED, 0) + to_come(campaign, progress)
    return replace(progress, by_state={**progress.by_state, MessageState.CANCELLED: cancelled})


def to_come(campaign: Campaign, progress: Progress) -> int:
    """Return how many recipients have no message yet because their turn has not come."""
    if campaign.expanded_at is not None:
        return 0
    left_out = campaign.opted_out_count + campaign.incomplete_count + campaign.too_long_count
    return max(campaign.audience_count - left_out - progress.total, 0)
