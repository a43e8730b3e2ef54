"""The save hook, as a site meets it."""

from collections.abc import Callable

import pytest
from django.core import serializers
from django.db import transaction

from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState


@pytest.fixture
def inline(gateway: Sandbox, configure: Callable[..., None]) -> Sandbox:
    configure(DISPATCH="inline")
    return gateway


def create(**fields: str) -> Message:
    return Message.objects.create(**{"sender": "SMSTest", "phone": "+380971234567", "text": "Text"} | fields)


def test_a_saved_message_is_accepted_and_its_copy_in_hand_knows(inline: Sandbox):
    message = create()
    assert (message.state, message.status_code) == (MessageState.ACCEPTED, 1)
    assert message.msg_id == str(inline.accepted[message.reference].msg_id)
    assert inline.request_count == 1


def test_a_message_is_sent_after_the_commit_and_not_before(inline: Sandbox):
    with transaction.atomic():
        message = create()
        assert inline.request_count == 0
    assert inline.times_accepted(message.reference) == 1


def test_a_rolled_back_message_is_never_sent(inline: Sandbox):
    with transaction.atomic():
        create()
        transaction.set_rollback(True)
    assert inline.request_count == 0
    assert not Message.objects.exists()


def test_a_draft_is_not_sent(inline: Sandbox):
    create(state=MessageState.DRAFT)
    assert inline.request_count == 0


def test_a_fixture_that_is_loaded_sends_nothing(inline: Sandbox):
    row = serializers.serialize("json", [Message(pk=1, sender="SMSTest", phone="+380971234567", text="Text")])
    for loaded in serializers.deserialize("json", row):
        loaded.save()
    assert Message.objects.get().state == MessageState.QUEUED
    assert inline.request_count == 0


def test_saving_a_sent_message_again_sends_nothing(inline: Sandbox):
    message = create()
    message.save()
    assert inline.submissions[message.reference] == 1


def test_a_gateway_that_is_away_fails_no_request_of_the_site(inline: Sandbox, configure: Callable[..., None]):
    configure(API_URL="http://127.0.0.1:9/api/xml.php")
    message = create()
    assert message.state == MessageState.QUEUED
    assert message.next_attempt_at is not None
    assert message.error


def test_a_site_without_a_key_keeps_its_messages(inline: Sandbox, configure: Callable[..., None]):
    configure(API_KEY="")
    assert create().state == MessageState.QUEUED
    assert inline.request_count == 0


def test_a_site_without_a_worker_heals_with_the_next_message(inline: Sandbox):
    inline.fail_next("lost-answer", command="message-viber")
    lost = create()
    create()
    lost.refresh_from_db()
    assert lost.msg_id == str(inline.accepted[lost.reference].msg_id)
    assert inline.submissions[lost.reference] == 1


def test_with_a_worker_nothing_is_sent_by_saving(gateway: Sandbox):
    assert create().state == MessageState.QUEUED
    assert gateway.request_count == 0
