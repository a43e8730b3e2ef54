"""Erasing one person's data."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.utils import timezone

from tests import doors
from tests.moments import Moments
from viber_messaging.api import MessagesInFlight, forget, opt_out, send_message
from viber_messaging.delivery.people.erasure import ERASED, erase
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import Reply, StatusResult
from viber_messaging.models import (
    Campaign,
    ConsentChange,
    KeptSearch,
    Message,
    Recipient,
    RecipientGroup,
    SendAttempt,
    StagedImport,
    StagedPiece,
)
from viber_messaging.models.mixins.content import EXTRA_FIELDS
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

PHONE, DIGITS, OTHER = "+380971234567", "971234567", "+380977654321"
CANARIES = (DIGITS, "Canary", "canary")


@pytest.fixture
def person(gateway: Sandbox) -> Recipient:
    """Somebody of whom every table knows something, and a stranger who stays."""
    recipient = Recipient.objects.create(phone=PHONE, name="Canary Olena", attributes={"city": "canary"})
    recipient.groups.add(RecipientGroup.objects.create(name="Spring"))
    user = User.objects.create(username="staff")
    LogEntry.objects.log_actions(user.pk, [recipient], CHANGE, change_message="canary", single_object=True)
    for phone in (PHONE, OTHER):
        button = {"image": "https://e.example/canary.png", "button": "Canary", "url": "https://e.example/canary"}
        key = f"canary {phone}"
        send_message(phone, "canary", key=key, sender="SMSTest", **button, metadata={"order": "canary"}, about=user)
    doors.work()
    SendAttempt.objects.update(reply="canary")
    staged = StagedImport.objects.create(owner="1", subject="recipients", file_name="canary.csv")
    StagedPiece.objects.create(staged=staged, part="rows", number=0, content=PHONE.encode())
    KeptSearch.objects.create(token="~1", owner="1", term="Canary")
    Message.objects.create(phone=PHONE, text="canary", sender="SMSTest", recipient=recipient, state="draft")
    return recipient


def traces() -> list[str]:
    """Return every column of every table in which something of the person is left."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            found += [
                f"{model._meta.label}.{name}"
                for name, value in row.items()
                if any(canary in str(value) for canary in CANARIES)
            ]
    return sorted(set(found))


def forget_the_stranger() -> None:
    """Take away the other person, whose message carries the same words."""
    Message.objects.filter(phone=OTHER).delete()


def test_nothing_of_the_person_is_left_in_any_table(person: Recipient):
    before = traces()
    assert {
        "viber_messaging.Message.phone",
        "viber_messaging.Recipient.name",
        "admin.LogEntry.object_repr",
        "viber_messaging.SendAttempt.reply",
        "viber_messaging.StagedPiece.content",
        "viber_messaging.Message.metadata",
    } <= set(before)
    erasure = forget("097 123-45-67")
    forget_the_stranger()
    assert traces() == []
    assert (erasure.messages, erasure.recipients, erasure.uploads, erasure.log_entries) == (2, 1, 1, 1)


def test_what_the_accounts_need_is_kept(person: Recipient):
    kept = ("reference", "msg_id", "state", "status_code", "accepted_at", "sender", "attempt_count")
    before = Message.objects.filter(phone=PHONE, state="accepted").values(*kept).get()
    forget(PHONE)
    after = Message.objects.filter(reference=before["reference"]).values(*kept).get()
    assert before == after
    assert SendAttempt.objects.filter(message__reference=before["reference"]).count() == 1


def test_what_was_not_sent_yet_is_cancelled_and_nothing_erased_is_ever_sent(person: Recipient, gateway: Sandbox):
    queued = send_message(PHONE, "canary", sender="SMSTest")
    forget(PHONE)
    queued.refresh_from_db()
    assert (queued.state, queued.text) == (MessageState.CANCELLED, "–")
    assert doors.retry(Message.objects.all()) == []
    doors.work()
    assert gateway.times_accepted(queued.reference) == 0


