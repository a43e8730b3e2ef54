"""What waits for a person who is deleted is not sent, however the person is deleted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import MakeCampaign
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.people import departure
from viber_messaging.delivery.queue import claims
from viber_messaging.models import Message, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]
PHONE, OTHER = "+380971234567", "+380501234567"

WAYS: dict[str, Callable[[Recipient], Any]] = {
    "instance": lambda person: person.delete(),
    "queryset": lambda person: Recipient.objects.filter(pk=person.pk).delete(),
    "everybody": lambda person: Recipient.objects.all().delete(),
    "through a group": lambda person: person.groups.get().recipients.all().delete(),
}


@pytest.fixture
def olena(transactional_db: None) -> Recipient:
    person = Recipient.objects.create(phone=PHONE, name="Olena")
    person.groups.add(RecipientGroup.objects.create(name="Friends"))
    return person


def states() -> set[tuple[str, str]]:
    return set(Message.objects.values_list("state", "error"))


@pytest.mark.parametrize("delete", WAYS.values(), ids=WAYS)
def test_a_paused_campaign_s_message_is_not_sent_after_the_resume(
    gateway: Sandbox, olena: Recipient, make_campaign: MakeCampaign, delete: Callable[[Recipient], Any]
):
    campaign = make_campaign(olena.groups.get())
    doors.expand(10)
    doors.pause(campaign)
    delete(olena)
    doors.resume(campaign)
    doors.work()
    assert not gateway.accepted
    assert states() == {(MessageState.CANCELLED, departure.RECIPIENT_DELETED)}


@pytest.mark.parametrize("state", ["draft", "queued"])
@pytest.mark.parametrize("is_named", [True, False])
def test_what_goes_to_the_phone_is_cancelled_whether_it_names_the_recipient_or_not(
    gateway: Sandbox, olena: Recipient, make_message: MakeMessage, state: str, is_named: bool
):
    make_message(phone=PHONE, state=state, recipient=olena if is_named else None)
    olena.delete()
    assert states() == {(MessageState.CANCELLED, departure.RECIPIENT_DELETED)}


def test_what_was_written_before_the_phone_changed_is_cancelled_too(
    gateway: Sandbox, olena: Recipient, make_message: MakeMessage
):
    make_message(phone=PHONE, recipient=olena)
    Recipient.objects.filter(pk=olena.pk).update(phone=OTHER)
    Recipient.objects.get().delete()
    assert states() == {(MessageState.CANCELLED, departure.RECIPIENT_DELETED)}


def test_messages_to_others_and_those_that_are_over_stay_as_they_are(
    gateway: Sandbox, olena: Recipient, make_message: MakeMessage
):
    make_message(phone=OTHER)
    make_message(phone=PHONE, recipient=olena, state="delivered")
    olena.delete()
    assert states() == {("queued", ""), ("delivered", "")}


def test_what_the_gateway_holds_for_a_later_hour_is_called_back(
    gateway: Sandbox, olena: Recipient, make_message: MakeMessage
):
    message = make_message(phone=PHONE, recipient=olena, scheduled_at=timezone.now() + timedelta(days=1))
    doors.work()
    olena.delete()
    doors.work()
    assert states() == {(MessageState.CANCELLED, departure.RECIPIENT_DELETED)}
    assert gateway.accepted[message.reference].deleted_at is not None


def test_what_is_in_doubt_is_not_sent_again(gateway: Sandbox, olena: Recipient, make_message: MakeMessage, clock: Any):
    make_message(phone=PHONE, recipient=olena)
    gateway.fail_next("dropped", command="message-viber")
    doors.work()
    assert {state for state, _ in states()} == {MessageState.UNCONFIRMED}
    olena.delete()
    for _ in range(5):
        clock.shift(600)
        doors.work()
    assert not gateway.accepted
    assert states() == {(MessageState.CANCELLED, departure.RECIPIENT_DELETED)}


def test_what_was_being_sent_and_did_not_leave_is_not_tried_again(
    gateway: Sandbox, olena: Recipient, make_message: MakeMessage
):
    message = make_message(phone=PHONE, recipient=olena, state="sending")
    olena.delete()
    Message.objects.filter(pk=message.pk).update(state="queued")
    doors.work()
    assert not gateway.accepted
    assert states() == {(MessageState.CANCELLED, departure.RECIPIENT_DELETED)}


def test_a_person_may_send_it_all_the_same(gateway: Sandbox, olena: Recipient, make_message: MakeMessage):
    make_message(phone=PHONE, recipient=olena, state="sending")
    make_message(phone=PHONE, recipient=olena)
    olena.delete()
    Message.objects.update(state="cancelled")
    assert len(doors.retry(Message.objects.all())) == 2
    doors.work()
    assert len(gateway.accepted) == 2


def test_a_deletion_that_is_rolled_back_stops_nothing(olena: Recipient, make_message: MakeMessage, gateway: Sandbox):
    make_message(phone=PHONE, recipient=olena)
    with transaction.atomic():
        olena.delete()
        transaction.set_rollback(True)
    assert states() == {("queued", "")}


def test_many_people_are_deleted_by_few_queries(
    gateway: Sandbox, crowd: Callable[..., RecipientGroup], django_assert_max_num_queries: Any
):
    crowd(300)
    with django_assert_max_num_queries(40):
        Recipient.objects.all().delete()


def test_one_queryset_may_delete_twice(gateway: Sandbox, olena: Recipient, make_message: MakeMessage):
    everybody = Recipient.objects.all()
    everybody.delete()
    Recipient.objects.create(phone=OTHER)
    make_message(phone=OTHER)
    everybody.delete()
    assert states() == {(MessageState.CANCELLED, departure.RECIPIENT_DELETED)}


def test_it_is_told_beforehand_what_waits(gateway: Sandbox, olena: Recipient, make_message: MakeMessage):
    for fields in (
        {"state": "draft"},
        {"state": "queued", "recipient": None},
        {"state": "sending"},
        {"state": "unconfirmed"},
        {"state": "accepted", "scheduled_at": timezone.now() + timedelta(days=1)},
        {"state": "accepted"},
        {"state": "delivered"},
        {"phone": OTHER, "recipient": None},
    ):
        make_message(**{"phone": PHONE, "recipient": olena, **fields})
    found = departure.waiting(Recipient.objects.all())
    assert (found.unsent, found.held, found.in_flight) == (2, 1, 2)


def test_what_a_worker_gave_back_is_not_sent_by_a_request_that_names_it(
    gateway: Sandbox, olena: Recipient, make_message: MakeMessage
):
    message = make_message(phone=PHONE)
    health.row()
    package = doors.claim(1)
    assert package is not None
    olena.delete()
    claims.release(package, package.claims)
    doors.send_inline([message.pk])
    assert not gateway.accepted
    assert states() == {(MessageState.CANCELLED, departure.RECIPIENT_DELETED)}
