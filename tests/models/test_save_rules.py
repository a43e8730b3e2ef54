"""What saving a message may change, and what it refuses to."""

from collections.abc import Callable
from typing import Any

import pytest

from viber_messaging.models import Message, MessageChanged
from viber_messaging.states import MessageState

PHONE = "+380971234567"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


def create(**fields: Any) -> Message:
    return Message.objects.create(**{"sender": "SMSTest", "phone": PHONE, "text": "Text"} | fields)


@pytest.mark.parametrize("names", [None, ["state"]])
@pytest.mark.parametrize("state", ["cancelled", "accepted", "draft", "failed"])
def test_a_state_that_code_gives_is_refused(state: str, names: list[str] | None):
    for message in (create(), Message.objects.get()):
        message.state = state
        with pytest.raises(MessageChanged, match=f"saving cannot make it {state}"):
            message.save(update_fields=names)
    assert Message.objects.get().state == MessageState.QUEUED


def test_a_draft_queued_by_its_state_alone_knows_since_when():
    draft = create(state=MessageState.DRAFT)
    draft.state = MessageState.QUEUED
    draft.save(update_fields=["state"])
    assert Message.objects.get().queued_at is not None


@pytest.mark.parametrize("name", ["key", "reference"])
def test_a_key_or_reference_given_later_is_refused(name: str):
    draft = create(state=MessageState.DRAFT)
    setattr(draft, name, 4242 if name == "reference" else "order-42")
    with pytest.raises(MessageChanged, match=f"{name} can no longer change"):
        draft.save()


def test_a_copy_that_is_only_older_than_the_row_is_saved_without_its_state():
    message, old = create(), Message.objects.get()
    Message.objects.update(state=MessageState.ACCEPTED)
    for stale in (message, old):
        stale.metadata = {"order": 42}
        stale.save()
        stale.save(update_fields=["metadata", "state"])
    assert Message.objects.get().state == MessageState.ACCEPTED
    assert Message.objects.get().metadata == {"order": 42}


def test_what_was_inserted_with_others_is_saved_too():
    many = Message.objects.bulk_create([Message(sender="SMSTest", phone=PHONE, text=str(n)) for n in range(2)])
    Message.objects.update(state=MessageState.ACCEPTED)
    many[0].save()
    many[1].state = MessageState.CANCELLED
    with pytest.raises(MessageChanged):
        many[1].save()


def test_a_message_read_in_part_is_saved():
    create(metadata={"order": 1})
    message = Message.objects.only("metadata").get()
    message.metadata = {"order": 42}
    message.save()
    assert Message.objects.get().metadata == {"order": 42}
