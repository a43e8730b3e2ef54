"""Whom Viber does not reach gets one SMS; nobody else gets one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import doors
from tests.delivery.conftest import MakeCampaign
from tests.delivery.sms.conftest import LATE, NO_VIBER, Ask, by_sms, sms_of
from viber_messaging import api
from viber_messaging.delivery.queue import fallbacks
from viber_messaging.delivery.sms import fallback
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState, MessageChannel, MessageState, Recall

End = Callable[[], None]


def test_whom_viber_does_not_reach_gets_one_sms(gateway: Sandbox, ask: Ask, end: End):
    message = ask(sms_sender="Shop")
    end()
    message.refresh_from_db()
    sms = sms_of(message)
    assert message.state == MessageState.UNDELIVERED
    assert sms is not None
    assert (sms.channel, sms.state, sms.sms_count) == (MessageChannel.SMS, MessageState.DELIVERED, 1)
    assert by_sms(gateway) == [sms.reference]
    arrived = gateway.accepted[sms.reference]
    assert (arrived.phone, arrived.sender, arrived.text) == (NO_VIBER, "Shop", "Привіт по SMS")


def test_without_a_text_there_is_no_sms(gateway: Sandbox, ask: Ask, end: End):
    message = ask(sms_text="")
    end()
    assert sms_of(message) is None
    assert not by_sms(gateway)


@pytest.mark.parametrize("phone", ["+380971234567", "+380990000116", "+380990000107", "+380990000101"])
def test_no_sms_goes_to_whom_viber_reached_or_may_reach(gateway: Sandbox, ask: Ask, end: End, phone: str):
    message = ask(phone=phone)
    end()
    assert sms_of(message) is None


@pytest.mark.parametrize("code", sorted(MessageCode))
def test_the_codes_that_call_for_an_sms_are_those_of_the_gateways_that_viber_did_not_reach(code: MessageCode):
    assert (code in fallback.NOT_REACHED_CODES) == (code in {103, 105, 108, 109, 111})


@pytest.mark.parametrize("code", [200, 201, 202, 203, 204, 207])
def test_a_refused_message_gets_no_sms(gateway: Sandbox, ask: Ask, end: End, code: int):
    message = ask(phone=f"+380990000{code}")
    end()
    message.refresh_from_db()
    assert message.state == MessageState.REJECTED
    assert sms_of(message) is None


def test_the_reference_is_derived_from_the_viber_message_s(ask: Ask, end: End):
    message = ask()
    end()
    first = sms_of(message)
    assert first is not None
    assert first.reference != message.reference
    reference, _ = first.reference, first.delete()
    Message.objects.filter(pk=message.pk).update(status_code=105)
    assert fallback.insert([message.pk]) == 1
    assert Message.objects.get(fallback_of=message).reference == reference


def test_a_second_sms_is_impossible(ask: Ask, end: End):
    message = ask()
    end()
    assert fallback.insert([message.pk]) == 0
    copy = Message(channel=MessageChannel.SMS, fallback_of=message, phone=NO_VIBER, sender="SMSTest", text="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_an_answer_that_is_lost_is_asked_about_and_the_sms_sent_once(gateway: Sandbox, ask: Ask, end: End):
    message = ask()
    gateway.fail_next("lost-answer", command="message")
    end()
    end()
    sms = sms_of(message)
    assert sms is not None
    assert (sms.state, sms.sms_count) == (MessageState.DELIVERED, 1)
    assert gateway.times_accepted(sms.reference) == 1


def test_a_package_of_both_is_sent_in_two_requests(gateway: Sandbox, ask: Ask, end: End):
    message = ask()
    Message.objects.filter(pk=message.pk).update(state=MessageState.UNDELIVERED, status_code=105)
    fallback.insert([message.pk])
    api.send_message("+380501234567", "Viber", sender="SMSTest")
    doors.work()
    assert [len(request.ids) for request in gateway.requests if request.command == "message"] == [1]
    assert {one.channel for one in gateway.accepted.values()} == {"viber", "sms"}
    assert not Message.objects.filter(state=MessageState.QUEUED).exists()


def queue_one(message: Message) -> Message:
    """Queue the SMS of a message, but do not send it yet."""
    Message.objects.filter(pk=message.pk).update(state=MessageState.UNDELIVERED, status_code=105)
    assert fallback.insert([message.pk]) == 1
    return Message.objects.get(fallback_of=message)


def test_a_viber_that_arrives_before_the_claim_stops_the_sms(gateway: Sandbox, ask: Ask):
    message = ask()
    sms = queue_one(message)
    Message.objects.filter(pk=message.pk).update(state=MessageState.DELIVERED)
    doors.work()
    sms.refresh_from_db()
    assert (sms.state, sms.error) == (MessageState.CANCELLED, fallbacks.REACHED_BY_VIBER)
    assert not by_sms(gateway)


def test_who_opts_out_before_the_claim_gets_no_sms(gateway: Sandbox, ask: Ask):
    sms = queue_one(ask())
    api.opt_out(NO_VIBER)
    doors.work()
    sms.refresh_from_db()
    assert sms.state == MessageState.CANCELLED
    assert not by_sms(gateway)


def test_who_opted_out_before_the_outcome_gets_no_sms(gateway: Sandbox, ask: Ask, end: End):
    message = ask()
    api.opt_out(NO_VIBER)
    end()
    assert sms_of(message) is None


def test_an_sms_that_is_too_late_is_not_sent_and_says_so(gateway: Sandbox, ask: Ask, clock: Any):
    sms = queue_one(ask())
    clock.shift(86400 + 60)
    doors.work()
    sms.refresh_from_db()
    assert (sms.state, sms.error) == (MessageState.CANCELLED, fallbacks.EXPIRED)
    assert not by_sms(gateway)


def test_a_site_that_switches_sms_off_sends_none_and_says_so(
    gateway: Sandbox, ask: Ask, end: End, configure: Callable[..., None]
):
    message = ask()
    sms = queue_one(message)
    configure(SMS=False)
    doors.work()
    sms.refresh_from_db()
    assert (sms.state, sms.error) == (MessageState.CANCELLED, fallbacks.SWITCHED_OFF)
    assert not by_sms(gateway)


def test_nor_does_it_send_one_whose_viber_message_was_deleted(
    gateway: Sandbox, ask: Ask, end: End, configure: Callable[..., None]
):
    sms = queue_one(ask())
    Message.objects.filter(pk=sms.fallback_of_id).delete()
    configure(SMS=False)
    doors.work()
    sms.refresh_from_db()
    assert (sms.state, sms.error) == (MessageState.CANCELLED, fallbacks.SWITCHED_OFF)
    assert not by_sms(gateway)


def test_a_site_that_sends_no_sms_queues_none(ask: Ask, end: End, configure: Callable[..., None]):
    message = ask()
    configure(SMS=False)
    end()
    assert sms_of(message) is None


@pytest.mark.parametrize("inline", [True, False])
def test_a_site_without_a_worker_sends_the_sms_with_the_next_message(
    gateway: Sandbox, ask: Ask, clock: Any, configure: Callable[..., None], inline: bool
):
    message = ask()
    configure(API_URL=gateway.url, API_KEY=gateway.key, DISPATCH="inline" if inline else "worker")
    gateway.advance(200)
    clock.shift(200)
    api.send_message("+380501234567", "Viber", sender="SMSTest")
    sms = sms_of(message)
    assert (sms is not None and sms.state == MessageState.ACCEPTED) is inline


def test_an_undelivered_sms_is_not_followed_by_another(gateway: Sandbox, ask: Ask, end: End):
    message = ask(phone="+380990000312")
    end()
    end()
    sms = sms_of(message)
    assert sms is not None
    assert (sms.state, sms_of(sms)) == (MessageState.UNDELIVERED, None)
    assert Message.objects.count() == 2


def test_a_viber_that_turns_out_delivered_after_the_sms_is_recorded(gateway: Sandbox, ask: Ask, end: End):
    message = ask(phone=LATE)
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED, status_code=1)
    sms = queue_one(message)
    doors.work()
    Message.objects.filter(pk=message.pk).update(state=MessageState.ACCEPTED, next_attempt_at=None)
    for _ in range(4):
        end()
    message.refresh_from_db()
    sms.refresh_from_db()
    assert (message.state, sms.state) == (MessageState.DELIVERED, MessageState.DELIVERED)


def test_a_cancelled_campaign_sends_no_sms(gateway: Sandbox, make_campaign: MakeCampaign, end: End):
    group = RecipientGroup.objects.create(name="No Viber")
    group.recipients.add(Recipient.objects.create(phone=NO_VIBER, name="Олена"))
    campaign = make_campaign(group, sms_text="{name}, це SMS")
    doors.work()
    assert Campaign.objects.get().state == CampaignState.FINISHED
    assert doors.cancel_campaign(campaign) is not None
    end()
    assert not by_sms(gateway)


def test_a_finished_campaign_cannot_be_cancelled_once_no_sms_can_go_any_more(
    gateway: Sandbox, make_campaign: MakeCampaign, end: End
):
    group = RecipientGroup.objects.create(name="No Viber")
    group.recipients.add(Recipient.objects.create(phone=NO_VIBER, name="Олена"))
    with_sms, without = make_campaign(group, sms_text="SMS"), make_campaign(group)
    doors.work()
    assert doors.cancel_campaign(without) is None
    end()
    assert doors.cancel_campaign(with_sms) is None
    assert set(Campaign.objects.values_list("state", flat=True)) == {CampaignState.FINISHED}


def test_a_campaign_fills_the_sms_for_each_and_runs_until_they_are_sent(
    gateway: Sandbox, make_campaign: MakeCampaign, end: End
):
    group = RecipientGroup.objects.create(name="No Viber")
    group.recipients.add(Recipient.objects.create(phone=NO_VIBER, name="Олена"))
    campaign = make_campaign(group, sms_text="{name}, це SMS")
    doors.work()
    assert Campaign.objects.get().state == CampaignState.FINISHED
    end()
    assert [gateway.accepted[id_].text for id_ in by_sms(gateway)] == ["Олена, це SMS"]
    assert Message.objects.get(channel=MessageChannel.SMS).campaign == campaign
    assert Campaign.objects.get().state == CampaignState.FINISHED


def test_quiet_hours_hold_for_the_sms_of_a_finished_campaign_too(
    gateway: Sandbox, make_campaign: MakeCampaign, clock: Any
):
    group = RecipientGroup.objects.create(name="No Viber")
    group.recipients.add(Recipient.objects.create(phone=NO_VIBER, name="Олена"))
    make_campaign(group, sms_text="SMS", quiet_from="12:01", quiet_until="12:30")
    doors.work()
    assert Campaign.objects.get().state == CampaignState.FINISHED
    gateway.advance(100)
    clock.shift(100)
    doors.work()
    assert Message.objects.get(channel=MessageChannel.SMS).state == MessageState.QUEUED
    clock.shift(1800)
    doors.work()
    assert len(by_sms(gateway)) == 1


def test_a_cancelled_message_gets_no_sms_even_if_the_answer_is_lost(gateway: Sandbox, ask: Ask, end: End):
    message = ask(phone="+380990000313")
    gateway.fail_next("lost-answer", command="delete")
    doors.cancel(Message.objects.filter(pk=message.pk))
    end()
    message.refresh_from_db()
    assert (message.state, message.recall) == (MessageState.CANCELLED, Recall.CALLED_OFF)
    assert sms_of(message) is None


def test_a_person_s_data_are_erased_in_both(ask: Ask, end: End):
    message = ask()
    end()
    api.forget(NO_VIBER)
    message.refresh_from_db()
    sms = sms_of(message)
    assert sms is not None
    assert (message.sms_text, sms.is_erased, message.phone == sms.phone) == ("", True, True)
    assert "SMS" not in sms.text


def test_a_message_whose_sms_is_on_its_way_is_not_deleted(ask: Ask, end: End, clock: Any):
    message = ask()
    sms = queue_one(message)
    assert not Message.objects.filter(pk=message.pk).deletable().exists()
    sms.refresh_from_db()
    Message.objects.filter(pk=sms.pk).update(state=MessageState.DELIVERED)
    assert Message.objects.filter(pk=message.pk).deletable().exists()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"sms_sender": "Shop"}, "sms_text"),
        ({"sms_after": 5}, "sms_text"),
        ({"sms_text": " "}, "sms_text"),
        ({"sms_text": "ж" * 336}, "sms_text"),
        ({"sms_text": "x", "sms_sender": "?"}, "sms_sender"),
        ({"sms_text": "x", "sms_after": 0}, "sms_after"),
        ({"sms_text": "x", "sms_after": 1440}, "sms_after"),
        ({"sms_text": {"a": 1}}, "sms_text"),
    ],
)
def test_what_cannot_be_sent_by_sms_is_refused_by_field(transactional_db: None, fields: dict[str, Any], name: str):
    with pytest.raises(ValidationError) as caught:
        api.send_message("+380501234567", "Viber", sender="SMSTest", **fields)
    assert list(caught.value.message_dict) == [name]
    assert not Message.objects.exists()


def test_without_sms_on_the_site_a_text_is_refused(transactional_db: None, configure: Callable[..., None]):
    configure(SMS=False)
    with pytest.raises(ValidationError) as caught:
        api.send_message("+380501234567", "Viber", sender="SMSTest", sms_text="SMS")
    assert list(caught.value.message_dict) == ["sms_text"]


def test_a_person_may_send_an_sms_instead_of_what_was_not_delivered(gateway: Sandbox, ask: Ask, end: End):
    message = ask(sms_text="")
    end()
    assert doors.send_by_sms(Message.objects.all()) == [sms_of(message).pk]
    assert doors.send_by_sms(Message.objects.all()) == []
    doors.work()
    assert [gateway.accepted[id_].text for id_ in by_sms(gateway)] == [message.text]


@pytest.mark.parametrize("obstacle", ["erased", "too long", "opted out", "delivered", "switched off"])
def test_a_person_cannot_send_an_sms_to_whom_none_may_go(
    gateway: Sandbox, ask: Ask, end: End, configure: Callable[..., None], obstacle: str
):
    message = ask(sms_text="", text="ж" * 1000 if obstacle == "too long" else "Привіт")
    end()
    if obstacle == "erased":
        api.forget(NO_VIBER)
    if obstacle == "opted out":
        api.opt_out(NO_VIBER)
    if obstacle == "delivered":
        Message.objects.filter(pk=message.pk).update(state=MessageState.DELIVERED)
    if obstacle == "switched off":
        configure(SMS=False)
    assert doors.send_by_sms(Message.objects.all()) == []
    assert Message.objects.count() == 1


def test_an_sms_that_lost_its_viber_message_is_still_too_late(gateway: Sandbox, ask: Ask, clock: Any):
    message = ask()
    sms = queue_one(message)
    Message.objects.filter(pk=message.pk).delete()
    clock.shift(86400 + 60)
    doors.send_inline([sms.pk])
    doors.work()
    sms.refresh_from_db()
    assert (sms.state, sms.error) == (MessageState.CANCELLED, fallbacks.EXPIRED)


def test_the_parts_of_an_sms_are_learnt_with_the_status_that_settles_it(gateway: Sandbox, ask: Ask, clock: Any):
    sms = queue_one(ask(sms_text="ж" * 71))
    gateway.fail_next("lost-answer", command="message")
    gateway.fail_all("dropped", command="status")
    doors.work()
    gateway.fail_all(None)
    sms.refresh_from_db()
    assert sms.state == MessageState.UNCONFIRMED
    gateway.advance(1000)
    clock.shift(1000)
    doors.work()
    sms.refresh_from_db()
    assert (sms.state, sms.sms_count) == (MessageState.DELIVERED, 2)


def test_the_parts_are_written_once(gateway: Sandbox, ask: Ask):
    sms = queue_one(ask())
    doors.work()
    sms.refresh_from_db()
    assert (sms.state, sms.sms_count) == (MessageState.ACCEPTED, 1)
    with CaptureQueriesContext(connection) as queries:
        doors.ask_now(Message.objects.filter(pk=sms.pk))
    assert not [query for query in queries if 'SET "sms_count"' in query["sql"] or "SET `sms_count`" in query["sql"]]
