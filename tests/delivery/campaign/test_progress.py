"""How far a campaign is: counts, rate, time left."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import MakeCampaign
from viber_messaging.delivery.campaign import progress
from viber_messaging.delivery.campaign.progress import Progress
from viber_messaging.models import Campaign, Message, RecipientGroup
from viber_messaging.states import TAKEN_STATES, UNREACHED_STATES, WAITING_STATES, MessageState

Crowd = Callable[..., RecipientGroup]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_the_counts_equal_the_rows_by_one_query_and_one_for_the_failed(
    crowd: Crowd, make_campaign: MakeCampaign, configure: Callable[..., None], django_assert_num_queries: Any
):
    configure(DISPATCH="worker")
    group = crowd(12)
    campaign, other = make_campaign(group), make_campaign(group)
    doors.expand(100)
    for number, message in enumerate(campaign.messages.order_by("pk")):
        state = list(MessageState)[number % len(MessageState)]
        Message.objects.filter(pk=message.pk).update(state=state, accepted_at=timezone.now())
    with django_assert_num_queries(2):
        found = doors.measure(campaign)
    assert found.by_state == {state: campaign.messages.filter(state=state).count() for state in MessageState}
    assert (found.total, found.recent) == (12, 12)
    assert doors.measure(campaign, timezone.now() + timedelta(minutes=2)).recent == 0
    with django_assert_num_queries(2):
        both = progress.measure_several([campaign.pk, other.pk])
    assert both[campaign.pk].by_state == found.by_state
    assert both[other.pk].by_state == {MessageState.QUEUED: 12}


def test_no_message_is_counted_as_two_things():
    groups = [TAKEN_STATES, UNREACHED_STATES, WAITING_STATES]
    assert sum(map(len, groups)) == len(frozenset().union(*groups))


@pytest.mark.parametrize(
    ("recent", "seconds_ago", "expected"), [(120, 600, 2.0), (120, 30, 4.0), (120, 0, 120.0), (0, 600, 0.0)]
)
def test_the_rate_is_that_of_the_last_minute(recent: int, seconds_ago: float, expected: float):
    found = Progress(by_state={}, recent=recent)
    assert progress.rate(found, NOW - timedelta(seconds=seconds_ago), NOW) == expected


def test_what_has_not_started_has_no_rate():
    assert progress.rate(Progress(by_state={}, recent=5), None, NOW) == 0.0


@pytest.mark.parametrize(("remaining", "rate", "left"), [(100, 2.0, 50.0), (0, 0.0, 0.0), (100, 0.0, None)])
def test_the_time_left(remaining: int, rate: float, left: float | None):
    assert progress.seconds_left(remaining, rate) == left


def test_those_to_come_are_those_who_had_no_turn():
    campaign = Campaign(audience_count=100, opted_out_count=1, incomplete_count=2, too_long_count=3)
    assert progress.to_come(campaign, Progress(by_state={MessageState.QUEUED: 40})) == 54
    campaign.expanded_at = NOW
    assert progress.to_come(campaign, Progress(by_state={})) == 0
