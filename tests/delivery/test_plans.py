"""How the database finds what is due among many messages that have ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from viber_messaging.delivery import claims, polling, recovery
from viber_messaging.delivery.dispatch import never
from viber_messaging.delivery.report import Report
from viber_messaging.models import Message

EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN ", "mysql": "EXPLAIN "}
ANALYZE = {"sqlite": "ANALYZE", "postgresql": "ANALYZE", "mysql": "ANALYZE TABLE viber_messaging_message"}


@contextmanager
def statistics() -> Iterator[None]:
    """Let the planner know what is in the table now, for the length of a test."""
    with connection.cursor() as cursor:
        cursor.execute(ANALYZE[connection.vendor])
        yield
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_stat1")
            cursor.execute("ANALYZE sqlite_schema")


@pytest.fixture
def ended(configure: Callable[..., None], transactional_db: None) -> Iterator[None]:
    """Many messages that have ended, and statistics of the time when nothing else was there."""
    configure(DISPATCH="worker")
    content = {"sender": "SMSTest", "phone": "+380971234567", "text": "Text " * 50}
    Message.objects.bulk_create(
        [Message(**content, state="delivered", completed_at=timezone.now()) for _ in range(3000)], batch_size=500
    )
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


def claim() -> None:
    claims.claim(100)


def rescue() -> None:
    recovery.release_abandoned(Report())


def ask_for_doubts() -> None:
    recovery.settle_unconfirmed(None, Report(), limit=100, should_stop=never)  # type: ignore[arg-type]


def poll() -> None:
    polling.poll(None, Report(), accepted_before=timezone.now(), limit=100, should_stop=never)  # type: ignore[arg-type]


@pytest.mark.parametrize("search", [claim, rescue, ask_for_doubts, poll])
def test_what_is_due_is_found_without_walking_over_what_has_ended(ended: None, search: Callable[[], None]):
    with plans() as found:
        search()
    (plan,) = found
    assert "viber_message_due" in plan
