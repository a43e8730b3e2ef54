"""ONLY_PHONES, for staging: no way of sending reaches another phone, and each message left out says why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import MakeCampaign
from tests.moments import Moments
from viber_messaging.api import send_message, send_messages
from viber_messaging.delivery import allowlist
from viber_messaging.models import Message, RecipientGroup
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

OURS, THEIRS = "+380971234567", "+380501234567"


@pytest.fixture
def staging(gateway: Sandbox, configure: Callable[..., None]) -> Sandbox:
    configure(ONLY_PHONES=["+38097"])
    return gateway


@pytest.fixture(params=[True, False], ids=["returning", "without returning"])
def any_database(request: pytest.FixtureRequest, moments: Moments) -> None:
    """MariaDB claims by two statements: its way is tried on every database."""
    if not request.param:
        moments.set("whether the database returns claims", lambda: False)


def queued(*phones: str) -> list[Message]:
    """Store queued messages past every signal."""
    return Message.objects.bulk_create([Message(sender="SMSTest", phone=phone, text="Text") for phone in phones])


def reached(sandbox: Sandbox) -> set[str]:
    return {message.phone for message in sandbox.accepted.values()}


def assert_left_out(message: Message) -> None:
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.CANCELLED, allowlist.NOT_ALLOWED)
    assert message.completed_at is not None


class TestSending:
    def test_a_call_returns_the_cancelled_message_and_asks_nobody(
        self, staging: Sandbox, configure: Callable[..., None]
    ):
        configure(DISPATCH="inline")
        message = send_message(THEIRS, "Text", sender="SMSTest")
        assert (message.state, message.error) == (MessageState.CANCELLED, allowlist.NOT_ALLOWED)
        assert staging.request_count == 0
        assert send_message(OURS, "Text", sender="SMSTest").state == MessageState.ACCEPTED

    def test_the_fast_path_of_one_message_leaves_it_out(self, staging: Sandbox, any_database: None):
        """The path is taken once the connection is known to be healthy."""
        for ours in queued(OURS, OURS):
            doors.send_inline([ours.pk])
        (theirs,) = queued(THEIRS)
        doors.send_inline([theirs.pk])
        assert_left_out(theirs)
        assert reached(staging) == {OURS}

    def test_a_worker_sends_only_to_phones_that_are_allowed(self, staging: Sandbox, any_database: None):
        messages = queued(THEIRS, OURS, "+380671234567", "+380970000000")
        doors.work()
        assert reached(staging) == {OURS, "+380970000000"}
        assert_left_out(messages[0])
        assert_left_out(messages[2])

    def test_an_sms_is_left_out_too(self, staging: Sandbox, any_database: None):
        parent = Message.objects.create(sender="SMSTest", phone=THEIRS, text="Text", state=MessageState.UNDELIVERED)
        sms = Message(channel="sms", fallback_of=parent, sender="SMSTest", phone=THEIRS, text="Text")
        sms.expires_at = timezone.now() + timedelta(hours=1)
        Message.objects.bulk_create([sms])
        doors.work()
        assert_left_out(sms)
        assert staging.request_count == 0

    def test_more_than_a_package_of_others_does_not_hold_ours_back(
        self, staging: Sandbox, configure: Callable[..., None]
    ):
        configure(PACKAGE_SIZE=2)
        queued(*[THEIRS] * 5, OURS)
        doors.work()
        assert reached(staging) == {OURS}

    def test_many_at_once_are_left_out(self, staging: Sandbox, configure: Callable[..., None]):
        configure(DISPATCH="inline")
        send_messages(Message(sender="SMSTest", phone=phone, text="Text") for phone in (OURS, THEIRS))
        assert reached(staging) == {OURS}
        assert_left_out(Message.objects.get(phone=THEIRS))

    def test_a_campaign_reaches_only_them(
        self,
        staging: Sandbox,
        crowd: Callable[..., RecipientGroup],
        make_campaign: MakeCampaign,
        configure: Callable[..., None],
    ):
        group = crowd(4)
        one = group.recipients.order_by("pk")[1].phone
        configure(ONLY_PHONES=[one])
        make_campaign(group)
        doors.work()
        assert reached(staging) == {one}
        assert Message.objects.filter(error=allowlist.NOT_ALLOWED).count() == 3

    def test_a_retry_is_left_out_again(self, staging: Sandbox):
        (theirs,) = queued(THEIRS)
        doors.work()
        doors.retry(Message.objects.all())
        doors.work()
        assert_left_out(theirs)
        assert staging.request_count == 0

    def test_a_message_whose_outcome_was_unknown_is_not_sent_again(
        self, gateway: Sandbox, configure: Callable[..., None]
    ):
        """The gateway does not know it, and the setting was written in between."""
        (theirs,) = queued(THEIRS)
        assert doors.claim(1) is not None
        Message.objects.update(claimed_at=timezone.now() - timedelta(minutes=10))
        configure(ONLY_PHONES=[OURS])
        for _time in range(3):  # the gateway is asked twice whether it knows the message
            doors.work()
            Message.objects.still(MessageState.UNCONFIRMED).update(next_attempt_at=None)
        assert {request.command for request in gateway.requests} == {"status"}
        assert_left_out(theirs)
        assert gateway.times_accepted(theirs.reference) == 0


class TestTheSetting:
    def test_without_it_everybody_is_reached(self, gateway: Sandbox):
        queued(THEIRS, OURS)
        doors.work()
        assert reached(gateway) == {THEIRS, OURS}

    def test_it_is_read_for_each_claim(self, staging: Sandbox, configure: Callable[..., None]):
        queued(OURS)
        doors.work()
        configure(ONLY_PHONES=[THEIRS])
        queued(THEIRS, OURS)
        doors.work()
        assert sorted(message.phone for message in staging.accepted.values()) == [THEIRS, OURS]

    @pytest.mark.parametrize(
        "wrong", [[], "+38097", ["380971234567"], ["097"], ["+"], ["+38097", ""], ["+380 97"], [7]]
    )
    def test_a_wrong_one_sends_nothing_and_is_told(self, gateway: Sandbox, configure: Callable[..., None], wrong: Any):
        (message,) = queued(OURS)
        configure(ONLY_PHONES=wrong)
        report = doors.work()
        assert "ONLY_PHONES" in report.problem
        message.refresh_from_db()
        assert (message.state, gateway.request_count) == (MessageState.QUEUED, 0)

    def test_a_wrong_one_is_told_to_who_saves_a_message(self, gateway: Sandbox, configure: Callable[..., None]):
        configure(ONLY_PHONES=[])
        with pytest.raises(ImproperlyConfigured, match="ONLY_PHONES"):
            send_message(OURS, "Text", sender="SMSTest")
        assert gateway.request_count == 0
