"""How the database finds what is due among many messages that have ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests import copied_rows, doors
from viber_messaging.delivery.queue import claim_statements
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.send.dispatch import never
from viber_messaging.delivery.status import polling, recovery
from viber_messaging.delivery.storage.sql import index_order
from viber_messaging.models import Campaign, Message

EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN ", "mysql": "EXPLAIN "}
ANALYZE = {"sqlite": "ANALYZE", "postgresql": "ANALYZE", "mysql": "ANALYZE TABLE viber_messaging_message"}


@contextmanager
def statistics() -> Iterator[None]:
    """Let the planner know what is in the table now, for the length of a test."""
    with connection.cursor() as cursor:
        cursor.execute(ANALYZE[connection.vendor])
        yield
        forget_statistics(cursor)


def forget_statistics(cursor: Any) -> None:
    """Leave the planner with nothing that it knew of the table; emptying a table keeps what is known of it."""
    if connection.vendor == "sqlite":
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.execute("ANALYZE sqlite_schema")
    elif connection.vendor == "postgresql":
        cursor.execute("DELETE FROM pg_statistic WHERE starelid = 'viber_messaging_message'::regclass")


@pytest.fixture
def ended(configure: Callable[..., None], transactional_db: None) -> Iterator[None]:
    """Many messages that have ended, and statistics of the time when nothing else was there."""
    configure(DISPATCH="worker")
    fill(3000, state="delivered", completed_at=timezone.now())
    with statistics():
        yield


@contextmanager
def plans() -> Iterator[list[str]]:
    """Note the plan of each search for messages; those read by their keys are no search."""
    found: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and "viber_messaging_message" in sql and " IN (" not in sql:
            with connection.cursor() as cursor:
                cursor.execute(EXPLAIN[connection.vendor] + sql, params)
                found.append(str(cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def claim_singles() -> None:
    doors.claim(100, singles_only=True)


def claim_others() -> None:
    with index_order.in_index_order():
        claim_statements.look(100, timezone.now(), 0, locked=False)


def rescue() -> None:
    doors.release_abandoned()


def ask_for_doubts() -> None:
    recovery.settle_unconfirmed(None, Report(), limit=100, should_stop=never)  # type: ignore[arg-type]


def poll() -> None:
    polling.poll(None, Report(), accepted_before=timezone.now(), limit=100, should_stop=never)  # type: ignore[arg-type]


@pytest.mark.parametrize("search", [claim_others, rescue, ask_for_doubts, poll])
def test_what_is_due_is_found_without_walking_over_what_has_ended(ended: None, search: Callable[[], None]):
    with plans() as found:
        search()
    (plan,) = found
    assert "viber_message_due" in plan


SINGLE = {"sqlite": "viber_message_single", "postgresql": "viber_message_single", "mysql": "viber_message_campaign"}


def fill(count: int, **fields: Any) -> None:
    message = Message.objects.create(sender="SMSTest", phone="+380971234567", text="Text " * 50, **fields)
    copied_rows.copy(message, count)


def queue_of_a_campaign(count: int) -> None:
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi", state="running")
    content = {"sender": "SMSTest", "text": "Text " * 50, "campaign": campaign, "queued_at": timezone.now()}
    phones = [f"+38097{number:07d}" for number in range(count)]
    copied_rows.copy(Message.objects.create(**content, phone=phones[0]), count, phone=phones)


@pytest.mark.parametrize("known", ["nothing", "only what has ended", "all"])
def test_a_message_of_no_campaign_is_found_by_one_probe_whatever_else_is_queued(
    configure: Callable[..., None], transactional_db: None, known: str
):
    configure(DISPATCH="worker")
    if known == "only what has ended":
        fill(1000, state="delivered")
        with statistics():
            queue_of_a_campaign(3000)
            assert_probed(claim_singles)
    elif known == "all":
        queue_of_a_campaign(3000)
        with statistics():
            assert_probed(claim_singles)
    else:
        queue_of_a_campaign(3000)
        assert_probed(claim_singles)


def assert_probed(search: Callable[[], None]) -> None:
    with plans() as found:
        search()
    (plan,) = found
    assert SINGLE[connection.vendor] in plan


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the others have no plan that sorts")
@pytest.mark.parametrize("search", [claim_singles, claim_others])
@pytest.mark.parametrize("is_single", [False, True])
def test_what_was_inserted_since_the_last_statistics_is_not_sorted(
    configure: Callable[..., None], transactional_db: None, search: Callable[[], None], is_single: bool
):
    configure(DISPATCH="worker")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE viber_messaging_message SET (autovacuum_enabled = false)")
        forget_statistics(cursor)
    if is_single:
        fill(6000)
    else:
        queue_of_a_campaign(6000)
    with plans() as found:
        search()
    assert "Sort" not in found[0]
    assert "viber_message_" in found[0]
