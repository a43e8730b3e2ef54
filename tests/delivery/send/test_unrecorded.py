"""Answers that cannot be written down: nothing more is sent meanwhile, by any process of the site."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import Error
from django.urls import reverse

from tests import doors
from tests.delivery.faults import deadlocks
from viber_messaging.models import Connection, Message, SendAttempt
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]


def run_and_fail() -> None:
    with pytest.raises(Error):
        doors.work()


@pytest.fixture
def many(gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None]) -> list[Message]:
    configure(PACKAGE_SIZE=4)
    return [make_message() for _ in range(12)]


def test_the_runs_that_follow_send_nothing(gateway: Sandbox, many: list[Message]):
    with deadlocks(SendAttempt, "INSERT", times=1000):
        run_and_fail()
        reports = [doors.work() for _ in range(3)]
    assert gateway.request_count == 1
    assert {report.problem for report in reports} == {connection_error()}


def connection_error() -> str:
    return Connection.objects.get().error


def test_after_the_pause_a_single_message_is_risked(gateway: Sandbox, many: list[Message], clock: Any):
    with deadlocks(SendAttempt, "INSERT", times=1000):
        run_and_fail()
        clock.shift(60)
        run_and_fail()
    assert gateway.submissions.total() == 4 + 1


def test_the_pauses_grow(gateway: Sandbox, many: list[Message], clock: Any):
    with deadlocks(SendAttempt, "INSERT", times=1000):
        for _ in range(3):
            run_and_fail()
            clock.shift(40 * Connection.objects.get().failure_count)
    assert Connection.objects.get().failure_count == 3


def test_once_answers_can_be_written_again_all_are_sent_once(gateway: Sandbox, many: list[Message], clock: Any):
    with deadlocks(SendAttempt, "INSERT", times=1000):
        run_and_fail()
    for _ in range(10):
        clock.shift(301)
        doors.work()
    assert set(Message.objects.values_list("state", flat=True)) <= {MessageState.DELIVERED, MessageState.READ}
    assert set(gateway.submissions.values()) == {1}
    assert Connection.objects.get().package_limit is None


def test_the_banner_says_why(gateway: Sandbox, many: list[Message], admin_client: Any):
    with deadlocks(SendAttempt, "INSERT", times=1000):
        run_and_fail()
    page = unescape(admin_client.get(reverse("admin:viber_messaging_message_changelist")).content.decode())
    assert "The gateway's answers cannot be saved in the database." in page
