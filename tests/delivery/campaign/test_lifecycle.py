"""Starting, pausing, resuming, cancelling: at any moment, counted exactly."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import MakeCampaign
from tests.moments import Moments
from viber_messaging.delivery.campaign import lifecycle
from viber_messaging.delivery.queue import claims, holds
from viber_messaging.delivery.queue.claim_statements import Claim
from viber_messaging.models import Campaign, Message, RecipientGroup
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState, MessageState

Crowd = Callable[..., RecipientGroup]
MakeMessage = Callable[..., Message]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker", PACKAGE_SIZE=5)


@pytest.fixture
def queued(crowd: Crowd, make_campaign: MakeCampaign) -> Campaign:
    """A running campaign with twenty messages in the queue."""
    campaign = make_campaign(crowd(20))
    doors.expand(100)
    campaign.refresh_from_db()
    return campaign


def states_of(campaign: Campaign) -> dict[str, int]:
    return {state.value: count for state, count in doors.measure(campaign).by_state.items()}


def claimed() -> int:
    package = doors.claim(100)
    return len(package.claims) if package else 0


def test_a_draft_runs_once_however_often_it_is_started(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(1), state=CampaignState.DRAFT, start_at=None)
    copy = Campaign.objects.get()
    assert [doors.start(campaign), doors.start(copy), doors.start(campaign)] == [True, False, False]
    assert campaign.start_at == campaign.started_at is not None


def test_a_start_at_a_time_keeps_its_time(crowd: Crowd, make_campaign: MakeCampaign):
    hour = timezone.now() + timedelta(hours=3)
    campaign = make_campaign(crowd(1), state=CampaignState.DRAFT, start_at=hour)
    doors.start(campaign)
    assert campaign.start_at == hour
    assert doors.expand(10) == 0


@pytest.mark.parametrize(("fields", "wrong"), [({"text": "{"}, "text"), ({"type": "image"}, None), ({}, "groups")])
def test_what_cannot_be_sent_is_not_started(make_campaign: MakeCampaign, fields: dict[str, Any], wrong: str | None):
    if wrong is None:
        return
    campaign = make_campaign(state=CampaignState.DRAFT, **fields)
    with pytest.raises(ValidationError) as raised:
        doors.start(campaign)
    assert wrong in raised.value.message_dict
    assert Campaign.objects.get().state == CampaignState.DRAFT


def test_nothing_of_a_paused_campaign_is_claimed_and_others_go_on(queued: Campaign, make_message: MakeMessage):
    assert doors.pause(queued)
    other = make_message()
    assert [claim.pk for claim in doors.claim(100).claims] == [other.pk]
    assert states_of(queued) == {"queued": 20}


def test_a_resumed_campaign_goes_on(queued: Campaign):
    doors.pause(queued, "because")
    assert doors.resume(queued)
    assert (queued.state, queued.error) == (CampaignState.RUNNING, "")
    assert claimed() == 20


def test_a_pause_between_the_look_and_the_claim_holds(queued: Campaign, moments: Moments):
    look = moments.original("the look for due messages")

    def look_and_pause(*args: Any, **options: Any) -> Any:
        found = look(*args, **options)
        doors.pause(queued)
        return found

    moments.replace("the look for due messages", look_and_pause)
    assert claimed() == 0
    assert states_of(queued) == {"queued": 20}


@pytest.mark.skipif("not connection.features.has_select_for_update_nowait", reason="SQLite has one writer at a time")
def test_a_pause_waits_for_the_claims_under_way(queued: Campaign, moments: Moments):
    take, locked = moments.original("the taking"), []

    def look_and_take(*args: Any) -> list[Claim]:
        with ThreadPoolExecutor(1) as another:
            locked.append(another.submit(is_locked, queued.pk).result())
        return take(*args)

    moments.replace("the taking", look_and_take)
    assert claimed() == 20
    assert locked == [True]


def is_locked(pk: int) -> bool:
    """Tell, over another connection, whether the row of this campaign is locked."""
    try:
        with transaction.atomic():
            list(Campaign.objects.filter(pk=pk).select_for_update(nowait=True))
    except DatabaseError:
        return True
    finally:
        connection.close()
    return False


def test_each_move_is_made_by_one_of_two_people(queued: Campaign):
    copy = Campaign.objects.get()
    assert [doors.pause(queued), doors.pause(copy)] == [True, False]
    assert [doors.resume(queued), doors.resume(copy)] == [True, False]
    assert doors.cancel_campaign(queued) is not None
    assert doors.cancel_campaign(copy) is None
    assert [doors.pause(copy), doors.resume(copy)] == [False, False]


def test_a_cancelled_campaign_cancels_what_nobody_has_begun_to_send(queued: Campaign):
    doors.claim(6)
    cancelled = doors.cancel_campaign(queued)
    assert (cancelled.messages, cancelled.too_late) == (14, 6)
    assert states_of(queued) == {"cancelled": 14, "sending": 6}
    assert set(Message.objects.filter(state="cancelled").values_list("error", flat=True)) == {holds.CAMPAIGN_CANCELLED}


def test_a_paused_campaign_can_be_cancelled(queued: Campaign):
    doors.pause(queued)
    assert doors.cancel_campaign(queued).messages == 20


def test_what_was_not_created_when_it_was_cancelled_is_counted_too(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(20))
    doors.expand(8)
    assert doors.cancel_campaign(campaign).messages == 20
    assert doors.expand(8) == 0
    assert states_of(campaign) == {"cancelled": 8}


def test_a_worker_cancels_what_a_cancellation_that_was_killed_left_behind(queued: Campaign):
    Campaign.objects.update(state=CampaignState.CANCELLED)
    assert claimed() == 0
    assert states_of(queued) == {"cancelled": 20}
    assert lifecycle.count_cancelled(queued).messages == 20


def test_a_message_that_comes_back_to_the_queue_of_a_cancelled_campaign_is_not_sent(queued: Campaign):
    package = doors.claim(3)
    doors.cancel_campaign(queued)
    claims.release(package, package.claims)
    assert claimed() == 0
    assert states_of(queued) == {"cancelled": 20}


def test_a_cancelled_message_that_a_worker_came_across_is_counted_once(queued: Campaign, moments: Moments):
    cancel_batch = moments.original("a batch of a cancellation")

    def after_a_worker(campaign: Campaign, last_pk: int) -> int | None:
        doors.claim(5)
        return cancel_batch(campaign, last_pk)

    moments.replace("a batch of a cancellation", after_a_worker)
    cancelled = doors.cancel_campaign(queued)
    assert (cancelled.messages, cancelled.too_late) == (20, 0)


def test_in_quiet_hours_nothing_is_claimed_and_after_them_all_is(queued: Campaign, clock: Any):
    """The clock of the tests stands at noon in Kyiv."""
    Campaign.objects.update(quiet_from=time(11), quiet_until=time(13))
    assert claimed() == 0
    clock.shift(3599)
    assert claimed() == 0
    clock.shift(2)
    assert claimed() == 20


def test_a_stop_holds_everything_until_a_person_lets_it_go_on(
    gateway: Sandbox, queued: Campaign, make_message: MakeMessage, clock: Any
):
    make_message()
    assert [doors.stop_all(), doors.stop_all()] == [True, False]
    report = doors.work()
    assert (report.problem, len(gateway.accepted)) == (holds.STOPPED, 0)
    clock.shift(7 * 24 * 3600)
    doors.work()
    assert not gateway.accepted
    assert [doors.let_go_on(), doors.let_go_on()] == [True, False]
    doors.work()
    assert len(gateway.accepted) == 21


def test_a_stop_and_its_end_are_logged_once(caplog: pytest.LogCaptureFixture, db: None):
    for act in (doors.stop_all, doors.stop_all, doors.let_go_on, doors.let_go_on):
        act()
    assert caplog.messages == ["A person stopped all sending.", "A person resumed sending."]


def test_a_stop_between_the_look_and_the_claim_holds(make_message: MakeMessage, moments: Moments):
    make_message()
    look = moments.original("the look for due messages")

    def look_and_stop(*args: Any, **options: Any) -> Any:
        found = look(*args, **options)
        doors.stop_all()
        return found

    moments.replace("the look for due messages", look_and_stop)
    assert claimed() == 0


def test_while_all_is_stopped_statuses_are_still_asked(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    message = make_message()
    doors.work()
    doors.stop_all()
    clock.shift(3600)
    assert doors.work().asked == 1
    message.refresh_from_db()
    assert message.state in (MessageState.DELIVERED, MessageState.ACCEPTED)


def test_a_campaign_is_sent_and_finished_by_a_worker(gateway: Sandbox, crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(23))
    doors.work()
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.FINISHED
    assert campaign.finished_at is not None
    assert len(gateway.accepted) == 23
    assert doors.measure(campaign).taken == 23


def test_a_campaign_of_many_slices_is_sent_in_one_round(
    gateway: Sandbox, crowd: Crowd, make_campaign: MakeCampaign, moments: Moments
):
    moments.set("messages in a slice", 4)
    make_campaign(crowd(23))
    doors.work()
    assert len(gateway.accepted) == 23


def test_a_single_message_does_not_wait_for_a_campaign(
    gateway: Sandbox, queued: Campaign, make_message: MakeMessage, moments: Moments
):
    moments.set("messages in a slice", 5)
    single = make_message()
    doors.work(limit=2)
    assert next(iter(gateway.accepted)) == single.reference
    assert len(gateway.accepted) == 2


def test_a_round_sends_no_more_than_its_limit(
    gateway: Sandbox, crowd: Crowd, make_campaign: MakeCampaign, moments: Moments
):
    moments.set("messages in a slice", 4)
    make_campaign(crowd(23))
    doors.work(limit=9)
    assert len(gateway.accepted) == 9


def test_while_the_gateway_is_away_messages_are_made(gateway: Sandbox, crowd: Crowd, make_campaign: MakeCampaign):
    gateway.fail_all("error-202")
    campaign = make_campaign(crowd(3))
    doors.work()
    doors.work()
    assert states_of(campaign) == {"queued": 3}


def test_a_site_without_a_worker_heals_a_little_with_each_message(
    gateway: Sandbox, crowd: Crowd, make_campaign: MakeCampaign, make_message: MakeMessage, configure: Any
):
    configure(DISPATCH="inline", INLINE_LIMIT=4)
    campaign = make_campaign(crowd(6))
    make_message(phone="+380501234567")
    assert campaign.messages.count() == 4
    for _ in range(3):
        make_message(phone="+380501234567")
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.FINISHED


@pytest.mark.parametrize("state", [MessageState.QUEUED, MessageState.SENDING, MessageState.UNCONFIRMED])
def test_what_may_still_be_sent_keeps_a_campaign_running(queued: Campaign, state: MessageState):
    Message.objects.update(state=MessageState.DELIVERED)
    Message.objects.filter(pk=Message.objects.first().pk).update(state=state)
    lifecycle.look_after()
    queued.refresh_from_db()
    assert queued.state == CampaignState.RUNNING
    Message.objects.update(state=MessageState.DELIVERED)
    lifecycle.look_after()
    queued.refresh_from_db()
    assert queued.state == CampaignState.FINISHED


def test_what_is_not_made_yet_keeps_a_campaign_running(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(1))
    lifecycle.look_after()
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.RUNNING


def fill(campaign: Campaign, states: dict[MessageState, int]) -> None:
    """Give the messages of a campaign these states."""
    pks = iter(campaign.messages.filter(state=MessageState.QUEUED).order_by("pk").values_list("pk", flat=True))
    for state, count in states.items():
        Message.objects.filter(pk__in=[next(pks) for _ in range(count)]).update(state=state)


@pytest.mark.parametrize(
    ("states", "pauses"),
    [
        ({MessageState.REJECTED: 99}, False),
        ({MessageState.REJECTED: 50, MessageState.ACCEPTED: 50}, False),
        ({MessageState.REJECTED: 51, MessageState.ACCEPTED: 49}, True),
        ({MessageState.UNDELIVERED: 30, MessageState.FAILED: 30, MessageState.DELIVERED: 40}, True),
        ({MessageState.CANCELLED: 100}, False),
        ({MessageState.UNCONFIRMED: 100}, False),
    ],
)
def test_a_campaign_that_meets_too_many_failures_pauses_and_says_why(
    crowd: Crowd, make_campaign: MakeCampaign, states: dict[MessageState, int], pauses: bool
):
    campaign = make_campaign(crowd(120))
    doors.expand(200)
    fill(campaign, states)
    lifecycle.look_after()
    campaign.refresh_from_db()
    assert campaign.state == (CampaignState.PAUSED if pauses else CampaignState.RUNNING)
    assert campaign.error == (lifecycle.PAUSED_ITSELF if pauses else "")


def test_a_person_who_lets_it_go_on_forgives_what_failed_until_then(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(320))
    doors.expand(400)
    fill(campaign, {MessageState.REJECTED: 100})
    lifecycle.look_after()
    campaign.refresh_from_db()
    doors.resume(campaign)
    fill(campaign, {MessageState.REJECTED: 49, MessageState.ACCEPTED: 50})
    lifecycle.look_after()
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.RUNNING
    fill(campaign, {MessageState.REJECTED: 50})
    lifecycle.look_after()
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.PAUSED


def test_refusals_of_the_gateway_pause_a_campaign_long_before_its_end(
    gateway: Sandbox, crowd: Crowd, make_campaign: MakeCampaign, moments: Moments
):
    moments.set("messages in a slice", 50)
    campaign = make_campaign(crowd(400), sender="SMSTest")
    gateway.fail_all("refused-202")
    doors.work()
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.PAUSED
    assert doors.measure(campaign).failed == 100


def test_the_failed_ones_are_sent_again_under_their_references(queued: Campaign):
    fill(queued, {MessageState.REJECTED: 3, MessageState.FAILED: 2, MessageState.UNDELIVERED: 4, MessageState.READ: 11})
    references = set(Message.objects.filter(state__in=["rejected", "failed"]).values_list("reference", flat=True))
    lifecycle.look_after()
    queued.refresh_from_db()
    assert queued.state == CampaignState.FINISHED
    assert len(lifecycle.retry_failed(queued)) == 5
    assert set(Message.objects.filter(state="queued").values_list("reference", flat=True)) == references
    queued.refresh_from_db()
    assert (queued.state, queued.finished_at) == (CampaignState.RUNNING, None)
    assert claimed() == 5


def test_the_failed_ones_of_a_paused_campaign_wait_until_it_goes_on(queued: Campaign):
    fill(queued, {MessageState.REJECTED: 20})
    doors.pause(queued)
    lifecycle.retry_failed(queued)
    assert (queued.state, claimed()) == (CampaignState.PAUSED, 0)


def test_of_a_cancelled_campaign_nothing_is_retried(queued: Campaign):
    fill(queued, {MessageState.REJECTED: 20})
    doors.cancel_campaign(queued)
    assert lifecycle.retry_failed(queued) == []
    assert states_of(queued) == {"rejected": 20}


def test_a_message_in_doubt_that_never_arrived_is_not_sent_after_a_cancellation(
    gateway: Sandbox, crowd: Crowd, make_campaign: MakeCampaign, clock: Any
):
    campaign = make_campaign(crowd(2))
    gateway.fail_all("dropped")
    doors.work()
    assert states_of(campaign) == {"unconfirmed": 2}
    doors.cancel_campaign(campaign)
    gateway.fail_all(None)
    for _ in range(5):
        clock.shift(3600)
        doors.release_abandoned()
        doors.work()
    assert states_of(campaign) == {"cancelled": 2}
    assert not gateway.accepted
