"""The database's own clock and order are never asked: a server may live in any time zone."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

import viber_messaging
from tests import doors
from viber_messaging.admin.message.attempts import rows_of
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]

FAR_AWAY = {"postgresql": "SET TIME ZONE 'Asia/Tokyo'", "mysql": "SET time_zone = '+09:00'"}


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no time zone")
def test_a_claim_lasts_as_long_on_a_server_in_another_time_zone(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    with connection.cursor() as cursor:
        cursor.execute(FAR_AWAY[connection.vendor])
    message = make_message()
    states = []
    doors.claim(1)
    for _ in range(2):
        doors.release_abandoned()
        message.refresh_from_db()
        states.append(message.state)
        clock.shift(301)
    connection.close()
    assert states == [MessageState.SENDING, MessageState.UNCONFIRMED]


def test_no_module_asks_the_database_for_the_time():
    sources = Path(viber_messaging.__file__).parent.rglob("*.py")
    asks = re.compile(r"functions import .*\bNow\b|Now\(\)|CURRENT_TIMESTAMP")
    assert not [path for path in sources if asks.search(path.read_text())]


def test_messages_of_one_moment_and_of_a_clock_that_went_back_leave_in_the_order_they_were_made(
    gateway: Sandbox, make_message: MakeMessage
):
    now = timezone.now().replace(microsecond=0)
    moments = [now, now, now - timedelta(days=1), now]
    made = [make_message(created_at=moment, queued_at=moment).pk for moment in moments]
    package = doors.claim(10)
    assert [claim.pk for claim in package.claims] == made


def test_of_two_attempts_of_one_moment_the_later_row_is_the_last(gateway: Sandbox, make_message: MakeMessage):
    message, now = make_message(), timezone.now()
    for error in ("first", "second"):
        message.attempts.create(number=1, started_at=now, finished_at=now, outcome="unknown", error=error)
    assert [row.said for row in rows_of(message)] == ["second", "first"]
