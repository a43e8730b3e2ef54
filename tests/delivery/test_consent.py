"""Opting out and in: kept once, told from where, and heeded before and after queueing."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import doors
from viber_messaging import signals
from viber_messaging.api import send_message, send_messages
from viber_messaging.delivery import consent
from viber_messaging.delivery.queue import moves
from viber_messaging.delivery.queue.claims import TOO_OLD_TO_RESEND
from viber_messaging.models import ConsentChange, Message, Recipient
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

PHONE, OTHER = "+380971234567", "+380501234567"


@pytest.fixture
def unwilling(db: None) -> Recipient:
    return Recipient.objects.create(phone=PHONE, opted_out_at=timezone.now() - timedelta(days=3))


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """The phones of the messages that were announced as queued."""
    phones: list[str] = []

    def hear(message: Message, **kwargs: Any) -> None:
        phones.append(message.phone)

    signals.message_queued.connect(hear)
    yield phones
    signals.message_queued.disconnect(hear)


@pytest.fixture
def inline(gateway: Sandbox, configure: Callable[..., None]) -> Sandbox:
    configure(DISPATCH="inline")
    return gateway


def opted_out() -> set[str]:
    return set(Recipient.objects.exclude(opted_out_at=None).values_list("phone", flat=True))


@pytest.mark.django_db
class TestOptingOut:
    def test_it_is_noted_with_who_when_and_whence(self):
        olena = User.objects.create_user("olena")
        recipient = Recipient.objects.create(phone=PHONE, name="Тарас")
        assert doors.opt_out([PHONE], source="unsubscribe link", by=olena) == 1
        recipient.refresh_from_db()
        change = ConsentChange.objects.get()
        assert (change.phone, change.is_opted_out, change.source) == (PHONE, True, "unsubscribe link")
        assert (change.created_by, change.created_at) == (olena, recipient.opted_out_at)
        assert recipient.name == "Тарас"

    def test_an_unknown_phone_becomes_a_recipient_who_opted_out(self):
        assert doors.opt_out([PHONE], source="list") == 1
        assert opted_out() == {PHONE}

    def test_a_second_time_changes_nothing_and_keeps_the_first(self, unwilling: Recipient):
        assert doors.opt_out([PHONE], source="list") == 0
        assert Recipient.objects.get().opted_out_at == unwilling.opted_out_at
        assert not ConsentChange.objects.exists()

    def test_the_same_phone_twice_in_one_list_is_noted_once(self):
        assert doors.opt_out([PHONE, PHONE], source="list") == 1
        assert ConsentChange.objects.count() == 1

    def test_a_phone_that_is_none_is_refused_whole(self):
        with pytest.raises(ValidationError):
            doors.opt_out([PHONE, "12"], source="list")
        assert not Recipient.objects.exists()

    def test_the_record_outlives_the_recipient_and_the_person_who_made_it(self):
        olena = User.objects.create_user("olena")
        doors.opt_out([PHONE], source="list", by=olena)
        Recipient.objects.all().delete()
        olena.delete()
        assert ConsentChange.objects.get().created_by is None

    @pytest.mark.exhaustive
    def test_ten_thousand_phones_take_few_queries(self):
        phones = [f"+38067{number:07d}" for number in range(10_000)]
        with CaptureQueriesContext(connection) as first:
            assert doors.opt_out(iter(phones), source="list") == 10_000
        assert len(first) < 300
        assert doors.opt_out(phones, source="list") == 0
        with CaptureQueriesContext(connection) as second:
            assert doors.opt_in(phones, source="list") == 10_000
        assert len(second) < 300
        assert ConsentChange.objects.count() == 20_000


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="one in-memory database cannot serve two threads")
def test_several_at_the_same_moment_make_one_change_of_each_phone():
    phones = [f"+38067{number:07d}" for number in range(3000)]
    together, counts = threading.Barrier(4), list[tuple[int, int]]()

    def change_twice(order: int) -> None:
        together.wait()
        out = doors.opt_out(phones[::order], source="list")
        together.wait()
        counts.append((out, doors.opt_in(phones[::order], source="list")))
        connection.close()

    threads = [threading.Thread(target=change_twice, args=[order]) for order in (1, -1, 1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sum(column) for column in zip(*counts, strict=True)] == [3000, 3000]
    assert ConsentChange.objects.count() == 6000


@pytest.mark.django_db
class TestOptingIn:
    def test_it_is_noted_too_and_the_person_may_be_written_to(self, unwilling: Recipient):
        assert doors.opt_in([PHONE], source="code") == 1
        assert not opted_out()
        assert not ConsentChange.objects.get().is_opted_out

    def test_who_never_opted_out_is_left_alone(self):
        Recipient.objects.create(phone=PHONE)
        assert doors.opt_in([PHONE, OTHER], source="code") == 0
        assert not ConsentChange.objects.exists()
        assert Recipient.objects.count() == 1


class TestQueueing:
    def test_a_saved_message_is_cancelled_right_away_and_says_why(
        self, inline: Sandbox, unwilling: Recipient, heard: list[str]
    ):
        message = Message.objects.create(sender="SMSTest", phone="097 123-45-67", text="Text")
        assert (message.state, message.error) == (MessageState.CANCELLED, consent.OPTED_OUT)
        assert message.completed_at is not None
        stored = Message.objects.get()
        assert (stored.state, stored.error) == (message.state, message.error)
        assert inline.request_count == 0
        assert not heard

    def test_one_call_returns_the_cancelled_message(self, inline: Sandbox, unwilling: Recipient):
        message = send_message("097 123-45-67", "Text", sender="SMSTest")
        assert (message.state, message.error) == (MessageState.CANCELLED, consent.OPTED_OUT)

    def test_in_a_transaction_too(self, inline: Sandbox, unwilling: Recipient):
        with transaction.atomic():
            message = send_message(PHONE, "Text", sender="SMSTest")
            assert message.state == MessageState.CANCELLED
        assert inline.request_count == 0

    def test_a_draft_that_is_sent_by_saving_it_is_cancelled(self, inline: Sandbox, unwilling: Recipient):
        message = Message.objects.create(sender="SMSTest", phone=PHONE, text="Text", state=MessageState.DRAFT)
        message.state = MessageState.QUEUED
        message.save()
        assert Message.objects.get().error == message.error == consent.OPTED_OUT

    def test_of_many_only_the_wanted_ones_are_queued_counted_and_announced(
        self, inline: Sandbox, unwilling: Recipient, heard: list[str]
    ):
        phones = [OTHER, PHONE, "+380671234567", PHONE]
        assert send_messages(Message(sender="SMSTest", phone=phone, text="Text") for phone in phones) == 2
        assert {message.phone for message in inline.accepted.values()} == {OTHER, "+380671234567"}
        assert sorted(heard) == [OTHER, "+380671234567"]
        cancelled = Message.objects.filter(state=MessageState.CANCELLED)
        assert set(cancelled.values_list("phone", "error")) == {(PHONE, consent.OPTED_OUT)}

    def test_looking_for_the_unwilling_costs_one_query_a_thousand(self, gateway: Sandbox, unwilling: Recipient):
        def queries(count: int) -> int:
            with CaptureQueriesContext(connection) as captured:
                send_messages(Message(sender="SMSTest", phone=PHONE, text="Text") for _ in range(count))
            return len([query for query in captured.captured_queries if "opted_out_at" in query["sql"]])

        assert (queries(1), queries(1000), queries(1001)) == (1, 1, 2)

    @pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.REJECTED, MessageState.CANCELLED])
    def test_a_retry_leaves_the_unwanted_message_as_it_was(
        self, gateway: Sandbox, unwilling: Recipient, make_message: Callable[..., Message], state: MessageState
    ):
        message, other = make_message(state=state, error="Why"), make_message(phone=OTHER, state=state)
        assert doors.retry(Message.objects.all()) == [other.pk]
        message.refresh_from_db()
        assert (message.state, message.error, message.claim_token) == (state, "Why", None)

    def test_drafts_to_the_unwilling_stay_drafts(
        self, gateway: Sandbox, unwilling: Recipient, make_message: Callable[..., Message]
    ):
        make_message(state=MessageState.DRAFT)
        assert moves.move(Message.objects.all(), frozenset({MessageState.DRAFT}), MessageState.QUEUED) == []
        assert Message.objects.get().state == MessageState.DRAFT

    def test_what_may_have_been_sent_stays_in_doubt(
        self, gateway: Sandbox, unwilling: Recipient, make_message: Callable[..., Message]
    ):
        make_message(state=MessageState.UNCONFIRMED, error=TOO_OLD_TO_RESEND)
        assert doors.send_again(Message.objects.all()) == []
        assert len(doors.mark_sent(Message.objects.all())) == 1

    def test_what_was_queued_before_is_cancelled_at_the_claim(
        self, gateway: Sandbox, make_message: Callable[..., Message]
    ):
        message = make_message()
        doors.opt_out([PHONE], source="code")
        doors.work()
        message.refresh_from_db()
        assert (message.state, message.error) == (MessageState.CANCELLED, consent.OPTED_OUT)
        assert gateway.request_count == 0

    def test_after_opting_in_a_cancelled_message_can_be_retried(self, inline: Sandbox, unwilling: Recipient):
        message = send_message(PHONE, "Text", sender="SMSTest")
        doors.opt_in([PHONE], source="code")
        assert doors.retry(Message.objects.all()) == [message.pk]
        doors.work()
        assert inline.times_accepted(message.reference) == 1


class TestWhoHasAnotherPhoneNow:
    """A message keeps the phone that it was queued for; its recipient's phone may have been edited since."""

    @pytest.fixture
    def moved(self, unwilling: Recipient) -> Recipient:
        return Recipient.objects.create(phone=OTHER)

    def opt_out_of_the_new_phone(self, recipient: Recipient) -> None:
        Recipient.objects.filter(pk=recipient.pk).update(phone="+380671234567")
        assert doors.opt_out(["+380671234567"], source="code") == 1

    def test_what_waits_for_the_old_phone_is_cancelled_at_the_claim(
        self, gateway: Sandbox, moved: Recipient, make_message: Callable[..., Message]
    ):
        message = make_message(phone=OTHER, recipient=moved)
        self.opt_out_of_the_new_phone(moved)
        doors.work()
        message.refresh_from_db()
        assert (message.state, message.error) == (MessageState.CANCELLED, consent.OPTED_OUT)
        assert gateway.request_count == 0

    def test_nothing_is_queued_to_the_old_phone(
        self, gateway: Sandbox, moved: Recipient, make_message: Callable[..., Message]
    ):
        self.opt_out_of_the_new_phone(moved)
        assert make_message(phone=OTHER, recipient=moved).state == MessageState.CANCELLED
        assert send_messages([Message(sender="SMSTest", phone=OTHER, text="Text", recipient=moved)]) == 0
        assert doors.retry(Message.objects.all()) == []

    def test_what_the_gateway_holds_for_the_old_phone_is_called_back_in_the_next_round(
        self, gateway: Sandbox, moved: Recipient, make_message: Callable[..., Message]
    ):
        message = make_message(phone=OTHER, recipient=moved, scheduled_at=timezone.now() + timedelta(days=1))
        doors.work()
        self.opt_out_of_the_new_phone(moved)
        doors.work()
        message.refresh_from_db()
        assert message.state == MessageState.CANCELLED
        assert gateway.accepted[message.reference].deleted_at is not None
