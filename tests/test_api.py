"""What developers call."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction

from tests import doors
from viber_messaging import api, signals
from viber_messaging.api import get_balance, opt_in, opt_out, send_message, send_messages
from viber_messaging.gateway.errors import AccountRefused, Unreachable
from viber_messaging.models import ConsentChange, Message, Recipient
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

IMAGE, LINK = "https://image.url/image.png", "https://page.url"


@pytest.fixture
def inline(gateway: Sandbox, configure: Callable[..., None]) -> Sandbox:
    configure(DISPATCH="inline")
    return gateway


def test_one_call_sends_a_message(inline: Sandbox):
    message = send_message("097 123-45-67", "Order 42 is ready", sender="SMSTest")
    assert (message.phone, message.state, message.status_code) == ("+380971234567", MessageState.ACCEPTED, 1)
    assert inline.accepted[message.reference].text == "Order 42 is ready"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({}, "text"), ({"image": IMAGE}, "image"), ({"image": IMAGE, "button": "B", "url": LINK}, "button")],
)
def test_the_fields_given_decide_the_type(inline: Sandbox, fields: dict[str, str], expected: str):
    message = send_message("+380971234567", "Text", sender="SMSTest", **fields)
    assert inline.accepted[message.reference].type == expected


def test_a_picture_that_is_none_is_no_picture(inline: Sandbox):
    nothing = {"image": None, "button": None, "url": None}
    messages = [send_message("+380971234567", "Text", sender="SMSTest", **nothing)]
    send_messages([Message(phone="+380971234567", text="Too", sender="SMSTest", **nothing)])
    messages.append(Message.objects.create(phone="+380971234567", text="And", sender="SMSTest", **nothing))
    assert {message.type for message in inline.accepted.values()} == {"text"}
    assert len(inline.accepted) == 3
    assert [message.image for message in messages] == ["", ""]


def test_a_wrong_message_is_told_by_field_and_not_saved(inline: Sandbox):
    with pytest.raises(ValidationError) as caught:
        send_message("12", "", sender="x")
    assert set(caught.value.message_dict) == {"phone", "text", "sender"}
    assert not Message.objects.exists()


def test_many_messages_are_queued_at_once_and_sent_up_to_the_inline_limit(
    inline: Sandbox, configure: Callable[..., None]
):
    configure(INLINE_LIMIT=3)
    assert send_messages(_built(10)) == 10
    assert len(inline.accepted) == 3
    doors.work()
    assert len(inline.accepted) == 10


def test_one_wrong_message_saves_none_and_is_told_by_its_place(inline: Sandbox):
    messages = [*_built(2), Message(sender="SMSTest", phone="+380971234567", text="")]
    with pytest.raises(ValidationError, match="Message 3 is invalid"):
        send_messages(messages)
    assert not Message.objects.exists()
    assert inline.request_count == 0


def test_a_message_that_was_sent_is_not_sent_once_more(inline: Sandbox):
    message = send_message("+380971234567", "Text", sender="SMSTest")
    before = (message.pk, message.reference)
    with pytest.raises(ValidationError, match=r"(?s)Message 3 is invalid.* already saved"):
        send_messages([*_built(2), message])
    assert (message.pk, message.reference) == before
    assert len(inline.accepted) == Message.objects.count() == 1


def test_drafts_are_not_made_anew(inline: Sandbox):
    draft = Message.objects.create(sender="SMSTest", phone="+380971234567", text="Text", state="draft")
    with pytest.raises(ValidationError, match=r"(?s)Message 1 is invalid.* set its state to queued"):
        send_messages(Message.objects.filter(pk=draft.pk))
    assert Message.objects.get().state == MessageState.DRAFT


@pytest.mark.parametrize("between", [0, 1_000])
def test_one_that_stands_twice_among_those_given_is_told(inline: Sandbox, between: int):
    (message,) = _built(1)
    with pytest.raises(ValidationError, match=f"Message {between + 2} is invalid"):
        send_messages([message, *_built(between), message])
    assert not Message.objects.exists()


def test_those_that_were_right_are_given_again_once_the_wrong_one_is_corrected(inline: Sandbox):
    messages = [*_built(1_000), Message(sender="SMSTest", phone="+380971234567", text="")]
    with pytest.raises(ValidationError, match="Message 1001 is invalid"):
        send_messages(messages)
    messages[-1].text = "Text"
    assert send_messages(messages) == Message.objects.count() == 1_001


def test_whoever_gives_phones_is_told_what_takes_them(inline: Sandbox):
    with pytest.raises(TypeError, match=r"Message 1 is a str, .* send_message takes a phone"):
        send_messages(["097 123-45-67"])  # type: ignore[list-item]


def test_messages_in_a_rolled_back_transaction_are_not_sent(inline: Sandbox):
    with transaction.atomic():
        send_messages(_built(3))
        transaction.set_rollback(True)
    assert inline.request_count == 0


@pytest.mark.exhaustive
def test_a_stream_of_messages_stays_flat_in_memory(inline: Sandbox, configure: Callable[..., None]):
    configure(DISPATCH="worker")

    def peak(count: int) -> int:
        gc.collect()
        tracemalloc.start()
        try:
            send_messages(_built(count))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2_000)  # what is imported and cached on the first run is not counted
    assert peak(5_000) < peak(2_000) * 1.5


def test_a_listener_hears_of_each_queued_message(gateway: Sandbox):
    heard: list[int] = []

    def listen(message: Message, **kwargs: Any) -> None:
        heard.append(message.pk)

    signals.message_queued.connect(listen)
    try:
        one = send_message("+380971234567", "Text", sender="SMSTest")
        send_messages(_built(2))
    finally:
        signals.message_queued.disconnect(listen)
    assert heard[0] == one.pk
    assert sorted(heard) == sorted(Message.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_any_spelling_of_a_phone_opts_out_and_in(django_user_model: Any):
    olena = django_user_model.objects.create_user("olena")
    assert opt_out("097 123-45-67", source="unsubscribe link", by=olena)
    assert not opt_out("+380971234567")
    assert opt_in("0971234567")
    assert not opt_in("0971234567")
    assert list(ConsentChange.objects.order_by("pk").values_list("phone", "is_opted_out", "source", "created_by")) == [
        ("+380971234567", True, "unsubscribe link", olena.pk),
        ("+380971234567", False, "code", None),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("change", [opt_out, opt_in])
@pytest.mark.parametrize(
    ("phone", "source", "field"),
    [("12", "code", "phone"), ("0971234567", "", "source"), ("0971234567", "x" * 51, "source")],
)
def test_a_wrong_phone_or_source_is_told_by_field_and_nothing_is_noted(
    change: Callable[..., bool], phone: str, source: str, field: str
):
    with pytest.raises(ValidationError) as caught:
        change(phone, source=source)
    assert set(caught.value.message_dict) == {field}
    assert not Recipient.objects.exists()


def test_the_balance_is_told(gateway: Sandbox):
    balance = get_balance()
    assert balance.currency == "UAH"
    assert isinstance(balance.amount, Decimal)


def test_a_balance_that_cannot_be_had_says_why(gateway: Sandbox, configure: Callable[..., None]):
    configure(API_KEY="wrong")
    with pytest.raises(AccountRefused) as caught:
        get_balance()
    assert caught.value.code == 202
    configure(API_URL="http://127.0.0.1:9/api/xml.php")
    with pytest.raises(Unreachable):
        get_balance()
    configure(API_KEY="")
    with pytest.raises(ImproperlyConfigured):
        get_balance()


def _built(count: int) -> Iterator[Message]:
    return (Message(sender="SMSTest", phone="+380971234567", text=f"Text {number}") for number in range(count))


def _family(error: type[Exception]) -> Iterator[type[Exception]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__.startswith("viber_messaging."):
            yield from _family(child)


def test_whatever_a_caller_catches_and_names_is_imported_from_one_module():
    caught = {error.__name__ for error in _family(api.GatewayError)} | {"MessageChanged", "TransactionOpen"}
    assert caught | {"Balance", "Message", "MessageState", "MessageType"} <= set(api.__all__)
    assert len(caught) > 8
    assert [name for name in api.__all__ if not hasattr(api, name)] == []
