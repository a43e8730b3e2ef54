"""What the page of a campaign counts: each message as one thing, and all of them as the whole bar."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.doors import Progress
from viber_messaging.admin.campaign.progress import SEGMENTS, WATCHED, _bar, figures
from viber_messaging.models import Campaign, Message
from viber_messaging.states import MessageState


def test_each_state_is_in_one_part_of_the_bar():
    states = [state for _name, part in SEGMENTS for state in part]
    assert sorted(states) == sorted(MessageState)


@pytest.mark.parametrize("count", [1, 3, 7, 333])
def test_the_parts_add_up_to_the_whole_whatever_is_rounded(count: int):
    found = Progress(by_state=dict.fromkeys(MessageState, count))
    parts = list(_bar(found, found.total))
    assert sum(part["width"] for part in parts) == 1000
    assert [part["x"] for part in parts[1:]] == [part["x"] + part["width"] for part in parts[:-1]]


@pytest.mark.django_db
def test_what_failed_or_is_not_confirmed_is_not_counted_as_sent():
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi", state="running")
    Campaign.objects.update(expanded_at=timezone.now())
    states = ["accepted", "delivered", "read", "failed", "rejected", "undelivered", "unconfirmed", "queued"]
    for number, state in enumerate(states):
        message = Message(campaign=campaign, phone=f"+38097123450{number}", sender="SMSTest", text="Hi", state=state)
        Message.objects.bulk_create([message])
    campaign.refresh_from_db()
    assert figures(campaign)["texts"]["summary"] == "3 of 8 sent, 3 not reached, 1 unconfirmed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "minutes", "is_live"),
    [("accepted", 5, True), ("delivered", 5, True), ("read", 5, False), ("accepted", 90, False)],
)
def test_the_bar_moves_on_while_phones_still_answer_after_the_last_was_sent(state: str, minutes: int, is_live: bool):
    assert timedelta(minutes=5) < WATCHED < timedelta(minutes=90)
    finished_at = timezone.now() - timedelta(minutes=minutes)
    campaign = Campaign(name="Spring", sender="SMSTest", text="Hi", state="finished", finished_at=finished_at)
    Campaign.objects.bulk_create([campaign])
    campaign = Campaign.objects.get()
    Message.objects.bulk_create(
        [Message(campaign=campaign, phone="+380971234501", sender="SMSTest", text="Hi", state=state)]
    )
    assert figures(campaign)["is_live"] is is_live
