"""Making a campaign's messages: each phone one, whoever works at it and dies at it."""

import io
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import MakeCampaign, phone
from tests.moments import Moments
from tests.spreadsheets import files
from tests.test_secrets import TEXT, report_of_a_crash
from viber_messaging.delivery.campaign import expansion
from viber_messaging.delivery.report import Report
from viber_messaging.importing import stage, write
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox
from viber_messaging.signals import message_queued
from viber_messaging.states import CampaignState, MessageState

Crowd = Callable[..., RecipientGroup]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


def expand_all(size: int = 10) -> Report:
    report = Report()
    while doors.expand(size, report=report):
        pass
    return report


def test_each_recipient_gets_a_message_of_his_own(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(25))
    report = expand_all()
    assert report.moved == {MessageState.QUEUED: 25}
    messages = Message.objects.order_by("pk")
    assert [message.text for message in messages] == [f"Привіт, N{n}!" for n in range(25)]
    first = messages[0]
    assert (first.phone, first.sender, first.state) == (phone(1000000), "SMSTest", MessageState.QUEUED)
    assert (first.campaign, first.recipient.phone) == (campaign, first.phone)
    assert first.queued_at is not None
    campaign.refresh_from_db()
    assert campaign.expanded_at is not None
    assert campaign.audience_count == 25


def test_a_recipient_in_three_groups_gets_one(crowd: Crowd, make_campaign: MakeCampaign):
    groups = [crowd(5, "A"), crowd(0, "B"), crowd(0, "C")]
    for group in groups[1:]:
        group.recipients.set(Recipient.objects.all())
    campaign = make_campaign(*groups)
    expand_all(size=2)
    campaign.refresh_from_db()
    assert Message.objects.count() == campaign.audience_count == 5


@pytest.mark.parametrize("size", [1, 4, 5, 6, 1000])
def test_a_batch_of_any_size_leaves_nobody_out(crowd: Crowd, make_campaign: MakeCampaign, size: int):
    campaign = make_campaign(crowd(5))
    expand_all(size)
    campaign.refresh_from_db()
    assert (Message.objects.count(), campaign.expanded_at is None) == (5, False)


def test_those_who_cannot_get_it_are_left_out_and_counted(crowd: Crowd, make_campaign: MakeCampaign):
    crowd(1, opted_out_at=timezone.now())
    crowd(2, first=2000000, name="")
    crowd(3, first=3000000, attributes={"city": "x" * 1000})
    group = crowd(4, first=4000000, attributes={"city": "Львів"})
    campaign = make_campaign(group, text="{name} {city|}")
    expand_all()
    campaign.refresh_from_db()
    assert (campaign.opted_out_count, campaign.incomplete_count, campaign.too_long_count) == (1, 2, 3)
    assert Message.objects.count() == 4
    assert campaign.audience_count == 10


@pytest.mark.parametrize(
    ("field", "value"), [("text", "{name|}"), ("button", "{name|}"), ("text", "{odd}"), ("button", "{name| }")]
)
def test_what_would_be_no_message_is_not_made(crowd: Crowd, make_campaign: MakeCampaign, field: str, value: str):
    fields = {"type": "button", "image": "https://a.example/a.png", "url": "https://a.example/", "button": "Go"}
    campaign = make_campaign(crowd(1, name="", attributes={"odd": "a\x0bb"}), **(fields | {"text": "x", field: value}))
    expand_all()
    campaign.refresh_from_db()
    assert (Message.objects.count(), campaign.incomplete_count, campaign.state) == (0, 1, CampaignState.RUNNING)


def test_a_value_cannot_lead_a_link_elsewhere(crowd: Crowd, make_campaign: MakeCampaign):
    fields = {"type": "button", "image": "https://a.example/a.png", "button": "Go"}
    group = crowd(1, attributes={"code": "a&b=1/../ б"})
    make_campaign(group, text="x", url="https://a.example/?code={code}", **fields)
    expand_all()
    assert Message.objects.get().url == "https://a.example/?code=a%26b%3D1%2F..%2F%20%D0%B1"


def test_a_line_break_is_counted_once(crowd: Crowd, make_campaign: MakeCampaign):
    make_campaign(crowd(1), text="{name}" + "x" * 997 + "\r\n")
    expand_all()
    assert len(Message.objects.get().text) == 1000


@pytest.mark.parametrize(
    "fields",
    [
        {"state": CampaignState.DRAFT},
        {"state": CampaignState.PAUSED},
        {"state": CampaignState.CANCELLED},
        {"state": CampaignState.FINISHED},
        {"start_at": "2100-01-01T00:00:00+00:00"},
    ],
)
def test_only_what_runs_and_whose_hour_has_come_is_expanded(
    crowd: Crowd, make_campaign: MakeCampaign, fields: dict[str, Any]
):
    make_campaign(crowd(1), **fields)
    assert doors.expand(10) == 0
    assert not Message.objects.exists()