def test_the_erased_messages_of_one_person_belong_together_and_not_to_others(person: Recipient):
    forget(PHONE)
    phones = set(Message.objects.values_list("phone", flat=True))
    assert len(phones) == 2
    assert OTHER in phones
    assert Message.objects.get(phone=OTHER).text == "canary"


def test_the_status_of_an_erased_message_is_still_asked(person: Recipient, gateway: Sandbox):
    forget(PHONE)
    gateway.advance(10)
    doors.work()
    assert set(Message.objects.exclude(state="cancelled").values_list("state", flat=True)) == {"delivered"}


def test_an_opt_out_stays_with_its_phone_alone(person: Recipient):
    opt_out(PHONE, source="by phone")
    erasure = forget(PHONE)
    forget_the_stranger()
    assert erasure.keeps_opt_out
    assert traces() == ["viber_messaging.ConsentChange.phone", "viber_messaging.Recipient.phone"]
    assert Recipient.objects.get().groups.count() == 0
    assert send_message(PHONE, "Hello", sender="SMSTest").state == "cancelled"


def test_an_opt_out_is_forgotten_where_that_is_asked_for(person: Recipient):
    opt_out(PHONE)
    assert not forget(PHONE, even_opt_out=True).keeps_opt_out
    forget_the_stranger()
    assert traces() == []
    assert not ConsentChange.objects.exists()


@pytest.mark.parametrize("state", [MessageState.SENDING, MessageState.UNCONFIRMED])
def test_nothing_is_erased_while_a_message_is_in_flight(person: Recipient, state: MessageState):
    Message.objects.filter(phone=PHONE, state="accepted").update(state=state)
    before = traces()
    with pytest.raises(MessagesInFlight, match="1 messages"):
        forget(PHONE)
    with pytest.raises(CommandError, match="nothing was erased"):
        call_command("viber_forget", PHONE)
    assert traces() == before
    assert Message.objects.filter(state="draft").count() == 1


def test_a_rehearsal_counts_and_erases_nothing(person: Recipient, capsys: pytest.CaptureFixture[str]):
    before = traces()
    call_command("viber_forget", PHONE, dry_run=True)
    assert traces() == before
    rehearsed = capsys.readouterr().out
    call_command("viber_forget", PHONE)
    assert capsys.readouterr().out == rehearsed.replace("would be ", "")
    assert "2 messages, 1 recipients" in rehearsed


def test_a_wrong_phone_is_told(transactional_db: None):
    with pytest.raises(CommandError, match="too short"):
        call_command("viber_forget", "12")


def test_an_unknown_phone_is_nothing_to_erase(transactional_db: None, capsys: pytest.CaptureFixture[str]):
    call_command("viber_forget", PHONE)
    assert capsys.readouterr().out.startswith("0 messages, 0 recipients")


def test_two_erased_people_fit_into_one_campaign(person: Recipient):
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hello")
    Message.objects.update(campaign=None)
    Message.objects.filter(state="accepted").update(campaign=campaign)
    forget(PHONE)
    forget(OTHER)
    assert len(set(Message.objects.filter(campaign=campaign).values_list("phone", flat=True))) == 2


def test_every_field_of_a_message_is_either_kept_or_erased():
    """A new field makes this fail, so that somebody decides."""
    erased = {"phone", "type", "text", *EXTRA_FIELDS, "recipient", "metadata", "about_model", "about_id"}
    erased |= {"key", "sms_text"}
    kept = {
        "id", "sender", "scheduled_at", "campaign", "created_by", "reference", "state", "attempt_count",
        "account_mark", "vouched_mark", "vouched_count", "claim_token", "claimed_at", "worker_deaths", "created_at",
        "queued_at", "next_attempt_at", "accepted_at", "completed_at", "error", "msg_id", "status_code",
        "is_recipient_gone", "channel", "fallback_of", "recall", "expires_at", "sms_count", "sms_sender", "sms_after",
    }  # fmt: skip
    assert {field.name for field in Message._meta.get_fields() if isinstance(field, models.Field)} == erased | kept


