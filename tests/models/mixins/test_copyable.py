"""Rows copied in Django's way: ``pk = None``, ``save()``."""

from collections.abc import Callable
from typing import Any

import pytest

from viber_messaging.models import Campaign, Message
from viber_messaging.states import MessageState

PHONE = "+380971234567"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


def create(**fields: Any) -> Message:
    return Message.objects.create(**{"sender": "SMSTest", "phone": PHONE, "text": "Text"} | fields)


@pytest.mark.parametrize("read", [lambda m: Message.objects.get(), lambda m: m])
@pytest.mark.parametrize("is_told_new", [False, True])
def test_a_copy_in_djangos_way_is_a_new_draft_without_a_history(read: Callable[[Message], Message], is_told_new: bool):
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Text")
    message = create(campaign=campaign, key="order-42", metadata={"order": 42})
    sent = {"state": "delivered", "msg_id": "1", "status_code": 102, "attempt_count": 2, "error": "x"}
    Message.objects.update(**sent)
    message = read(message)
    message.refresh_from_db()
    assert_copied(message, is_told_new)


@pytest.mark.parametrize("is_told_new", [False, True])
@pytest.mark.parametrize("names", [["text"], ["phone", "state"], ["reference", "key", "metadata"]])
def test_so_is_a_copy_of_what_was_read_in_part(names: list[str], is_told_new: bool):
    create(key="order-42", metadata={"order": 42})
    assert_copied(Message.objects.only(*names).get(), is_told_new)


def assert_copied(message: Message, is_told_new: bool) -> None:
    original = Message.objects.get()
    message.pk = None
    if is_told_new:
        message._state.adding = True
    message.save()
    copy = Message.objects.get(pk=message.pk)
    assert copy.pk != original.pk
    assert copy.reference != original.reference
    assert (copy.state, copy.key, copy.campaign_id, copy.queued_at) == (MessageState.DRAFT, None, None, None)
    assert (copy.msg_id, copy.status_code, copy.attempt_count, copy.error) == ("", None, 0, "")
    assert (copy.phone, copy.text, copy.sender) == (PHONE, "Text", "SMSTest")
    assert copy.metadata == {"order": 42}
    assert Message.objects.filter(pk=original.pk, key="order-42").exists()


def test_the_copy_is_sent_once_its_state_is_queued():
    message = create()
    message.pk = None
    message.save()
    message.state = MessageState.QUEUED
    message.save()
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 2


@pytest.mark.parametrize("is_told_new", [False, True])
def test_a_copied_campaign_is_a_new_draft_with_a_seed_of_its_own(is_told_new: bool):
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Text")
    Campaign.objects.update(state="finished", cursor=5, audience_until=9)
    copy = Campaign.objects.get()
    copy.pk = None
    if is_told_new:
        copy._state.adding = True
    copy.save()
    copy.refresh_from_db()
    assert copy.pk != campaign.pk
    assert copy.seed != campaign.seed
    assert (copy.state, copy.cursor, copy.audience_until, copy.text) == ("draft", 0, None, "Text")