def test_several_campaigns_take_turns(crowd: Crowd, make_campaign: MakeCampaign):
    group = crowd(20)
    campaigns = [make_campaign(group), make_campaign(group)]
    doors.expand(5)
    assert [campaign.messages.count() for campaign in campaigns] == [5, 5]


def test_who_is_entered_after_it_began_gets_nothing(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(5))
    doors.expand(2)
    crowd(3, first=2000000)
    expand_all(2)
    campaign.refresh_from_db()
    assert Message.objects.count() == campaign.audience_count == 5


def test_who_is_entered_just_as_it_begins_is_not_counted_either(
    crowd: Crowd, make_campaign: MakeCampaign, moments: Moments
):
    campaign = make_campaign(crowd(5))
    last_key = moments.original("the last of an audience")

    def look_and_enter() -> int:
        found = last_key()
        crowd(3, first=2000000)
        return found

    moments.replace("the last of an audience", look_and_enter)
    expand_all(2)
    campaign.refresh_from_db()
    assert Message.objects.count() == campaign.audience_count == 5


@pytest.mark.skipif("not connection.features.has_select_for_update_skip_locked", reason="SQLite has one writer")
def test_an_import_under_way_is_of_the_audience_whole_or_not_at_all(
    crowd: Crowd, make_campaign: MakeCampaign, moments: Moments
):
    group = crowd(5)
    campaign = make_campaign(group)

    join = moments.original("the joining of a group")

    def begin_meanwhile(*joined: Any) -> None:
        join(*joined)
        with ThreadPoolExecutor(1) as another:
            another.submit(enter_somebody_and_expand).result()

    people = [[phone(2000000 + n), f"N{n}"] for n in range(6)]
    staged = stage(files.read(files.workbook([["phone", "name"], *people])), io.BytesIO())
    moments.replace("the joining of a group", begin_meanwhile)
    write(staged, group=group)
    expand_all(2)
    campaign.refresh_from_db()
    assert campaign.expanded_at is not None
    assert Message.objects.count() == campaign.audience_count
    assert Message.objects.filter(phone__in=[number for number, _ in people]).count() in (0, 6)


def enter_somebody_and_expand() -> None:
    """Enter somebody under a higher key than those of the import, and let the campaign begin, over a connection."""
    try:
        Recipient.objects.create(phone=phone(3000000))
        doors.expand(2)
    finally:
        connection.close()


def test_two_workers_at_the_same_batch_make_it_once(crowd: Crowd, make_campaign: MakeCampaign, moments: Moments):
    campaign = make_campaign(crowd(10))
    read = moments.original("the reading of an audience")
    others: list[int] = []

    def read_slowly(*args: Any) -> Any:
        moments.replace("the reading of an audience", read)
        others.append(doors.expand(4))
        return read(*args)

    moments.replace("the reading of an audience", read_slowly)
    report = Report()
    assert doors.expand(6, report=report) == 0
    assert others == [4]
    assert (Message.objects.count(), report.moved.total()) == (4, 0)
    expand_all()
    assert campaign.messages.count() == 10


def test_a_pause_while_a_batch_is_read_stops_that_batch(crowd: Crowd, make_campaign: MakeCampaign, moments: Moments):
    make_campaign(crowd(10))
    read = moments.original("the reading of an audience")

    def pause_and_read(*args: Any) -> Any:
        Campaign.objects.update(state=CampaignState.PAUSED)
        return read(*args)

    moments.replace("the reading of an audience", pause_and_read)
    assert doors.expand(5) == 0
    assert not Message.objects.exists()


class Killed(BaseException):
    """A worker that ends without a word."""


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_a_worker_that_dies_in_a_batch_leaves_nothing_of_it(
    crowd: Crowd, make_campaign: MakeCampaign, moments: Moments, batch: int
):
    campaign = make_campaign(crowd(10))
    insert, calls = moments.original("the queueing of a batch"), []

    def die(messages: list[Message]) -> None:
        insert(messages)
        calls.append(messages)
        if len(calls) == batch:
            raise Killed

    moments.replace("the queueing of a batch", die)
    with pytest.raises(Killed):
        expand_all(4)
    campaign.refresh_from_db()
    assert campaign.messages.count() == 4 * (batch - 1)
    moments.replace("the queueing of a batch", insert)
    expand_all(4)
    assert campaign.messages.count() == 10


def test_a_reference_that_is_taken_is_drawn_anew(
    crowd: Crowd, make_campaign: MakeCampaign, configure: Callable[..., None], make_message: Any
):
    configure(REFERENCE_RANGE=(1, 12))
    make_message()
    campaign = make_campaign(crowd(1))
    for _ in range(20):
        expand_all()
    assert campaign.messages.count() == 1


