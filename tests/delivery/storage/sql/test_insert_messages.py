"""Messages inserted many at a time are stored as one by one."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import doors
from tests.delivery.conftest import MakeCampaign, phone
from tests.moments import Moments
from viber_messaging.api import send_messages
from viber_messaging.delivery.storage.sql import insert_messages
from viber_messaging.models import Message, RecipientGroup

Crowd = Callable[..., RecipientGroup]
MOMENT = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
IMAGE = "https://image.url/a.png"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


def various() -> list[Message]:
    """Return messages of which no two are alike in any column that a site may fill."""
    return [
        Message(phone=phone(1), sender="SMSTest", text="Один %s {} \\ ' \"", reference=1, created_at=MOMENT),
        Message(phone=phone(2), sender="Kvitka", text="Two\nlines", reference=2, type="image", image=IMAGE),
        Message(phone=phone(3), sender="SMSTest", text="{NULL}", reference=3, metadata={"order": [1, "ї"]}),
        Message(phone=phone(4), sender="SMSTest", text="NULL", reference=4, scheduled_at=MOMENT, state="draft"),
        Message(phone=phone(5), sender="SMSTest", text="\\N", reference=5, about_model="shop.order", about_id="7"),
    ]


def stored() -> list[dict[str, Any]]:
    rows = Message.objects.order_by("reference").values()
    return [
        {name: value for name, value in row.items() if name not in ("id", "created_at", "queued_at")} for row in rows
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_each_column_is_stored_as_the_orm_stores_it(count: int):
    Message.objects.bulk_create(various()[:count])
    expected = stored()
    Message.objects.all().delete()
    insert_messages.insert(various()[:count])
    assert stored() == expected
    assert len(expected) == count


def test_messages_that_are_alike_are_stored_each():
    insert_messages.insert(
        [Message(phone=phone(1), sender="SMSTest", text="Text", created_at=MOMENT) for _ in range(3)]
    )
    assert Message.objects.filter(created_at=MOMENT, queued_at__isnull=False).count() == 3


def test_what_is_equal_and_not_the_same_is_stored_as_it_is():
    kyiv = ZoneInfo("Europe/Kyiv")
    twice = [datetime(2026, 10, 25, 3, 30, tzinfo=kyiv, fold=fold) for fold in (0, 1)]
    values = [({"a": 1}, twice[0]), ({"a": True}, twice[1]), ({"a": 1.0}, twice[0])]
    messages = [
        Message(phone=phone(1), sender="SMSTest", text="Text", metadata=data, scheduled_at=moment)
        for data, moment in values
    ]
    insert_messages.insert(messages)
    found = Message.objects.order_by("pk").values_list("metadata", "scheduled_at")
    assert [repr(data) for data, _moment in found] == ["{'a': 1}", "{'a': True}", "{'a': 1.0}"]
    assert [moment.hour for _data, moment in found] == [0, 1, 0]


@pytest.mark.parametrize("about", ["a\0b", "\ud800"])
def test_a_text_that_cannot_be_kept_is_refused_or_kept_whole_and_never_spoils_the_table(about: str):
    messages = [Message(phone=phone(n), sender="SMSTest", text="T", about_id=f"{about}{n}") for n in range(2)]
    with suppress(ValueError, DataError):
        insert_messages.insert(messages)
    assert set(Message.objects.values_list("about_id", flat=True)) <= {f"{about}0", f"{about}1"}


def test_a_reference_that_was_chosen_is_never_drawn_anew():
    """It may be there because the message was sent before: whoever runs a task again sends nothing twice."""
    send_messages([Message(phone=phone(1), sender="SMSTest", text="Text", reference=4242)])
    with pytest.raises(IntegrityError), transaction.atomic():
        send_messages([Message(phone=phone(1), sender="SMSTest", text="Text", reference=4242)])
    assert Message.objects.count() == 1


def test_a_reference_that_was_drawn_is_drawn_again_where_it_is_taken(moments: Moments):
    send_messages([Message(phone=phone(1), sender="SMSTest", text="Text", reference=4242)])
    drawn = iter([4242, 4243])
    moments.replace("the drawing of a reference", lambda: next(drawn))
    send_messages([Message(phone=phone(2), sender="SMSTest", text="Text")])
    assert Message.objects.get(phone=phone(2)).reference == 4243


def test_a_key_that_was_chosen_is_kept():
    insert_messages.insert([Message(pk=77, phone=phone(1), sender="SMSTest", text="Text")])
    assert Message.objects.get().pk == 77


def test_what_could_not_be_sent_is_refused_past_all_checks_too():
    with pytest.raises(ValidationError):
        insert_messages.insert([Message(phone="nobody", sender="SMSTest", text="Text")])


def test_whoever_sends_many_may_go_on_with_them():
    messages = [Message(phone=phone(n), sender="SMSTest", text="Text") for n in range(3)]
    send_messages(messages)
    assert [Message.objects.get(pk=message.pk).phone for message in messages] == [phone(n) for n in range(3)]
    Message.objects.update(state="accepted")
    messages[0].save()
    assert Message.objects.get(pk=messages[0].pk).state == "accepted"


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite keeps texts of any length")
@pytest.mark.parametrize("others", [[], ["7"]])
def test_what_does_not_fit_is_refused_and_never_cut(others: list[str]):
    ids = ["7" * 256, *others]
    with pytest.raises(DataError):
        insert_messages.insert([Message(phone=phone(1), sender="SMSTest", text="Text", about_id=id_) for id_ in ids])


def test_a_thousand_messages_cost_as_many_queries_as_one():
    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            send_messages(Message(sender="SMSTest", phone=phone(n), text=f"{n}") for n in range(count))
        return len(captured.captured_queries)

    few = queries(1)
    assert few <= 8
    assert queries(1000) == few
    assert queries(3000) - queries(2000) <= few - 2


def test_a_batch_of_a_campaign_costs_as_many_queries_as_one_message(
    crowd: Crowd, make_campaign: MakeCampaign, monkeypatch: pytest.MonkeyPatch
):
    make_campaign(crowd(2001))

    def queries(limit: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert doors.expand(limit) == limit
        return len(captured.captured_queries)

    queries(1)
    few = queries(1)
    assert few <= 14
    assert [queries(500), queries(1000)] == [few, few]


@pytest.mark.parametrize("values", [[1, True, 1.5], [0, False], [1, 2]])
def test_plain_data_that_are_equal_and_not_the_same_are_stored_as_they_are(values: list[Any]):
    insert_messages.insert([Message(phone=phone(1), sender="SMSTest", text="Text", metadata=value) for value in values])
    found = Message.objects.order_by("pk").values_list("metadata", flat=True)
    assert list(map(repr, found)) == list(map(repr, values))