def test_a_message_that_comes_back_into_the_queue_meanwhile_is_not_sent_to_the_number_that_replaces_the_phone(
    person: Recipient,
):
    def queue_another(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith("UPDATE") and "viber_messaging_message" in sql and not queued:
            queued.append(1)
            Message.objects.filter(phone=PHONE, state=MessageState.CANCELLED).update(state=MessageState.QUEUED)
        return result

    queued = list[int]()
    with connection.execute_wrapper(queue_another), pytest.raises(MessagesInFlight):
        forget(PHONE)
    assert set(Message.objects.values_list("phone", flat=True)) == {PHONE, OTHER}


@pytest.fixture
def held(person: Recipient, gateway: Sandbox) -> Message:
    """A message to the person that the gateway holds for tomorrow."""
    message = send_message(PHONE, "canary", sender="SMSTest", scheduled_at=timezone.now() + timedelta(days=1))
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.ACCEPTED
    return message


def test_what_the_gateway_holds_for_a_later_hour_is_called_back_first(
    held: Message, gateway: Sandbox, capsys: pytest.CaptureFixture[str]
):
    call_command("viber_forget", PHONE, dry_run=True)
    assert "1 scheduled messages at the gateway would be cancelled" in capsys.readouterr().out
    assert gateway.accepted[held.reference].deleted_at is None
    call_command("viber_forget", PHONE)
    assert "1 scheduled messages at the gateway cancelled" in capsys.readouterr().out
    held.refresh_from_db()
    assert (held.state, held.status_code, held.error) == (MessageState.CANCELLED, MessageCode.DELETED, ERASED)
    assert gateway.accepted[held.reference].deleted_at is not None
    forget_the_stranger()
    assert traces() == []


def test_nothing_is_erased_while_the_gateway_cannot_be_asked_to_give_back(held: Message, gateway: Sandbox):
    before = traces()
    gateway.fail_all("http-500")
    with pytest.raises(MessagesInFlight, match=r"holds 1 messages .* nothing was erased"):
        forget(PHONE)
    assert traces() == before
    assert Message.objects.filter(state="draft").count() == 1
    gateway.fail_all(None)
    assert forget(PHONE).called_back == 1


@pytest.mark.parametrize("code", [None, MessageCode.UNKNOWN, 999])
def test_nothing_is_erased_while_the_answer_leaves_open_whether_it_was_given_back(
    held: Message, moments: Moments, code: int | None
):
    results = {} if code is None else {held.reference: StatusResult(id=held.reference, code=code)}
    moments.replace("the request to delete", lambda self, ids: Reply(results=results, http_status=200))
    before = traces()
    with pytest.raises(MessagesInFlight, match=r"its answer is unclear.* nothing was erased"):
        forget(PHONE)
    assert traces() == before


def test_what_the_gateway_gives_back_no_more_is_told_and_erased_here(
    held: Message, gateway: Sandbox, capsys: pytest.CaptureFixture[str]
):
    gateway.advance(2 * 24 * 3600)
    call_command("viber_forget", PHONE)
    assert "1 messages could not be cancelled: the gateway had already passed them on" in capsys.readouterr().out
    forget_the_stranger()
    assert traces() == []


def test_nothing_is_called_back_for_a_person_who_cannot_be_erased_yet(held: Message, gateway: Sandbox):
    Message.objects.filter(phone=PHONE, state="accepted", scheduled_at=None).update(state=MessageState.UNCONFIRMED)
    with pytest.raises(MessagesInFlight, match="unconfirmed"):
        forget(PHONE)
    assert gateway.accepted[held.reference].deleted_at is None


def test_the_gateway_is_not_asked_for_what_it_does_not_hold(person: Recipient, gateway: Sandbox):
    before = gateway.request_count
    forget(PHONE)
    assert gateway.request_count == before


def test_what_leaves_for_a_later_hour_meanwhile_is_not_erased_unasked(
    held: Message, gateway: Sandbox, monkeypatch: pytest.MonkeyPatch, moments: Moments
):
    def and_another_leaves(*args: Any, **options: Any) -> Any:
        monkeypatch.undo()
        send_message(PHONE, "canary", sender="SMSTest", scheduled_at=timezone.now() + timedelta(days=1))
        doors.work()
        return erase(*args, **options)

    moments.replace("the erasure", and_another_leaves)
    with pytest.raises(MessagesInFlight, match="Try again"):
        forget(PHONE)
    assert forget(PHONE).called_back == 1
    assert all(message.deleted_at for message in gateway.accepted.values() if message.date_beg)


NEW_PHONE, NEW_DIGITS = "+380931112233", "931112233"


@pytest.fixture
def moved(person: Recipient) -> Recipient:
    """The person, entered under a new phone since: what waits to leave still names the old one."""
    Message.objects.filter(phone=PHONE, state="accepted").update(recipient=person)
    person.phone = NEW_PHONE
    person.save()
    return person


def test_a_person_whose_phone_was_edited_is_found_by_the_new_one(
    moved: Recipient, gateway: Sandbox, monkeypatch: pytest.MonkeyPatch
):
    queued = send_message(PHONE, "canary", sender="SMSTest", recipient=moved)
    erasure = forget(NEW_PHONE)
    doors.work()
    assert gateway.times_accepted(queued.reference) == 0
    assert (erasure.messages, erasure.recipients) == (3, 1)
    forget_the_stranger()
    monkeypatch.setattr("tests.delivery.people.test_erasure.CANARIES", (*CANARIES, NEW_DIGITS))
    assert traces() == []


def test_what_is_in_flight_to_an_old_phone_keeps_the_person_from_being_erased(moved: Recipient):
    Message.objects.filter(phone=PHONE, state="accepted").update(state=MessageState.UNCONFIRMED)
    with pytest.raises(MessagesInFlight, match="1 messages"):
        forget(NEW_PHONE)


def test_what_the_gateway_holds_for_an_old_phone_is_called_back(moved: Recipient, gateway: Sandbox):
    later = timezone.now() + timedelta(days=1)
    held = send_message(PHONE, "canary", sender="SMSTest", recipient=moved, scheduled_at=later)
    doors.work()
    assert forget(NEW_PHONE).called_back == 1
    assert gateway.accepted[held.reference].deleted_at is not None


def test_two_phones_of_one_person_fit_into_one_campaign(moved: Recipient):
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hello")
    Message.objects.update(campaign=None)
    Message.objects.filter(phone=PHONE, state="accepted").update(campaign=campaign)
    Message.objects.create(phone=NEW_PHONE, text="canary", sender="SMSTest", campaign=campaign, state="rejected")
    forget(NEW_PHONE)
    assert len(set(Message.objects.filter(campaign=campaign).values_list("phone", flat=True))) == 2


def test_by_an_old_phone_the_messages_are_erased_and_the_recipient_who_has_another_now_is_told(
    moved: Recipient, capsys: pytest.CaptureFixture[str]
):
    call_command("viber_forget", PHONE)
    assert "1 recipients of these messages now have another phone number" in capsys.readouterr().out
    assert not Message.objects.filter(phone=PHONE).exists()
    assert Recipient.objects.get().phone == NEW_PHONE


def test_the_log_tells_nothing_of_who_was_deleted_under_another_phone_or_has_a_long_name(person: Recipient):
    user, kind = User.objects.get(), ContentType.objects.get_for_model(Recipient)
    person.name = "Canary " * 28
    person.save()
    LogEntry.objects.log_actions(user.pk, [person], CHANGE, single_object=True)
    LogEntry.objects.create(
        user=user, content_type=kind, object_id=str(person.pk), object_repr="Canary +380500000000", action_flag=CHANGE
    )
    Message.objects.filter(phone=PHONE).delete()
    person.delete()
    assert forget(PHONE).log_entries == 3
    forget_the_stranger()
    assert traces() == []
