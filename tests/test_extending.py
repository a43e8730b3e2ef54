"""What a site changes without a fork: the gateway, whom an object stands for, what a message is about."""

import re
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.dispatch import Signal
from django.utils import timezone

from tests import doors
from viber_messaging import signals
from viber_messaging.api import get_balance, opt_out, send_message, send_messages
from viber_messaging.models import Message, Recipient
from viber_messaging.sandbox import Sandbox
from viber_messaging.testing import Outbox, outbox

PHONE = "+380971234567"


@pytest.fixture
def box(configure: Callable[..., None], transactional_db: None) -> Iterator[Outbox]:
    configure(DISPATCH="inline")
    with outbox() as box:
        yield box


def send(to: Any, **fields: Any) -> Message:
    return send_message(to, "Order 42 is ready", sender="SMSTest", **fields)


def test_a_site_sends_through_a_gateway_class_of_its_own(gateway: Sandbox, configure: Callable[..., None]):
    configure(DISPATCH="inline", GATEWAY="tests.replacing.SigningGateway")
    message = send(PHONE)
    assert gateway.accepted[message.reference].text == "Order 42 is ready · Kvitka"


def test_a_gateway_that_cannot_be_imported_leaves_messages_queued(gateway: Sandbox, configure: Callable[..., None]):
    configure(DISPATCH="inline", GATEWAY="tests.replacing.Missing")
    assert send(PHONE).state == "queued"
    with pytest.raises(ImproperlyConfigured, match="GATEWAY"):
        get_balance()


def test_a_recipient_is_written_to_and_linked(box: Outbox):
    recipient = Recipient.objects.create(phone=PHONE)
    message = send(recipient)
    assert (box[0].phone, message.recipient) == (PHONE, recipient)


@pytest.mark.parametrize("name", ["viber_phone", "viber_recipient"])
def test_an_object_of_the_site_says_by_itself_where_it_is_reached(box: Outbox, name: str):
    reached = PHONE if name == "viber_phone" else Recipient.objects.create(phone=PHONE)
    send(SimpleNamespace(**{name: reached}))
    assert [sent.phone for sent in box] == [PHONE]


def test_a_resolver_of_the_site_knows_its_objects(box: Outbox, configure: Callable[..., None]):
    configure(RECIPIENT_RESOLVER="tests.replacing.phone_of")
    user = User.objects.create(username="olena", last_name="097 123-45-67")
    send(user)
    assert [sent.phone for sent in box] == [PHONE]
    assert opt_out(user)
    assert send(user).state == "cancelled"


def test_an_object_that_nobody_knows_is_told_with_what_to_write(box: Outbox):
    with pytest.raises(TypeError, match=r"SimpleNamespace has neither viber_recipient nor viber_phone.*RESOLVER"):
        send(SimpleNamespace())


def test_an_object_without_a_phone_is_refused_by_field(box: Outbox):
    with pytest.raises(ValidationError) as caught:
        send(SimpleNamespace(viber_phone=""))
    assert set(caught.value.message_dict) == {"phone"}


def test_a_resolver_that_cannot_be_imported_is_told(box: Outbox, configure: Callable[..., None]):
    configure(RECIPIENT_RESOLVER="tests.replacing.missing")
    with pytest.raises(ImproperlyConfigured, match="RECIPIENT_RESOLVER"):
        send(SimpleNamespace())


SIGNALS = {name: signal for name, signal in vars(signals).items() if isinstance(signal, Signal)}


@pytest.fixture
def heard() -> Iterator[dict[str, set[str]]]:
    """The names of the arguments of each signal that is sent, by the name of the signal."""
    heard: dict[str, set[str]] = {}
    listeners = {}
    for name, signal in SIGNALS.items():

        def listen(name: str = name, **arguments: Any) -> None:
            heard[name] = arguments.keys() - {"sender", "signal"}

        listeners[name] = listen
        signal.connect(listen)
    yield heard
    for name, signal in SIGNALS.items():
        signal.disconnect(listeners[name])


def test_each_signal_is_sent_with_the_documented_arguments(
    gateway: Sandbox, make_message: Callable[..., Message], clock: Any, heard: dict[str, set[str]]
):
    make_message(phone="+380990000203")
    make_message()
    for _ in range(2):
        doors.work()
        gateway.advance(60)
        clock.shift(60)
    page = (Path(__file__).parents[1] / "docs" / "howto" / "extend.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(message_\w+)` \|.*\| (.*) \|$", page, re.MULTILINE)
    documented = {name: set(re.findall(r"`(\w+)`", arguments)) for name, arguments in rows}
    assert heard == documented
    assert documented.keys() == SIGNALS.keys()


def test_a_message_keeps_the_sites_own_ids(box: Outbox):
    order = {"order": uuid.uuid4(), "total": Decimal("10.50")}
    message = send(PHONE, metadata=order)
    message.refresh_from_db()
    assert message.metadata == {"order": str(order["order"]), "total": "10.50"}
    message.metadata["seen"] = True
    message.save()
    assert Message.objects.get(metadata__seen=True) == message


@pytest.fixture(params=["a number", "a text"])
def related(request: pytest.FixtureRequest, transactional_db: None) -> Any:
    """An object of the site with a key of some type."""
    if request.param == "a number":
        return User.objects.create(username="olena")
    return Session.objects.create(session_key="k" * 32, session_data="", expire_date=timezone.now())


def test_a_message_is_about_an_object_of_the_site_and_outlives_it(box: Outbox, related: Any):
    message = send(PHONE, about=related)
    send_messages([Message(phone=PHONE, text="Too", sender="SMSTest", about=related)])
    send(PHONE)
    message = Message.objects.get(pk=message.pk)
    assert message.about == related
    assert Message.objects.about(related).count() == 2
    related.delete()
    assert message.about is None
    assert Message.objects.filter(about_model=related._meta.label_lower).count() == 2


def test_a_message_is_about_nothing_unsaved(box: Outbox):
    with pytest.raises(ValueError, match="Save this user first"):
        send(PHONE, about=User(username="olena"))
    assert not Message.objects.exists()


@pytest.mark.parametrize("related", ["order-42", 42, User])
def test_a_message_is_about_no_other_thing(box: Outbox, related: Any):
    with pytest.raises(TypeError, match="an instance of one of the site's models, not about a"):
        send(PHONE, about=related)
    assert not Message.objects.exists()


@pytest.mark.parametrize("ids", [{"total": float("nan")}, {"totals": [float("inf")]}])
def test_the_sites_own_ids_are_what_every_database_keeps(box: Outbox, ids: dict[str, Any]):
    with pytest.raises(ValidationError, match="cannot be stored") as caught:
        send(PHONE, metadata=ids)
    assert set(caught.value.message_dict) == {"metadata"}
    with pytest.raises(ValidationError, match="cannot be stored"):
        send_messages([Message(phone=PHONE, text="Too", sender="SMSTest", metadata=ids)])
    assert not Message.objects.exists()


@pytest.mark.parametrize("metadata", ["order-42", 42, ["order", 42]])
def test_the_sites_own_ids_have_names(box: Outbox, metadata: Any):
    with pytest.raises(ValidationError, match="must map names to values") as caught:
        send(PHONE, metadata=metadata)
    assert set(caught.value.message_dict) == {"metadata"}
    assert not Message.objects.exists()


def test_a_model_that_left_the_site_is_nothing(box: Outbox):
    assert Message(about_model="shop.order", about_id="1").about is None
    assert send(PHONE).about is None
