"""What the page of a campaign counts: each message as one thing, and all of them as the whole bar."""

import pytest
from django.utils import timezone

from viber_messaging.admin.tracking import SEGMENTS, _bar, figures
from viber_messaging.delivery.progress import Progress
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
    assert figures(campaign)["texts"]["summary"] == "3 of 8 sent, 3 failed, 1 not confirmed"
