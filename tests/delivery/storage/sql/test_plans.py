"""How PostgreSQL reads the statements that are written by hand, while its statistics are of another time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests import doors
from tests.delivery.storage.test_plans import statistics
from viber_messaging.delivery.decisions.outcomes import Verdict
from viber_messaging.delivery.send import results
from viber_messaging.delivery.storage.sql import update_messages
from viber_messaging.models import Message
from viber_messaging.states import AttemptOutcome, MessageState

COUNT = 500
ACCEPTED = Verdict(outcome=AttemptOutcome.ACCEPTED, state=MessageState.ACCEPTED, status_code=1)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="others read them as they are written"),
]


@pytest.fixture(autouse=True)
def queue(configure: Callable[..., None]) -> Iterator[None]:
    """Many messages, and statistics of the time when all of them were queued."""
    configure(DISPATCH="worker")
    content = {"sender": "SMSTest", "phone": "+380971234567", "text": "ї" * 900}
    Message.objects.bulk_create([Message(**content, queued_at=timezone.now()) for _ in range(4 * COUNT)])
    with statistics():
        yield


@contextmanager
def plans() -> Iterator[list[Any]]:
    """Note the plan of each change of messages."""
    found: list[Any] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('UPDATE "viber_messaging_message"'):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                found.append(cursor.fetchone()[0][0]["Plan"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def joins_anew_for_each(plan: Any) -> bool:
    """Tell whether what is told is read from its beginning for each message."""
    parts = plan.get("Plans", [])
    is_here = plan["Node Type"] == "Nested Loop" and "Function Scan" in str(parts[-1])
    return is_here or any(map(joins_anew_for_each, parts))


def test_the_answers_to_a_package_are_not_read_anew_for_each_message():
    package = doors.claim(COUNT)
    assert package is not None
    numbers = {claim.pk: str(claim.pk) for claim in package.claims}
    with plans() as found:
        moved = results.record(package, {ACCEPTED: package.claims}, started_at=timezone.now(), numbers=numbers)
    assert moved.total() == COUNT
    (plan,) = found
    assert not joins_anew_for_each(plan)


def test_what_a_status_answer_changes_is_not_read_anew_for_each_message():
    pks = list(Message.objects.order_by("pk").values_list("pk", flat=True)[:COUNT])
    Message.objects.filter(pk__in=pks).update(state=MessageState.ACCEPTED)
    ends = [timezone.now() + timedelta(seconds=number) for number in range(COUNT)]
    with plans() as found:
        changed = update_messages.update(pks, MessageState.ACCEPTED, {"state": "delivered"}, {"completed_at": ends})
    assert changed == COUNT
    (plan,) = found
    assert not joins_anew_for_each(plan)
