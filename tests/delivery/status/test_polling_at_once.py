"""What many statuses cost: a package of answers is written as a whole, however many messages it speaks of."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import doors
from viber_messaging import signals
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.send.dispatch import never
from viber_messaging.delivery.status import polling
from viber_messaging.gateway.entities import Reply, StatusResult
from viber_messaging.models import Message
from viber_messaging.states import MessageState

COUNT = 100
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.django_db(transaction=True)


class Answering:
    """A gateway that says of each message what the test says."""

    def __init__(self, say: Callable[[int], StatusResult | None]) -> None:
        self.say = say

    def status(self, references: Sequence[int]) -> Reply[StatusResult]:
        said = {reference: result for reference in references if (result := self.say(reference)) is not None}
        return Reply(results=said, http_status=200)


@pytest.fixture(autouse=True)
def _messages(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker", PACKAGE_SIZE=COUNT)
    content = {"sender": "SMSTest", "phone": "+380971234567", "text": "Text", "status_code": 101}
    Message.objects.bulk_create(
        Message(**content, state="accepted", accepted_at=NOON, msg_id=str(n), reference=n) for n in range(1, COUNT + 1)
    )


def poll(say: Callable[[int], StatusResult | None]) -> tuple[Report, list[str]]:
    """Ask once; return the report and the statements that write."""
    with CaptureQueriesContext(connection) as captured:
        report = ask(say)
    statements = [query["sql"] for query in captured.captured_queries]
    return report, [sql for sql in statements if "UPDATE" in sql]


def ask(say: Callable[[int], StatusResult | None]) -> Report:
    report, gateway = Report(), cast("Any", Answering(say))
    polling.poll(gateway, report, accepted_before=timezone.now(), limit=COUNT, should_stop=never)
    return report


def test_those_of_which_nothing_is_new_are_only_asked_again_later():
    _report, writes = poll(lambda reference: StatusResult(id=reference, code=101, sms_id=str(reference)))
    (write,) = writes
    assert write.count("SET") == 1
    assert "status_code" not in write
    waiting = Message.objects.filter(state="accepted", status_code=101, next_attempt_at__gt=timezone.now())
    assert waiting.count() == COUNT


def test_a_new_code_is_written_together_with_when_to_ask_again():
    _report, writes = poll(lambda reference: StatusResult(id=reference, code=110, sms_id=str(reference)))
    assert len(writes) == 1
    assert Message.objects.filter(status_code=110, next_attempt_at__gt=timezone.now()).count() == COUNT


def test_each_keeps_the_moment_at_which_it_was_delivered_and_its_number():
    report, writes = poll(lambda n: StatusResult(id=n, code=102, sms_id=f"7{n}", date_completed=NOON + n * SECOND))
    assert report.moved == {MessageState.DELIVERED: COUNT}
    assert len(writes) == 1
    stored = Message.objects.values_list("reference", "state", "completed_at", "msg_id", "next_attempt_at")
    assert set(stored) == {(n, "delivered", NOON + n * SECOND, f"7{n}", None) for n in range(1, COUNT + 1)}


def test_what_became_of_another_meanwhile_is_not_written_over():
    def say(reference: int) -> StatusResult:
        Message.objects.filter(reference=1).update(state=MessageState.CANCELLED, msg_id="kept")
        return StatusResult(id=reference, code=102, sms_id=f"7{reference}", date_completed=NOON + reference * SECOND)

    report = ask(say)
    assert report.moved == {MessageState.DELIVERED: COUNT - 1}
    assert Message.objects.get(reference=1).msg_id == "kept"


def test_a_listener_hears_from_one_of_two_that_asked_at_once(listen: Callable[..., list[int]]):
    heard = listen(signals.message_status_changed)

    def delivered(reference: int) -> StatusResult:
        return StatusResult(id=reference, code=102, sms_id=str(reference), date_completed=NOON)

    def while_another_asks(reference: int) -> StatusResult:
        if reference == 1:
            Message.objects.filter(reference=COUNT).update(state=MessageState.CANCELLED)
            ask(delivered)
        return delivered(reference)

    report = ask(while_another_asks)
    assert not report.moved.total()
    assert heard == list(range(1, COUNT))


def test_what_a_listener_does_to_the_others_silences_no_change(listen: Callable[..., list[int]]):
    def retry_another(message: Message, **kwargs: Any) -> None:
        doors.retry(Message.objects.exclude(pk=message.pk))

    def say(reference: int) -> StatusResult:
        return StatusResult(id=reference, code=202 + reference % 2, sms_id="0")

    signals.message_status_changed.connect(retry_another)
    try:
        heard = listen(signals.message_status_changed)
        ask(say)
    finally:
        signals.message_status_changed.disconnect(retry_another)
    assert sorted(heard) == list(range(1, COUNT + 1))


def test_a_number_that_is_new_of_one_on_its_way_is_kept_and_it_is_asked_again_later():
    poll(lambda reference: StatusResult(id=reference, code=101, sms_id=f"7{reference}"))
    rows = Message.objects.filter(next_attempt_at__gt=timezone.now()).values_list("msg_id", flat=True)
    assert set(rows) == {f"7{n}" for n in range(1, COUNT + 1)}


def test_an_answer_of_many_kinds_writes_each_kind_once():
    kinds = [101, 110, 102, 103, 105, None]

    def say(reference: int) -> StatusResult | None:
        code = kinds[reference % len(kinds)]
        return StatusResult(id=reference, code=code, sms_id=str(reference)) if code else None

    report, writes = poll(say)
    assert report.moved == {MessageState.DELIVERED: 17, MessageState.UNDELIVERED: 34}
    assert len(writes) == 5
    assert Message.objects.filter(next_attempt_at__gt=timezone.now()).count() == COUNT - 51
