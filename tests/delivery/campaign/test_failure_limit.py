"""When a campaign is counted: seldom, and soon enough."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import doors
from tests.delivery.conftest import MakeCampaign
from viber_messaging.delivery.campaign import lifecycle
from viber_messaging.delivery.campaign.failure_limit import ENOUGH_TO_JUDGE, Judge, meets_too_many_failures
from viber_messaging.delivery.campaign.progress import Progress
from viber_messaging.delivery.report import Report
from viber_messaging.models import Campaign, RecipientGroup
from viber_messaging.states import CampaignState, MessageState

S = MessageState
CAMPAIGN = Campaign(pk=1)


def counted(failed: int, taken: int) -> Progress:
    return Progress(by_state={S.REJECTED: failed, S.ACCEPTED: taken})


def looks(failing: float, count: int) -> list[int]:
    """Return after which messages a campaign is counted, of which this share fails."""
    judge, found = Judge(report=Report()), []
    for number in range(count):
        judge.report.moved[S.REJECTED if number * failing % 1 < failing else S.ACCEPTED] += 1
        if judge.is_due(CAMPAIGN):
            failed = judge.report.moved[S.REJECTED]
            judge.note(CAMPAIGN, counted(failed, number + 1 - failed))
            found.append(number)
    return found


def test_a_campaign_without_failures_is_never_counted():
    assert looks(0.0, 10_000) == []


@pytest.mark.parametrize("failing", [0.02, 0.1, 0.3])
def test_the_larger_a_campaign_the_rarer_it_is_counted(failing: float):
    while_small, then = looks(failing, 10_000), looks(failing, 100_000)
    assert len(then) - len(while_small) <= 60


def test_a_campaign_is_counted_before_failures_can_have_turned_the_scale():
    judge = Judge(report=Report())
    judge.note(CAMPAIGN, counted(0, 1000))
    for failed in range(1, 2000):
        judge.report.moved[S.REJECTED] += 1
        found = counted(failed, 1000)
        if judge.is_due(CAMPAIGN):
            judge.note(CAMPAIGN, found)
            if meets_too_many_failures(CAMPAIGN, found):
                break
    assert failed == 1001


def test_other_workers_may_note_most_of_the_failures():
    judge = Judge(report=Report())
    judge.note(CAMPAIGN, counted(0, 1000))
    judge.report.moved[S.REJECTED] = 1000 // 8
    assert judge.is_due(CAMPAIGN)


def test_a_campaign_that_a_person_let_go_on_is_counted_at_the_first_failure():
    judge = Judge(report=Report())
    judge.note(CAMPAIGN, counted(400, 600))
    judge.report.moved[S.REJECTED] = 1
    assert not judge.is_due(CAMPAIGN)
    assert judge.is_due(Campaign(pk=1, judged_count=1000, forgiven_count=400))


def test_too_few_messages_say_nothing():
    assert not meets_too_many_failures(CAMPAIGN, counted(ENOUGH_TO_JUDGE - 1, 0))
    assert meets_too_many_failures(CAMPAIGN, counted(ENOUGH_TO_JUDGE, 0))


@pytest.mark.django_db(transaction=True)
def test_a_look_at_a_running_campaign_counts_nothing_while_nothing_fails(
    crowd: Callable[..., RecipientGroup], make_campaign: MakeCampaign, configure: Callable[..., None]
):
    configure(DISPATCH="worker")
    campaign: Any = make_campaign(crowd(20))
    while doors.expand(100):
        pass
    with CaptureQueriesContext(connection) as captured:
        lifecycle.look_after(Judge(report=Report()))
    assert not [query for query in captured.captured_queries if "COUNT(" in query["sql"]]
    assert len(captured.captured_queries) == 2
    campaign.messages.update(state=MessageState.READ)
    lifecycle.look_after(Judge(report=Report()))
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.FINISHED