def test_a_phone_that_the_campaign_wrote_to_before_is_not_written_to_as_another(
    crowd: Crowd, make_campaign: MakeCampaign
):
    campaign = make_campaign(crowd(3))
    campaign.messages.create(phone=phone(1000001), sender="SMSTest", text="x")
    report = expand_all()
    assert report.moved[MessageState.QUEUED] == 2
    assert campaign.messages.count() == 3


def test_a_campaign_whose_messages_cannot_be_made_pauses_and_says_so(crowd: Crowd, make_campaign: MakeCampaign):
    broken = make_campaign(crowd(3), text="{")
    healthy = make_campaign(crowd(0))
    expand_all()
    broken.refresh_from_db()
    assert (broken.state, broken.error) == (CampaignState.PAUSED, expansion.CANNOT_BE_MADE)
    assert healthy.messages.count() == 3


def test_a_batch_that_a_deleted_recipient_spoils_is_made_again(
    crowd: Crowd, make_campaign: MakeCampaign, moments: Moments
):
    campaign = make_campaign(crowd(3))
    insert, calls = moments.original("the queueing of a batch"), []

    def spoil_once(messages: list[Message]) -> None:
        calls.append(messages)
        if len(calls) == 1:
            raise IntegrityError("foreign key")
        insert(messages)

    moments.replace("the queueing of a batch", spoil_once)
    expand_all()
    assert campaign.messages.count() == 3


def test_the_site_is_told_of_each_message(crowd: Crowd, make_campaign: MakeCampaign):
    told: list[Message] = []

    def listen(message: Message, **kwargs: Any) -> None:
        told.append(message)

    message_queued.connect(listen)
    try:
        make_campaign(crowd(3))
        expand_all(2)
    finally:
        message_queued.disconnect(listen)
    assert len({message.pk for message in told}) == 3


BATCH_QUERIES = 14
BEGINNING_QUERIES = 5
HOLDING_QUERIES = 4
"""A server holds the groups while the audience is decided: it names them, locks them, begins and commits."""


@pytest.mark.parametrize("size", [1, 100])
def test_a_batch_costs_the_same_number_of_queries_for_few_and_for_many(
    crowd: Crowd, make_campaign: MakeCampaign, django_assert_num_queries: Any, size: int
):
    make_campaign(crowd(3 * size))
    holding = HOLDING_QUERIES if connection.features.has_select_for_update_skip_locked else 0
    with django_assert_num_queries(BEGINNING_QUERIES + holding + BATCH_QUERIES):
        doors.expand(size)
    with django_assert_num_queries(BATCH_QUERIES):
        doors.expand(size)


@pytest.mark.exhaustive
def test_memory_stays_flat(crowd: Crowd, make_campaign: MakeCampaign):
    make_campaign(crowd(6000), text="{name}" + "x" * 900)
    doors.expand(500)
    tracemalloc.start()
    try:
        doors.expand(500)
        _, one_batch = tracemalloc.get_traced_memory()
        expand_all(500)
        _, all_batches = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert Message.objects.count() == 6000
    assert all_batches < 2 * one_batch


def test_a_start_in_the_future_waits_for_it(crowd: Crowd, make_campaign: MakeCampaign, clock: Any):
    make_campaign(crowd(2), start_at=timezone.now() + timedelta(hours=1))
    assert doors.expand(10) == 0
    clock.shift(3600)
    assert doors.expand(10) == 2


@pytest.mark.parametrize("moment", ["the bulk insert", "the reading back"])
def test_a_crash_shows_neither_phone_nor_text(
    gateway: Sandbox, crowd: Crowd, make_campaign: MakeCampaign, moments: Moments, moment: str
):
    make_campaign(crowd(1), text=TEXT)
    page = report_of_a_crash(moment, moments, is_email=True)
    assert "out of time" in page
    assert Recipient.objects.get().phone.lstrip("+") not in page
    assert TEXT not in page


@pytest.mark.parametrize(
    "empty", [lambda group: group.recipients.clear(), lambda group: Recipient.objects.all().delete()]
)
def test_a_campaign_whose_groups_were_emptied_pauses_and_goes_on_once_they_are_filled(
    crowd: Crowd, make_campaign: MakeCampaign, empty: Callable[[RecipientGroup], Any]
):
    group = crowd(3)
    campaign = make_campaign(group)
    empty(group)
    expand_all()
    campaign.refresh_from_db()
    assert (campaign.state, campaign.error) == (CampaignState.PAUSED, expansion.NOBODY_LEFT)
    doors.resume(campaign)
    crowd(2, first=2000000)
    expand_all()
    assert campaign.messages.count() == 2
