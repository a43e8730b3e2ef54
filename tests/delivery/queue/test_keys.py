"""Under one key there is one message, however often and by however many it is asked for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from tests import doors
from tests.moments import Moments
from viber_messaging.api import KeyReused, StaleSnapshot, forget, send_message, send_messages
from viber_messaging.models import Connection, Message, Sender
from viber_messaging.models.validators import KEY_MAX_LENGTH
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

PHONE, OTHER, KEY = "+380971234567", "+380671234567", "order-42-shipped"
IMAGE, LINK = "https://image.url/image.png", "https://page.url"
HOUR = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def inline(gateway: Sandbox, configure: Callable[..., None]) -> Sandbox:
    configure(DISPATCH="inline")
    return gateway


def send(**fields: Any) -> Message:
    fields = {"phone": PHONE, "text": "Order 42 is shipped", "key": KEY, "sender": "SMSTest"} | fields
    return send_message(fields.pop("phone"), fields.pop("text"), **fields)


def build(**fields: Any) -> Message:
    return Message(**{"phone": PHONE, "text": "Order 42 is shipped", "key": KEY, "sender": "SMSTest"} | fields)


def test_a_second_call_returns_the_message_that_exists_and_sends_nothing(inline: Sandbox):
    first = send()
    again = send()
    assert (again.pk, again.reference, again.msg_id) == (first.pk, first.reference, first.msg_id)
    assert again.state == MessageState.ACCEPTED
    assert Message.objects.count() == len(inline.accepted) == 1
    assert inline.times_accepted(first.reference) == inline.submissions[first.reference] == 1


def test_what_is_written_otherwise_but_is_the_same_is_no_other_content(inline: Sandbox):
    Sender.objects.create(name="SMSTest", is_default=True)
    first = send(text="One\r\ntwo", scheduled_at=HOUR)
    kyiv = timezone(timedelta(hours=2))
    again = send(phone="097 123-45-67", text="One\ntwo", sender=None, scheduled_at=HOUR.astimezone(kyiv))
    assert again.pk == first.pk


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"text": "Order 43"}, ("text",)),
        ({"phone": OTHER}, ("phone",)),
        ({"sender": "Kvitka"}, ("sender",)),
        ({"scheduled_at": HOUR}, ("scheduled_at",)),
        ({"image": IMAGE}, ("type", "image")),
        ({"image": IMAGE, "button": "Secret", "url": LINK}, ("type", "button", "url", "image")),
    ],
)
def test_other_content_is_refused_by_the_names_of_its_fields(
    inline: Sandbox, changes: dict[str, Any], fields: tuple[str, ...]
):
    send()
    with pytest.raises(KeyReused) as caught:
        send(**changes)
    assert caught.value.fields == fields
    assert set(caught.value.message_dict) == {"key"}
    told = str(caught.value)
    assert all(name in told for name in fields)
    assert not any(value in told for value in ("Order", "380", "Secret", "https", "Kvitka", KEY))
    assert len(inline.accepted) == Message.objects.count() == 1


def test_what_only_the_site_keeps_with_a_message_may_differ(inline: Sandbox):
    first = send(metadata={"try": 1})
    assert send(metadata={"try": 2}).pk == first.pk
    assert Message.objects.get().metadata == {"try": 1}


def test_a_message_that_was_saved_and_never_sent_is_sent_by_the_next_call(
    inline: Sandbox, configure: Callable[..., None]
):
    configure(DISPATCH="worker")
    send()
    configure(DISPATCH="inline")
    assert send().state == MessageState.ACCEPTED
    assert len(inline.accepted) == 1


def test_a_message_that_failed_is_returned_and_not_tried_again(inline: Sandbox):
    first = send()
    Message.objects.update(state=MessageState.FAILED)
    assert (send().pk, send().state) == (first.pk, MessageState.FAILED)
    assert inline.submissions[first.reference] == 1


def test_a_transaction_that_is_rolled_back_leaves_the_key_free(inline: Sandbox):
    with transaction.atomic():
        lost = send()
        transaction.set_rollback(True)
    assert inline.request_count == 0
    assert send().state == MessageState.ACCEPTED
    assert lost.reference is not None


def test_the_key_of_an_erased_person_still_sends_nothing(inline: Sandbox):
    first = send()
    doors.work()
    forget(PHONE)
    again = send()
    assert again.pk == first.pk
    assert again.key != KEY
    assert not Message.objects.filter(key__contains="order").exists()
    assert send_messages([build(), build(key="order-43")]) == 1
    assert inline.times_accepted(first.reference) == 1
    assert Message.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " order", "order ", "a\nb", "a\x00b", "\ud83d", "x" * (KEY_MAX_LENGTH + 1)])
def test_a_key_that_cannot_be_kept_is_told_by_field_everywhere(key: Any):
    ways: list[Callable[[], Any]] = [
        lambda: send(key=key),
        lambda: send_messages([build(key=key)]),
        lambda: Message.objects.create(key=key, phone=PHONE, text="Text", sender="SMSTest"),
        lambda: Message.objects.bulk_create([build(key=key)]),
    ]
    for way in ways:
        with pytest.raises(ValidationError) as caught, transaction.atomic():
            way()
        assert "key" in caught.value.message_dict
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_keys_are_the_same_to_the_letter(configure: Callable[..., None]):
    configure(DISPATCH="worker")
    for key in ("Order", "order", "ordér", "order-ї", "x" * KEY_MAX_LENGTH):
        assert send(key=key).key == key
    assert Message.objects.count() == 5
    assert send(key=42).pk == send(key="42").pk


def test_of_many_messages_those_whose_key_is_known_are_passed_over(inline: Sandbox):
    send()
    given = [build(key="order-1"), build(), build(key="order-2"), build(key="order-1"), build(key=None)]
    assert send_messages(given) == 3
    assert Message.objects.count() == 4
    assert send_messages(build(key=f"order-{number}") for number in (1, 2)) == 0
    assert Message.objects.count() == len(inline.accepted) == 4


@pytest.mark.parametrize("between", [0, 1000])
def test_of_many_messages_one_of_other_content_is_refused_by_its_place(gateway: Sandbox, between: int):
    others = [build(key=f"order-{number}") for number in range(between)]
    with pytest.raises(KeyReused, match=f"Message {between + 2} is invalid") as caught:
        send_messages([build(), *others, build(text="Other")])
    assert caught.value.fields == ("text",)
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_message_that_another_transaction_hides_is_told_as_a_database_error(
    configure: Callable[..., None], moments: Moments
):
    """A snapshot that is older than the other message, as under REPEATABLE READ."""
    configure(DISPATCH="worker")
    send()
    moments.replace("the messages under keys", lambda messages: {})
    with pytest.raises(StaleSnapshot):
        send()
    with pytest.raises(StaleSnapshot):
        send_messages([build()])
    assert Message.objects.count() == 1


@pytest.fixture
def many_connections(transactional_db: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one in-memory database cannot serve several threads; a real server is asked in tests/commands")


@pytest.mark.parametrize("is_atomic", [False, True])
@pytest.mark.parametrize("way", ["send_message", "send_messages"])
def test_of_many_callers_at_once_one_sends(many_connections: None, gateway: Sandbox, is_atomic: bool, way: str):
    count = 8
    barrier = Barrier(count)

    def call(number: int) -> int:
        barrier.wait()
        try:
            if way == "send_message":
                with transaction.atomic() if is_atomic else nullcontext():
                    return int(send().pk)
            with transaction.atomic() if is_atomic else nullcontext():
                return send_messages([build(key=f"own-{number}"), build()])
        finally:
            connections.close_all()

    Connection.objects.all().delete()
    with ThreadPoolExecutor(count) as pool:
        found = list(pool.map(call, range(count)))
    if way == "send_message":
        assert len(set(found)) == Message.objects.count() == 1
    else:
        assert sum(found) == Message.objects.count() == count + 1
    assert Message.objects.filter(key=KEY).count() == 1


@pytest.mark.parametrize("is_first", [False, True])
def test_under_a_snapshot_too_one_sends_and_the_other_is_told_to_try_again(
    many_connections: None, gateway: Sandbox, is_first: bool
):
    if connection.vendor != "postgresql":
        pytest.skip("Django lets MariaDB read what others commit")
    if not is_first:
        Connection.objects.seed()

    def save_elsewhere() -> None:
        try:
            send()
        finally:
            connections.close_all()

    with transaction.atomic():
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert not Message.objects.exists()  # which takes the snapshot
        with ThreadPoolExecutor(1) as pool:
            pool.submit(save_elsewhere).result()
        with pytest.raises(StaleSnapshot):
            send()
    assert send().pk == Message.objects.get().pk
