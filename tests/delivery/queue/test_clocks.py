"""Clocks that step, and hosts whose clocks differ: nothing waits for years, and nothing is sent twice."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests import doors
from viber_messaging.delivery.decisions.backoff import LONGEST_PAUSE_SECONDS
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.send import dispatch
from viber_messaging.gateway.request_outcome import MAX_WAIT_SECONDS
from viber_messaging.models import Connection, Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]

YEARS = timedelta(days=3 * 365).total_seconds()


def test_a_pause_noted_by_a_clock_that_was_years_ahead_is_over(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    message = make_message()
    gateway.fail_next("error-202")
    doors.work()
    clock.shift(-YEARS)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id


@pytest.mark.parametrize("seconds", [MAX_WAIT_SECONDS, 1.2 * LONGEST_PAUSE_SECONDS])
def test_the_longest_pauses_that_there_are_hold(seconds: float):
    now = timezone.now()
    assert Connection(paused_until=now + timedelta(seconds=seconds)).is_paused(now)


@pytest.mark.parametrize("state", ["queued", "unconfirmed"])
def test_a_wait_noted_by_a_clock_that_was_years_ahead_is_over(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, state: str
):
    message = make_message(state=state, next_attempt_at=timezone.now() + timedelta(seconds=YEARS))
    for _ in range(3):
        doors.work()
        clock.shift(60)
    message.refresh_from_db()
    assert message.msg_id
    assert gateway.times_accepted(message.reference) == 1


def test_a_wait_of_a_day_holds(gateway: Sandbox, make_message: MakeMessage):
    make_message(next_attempt_at=timezone.now() + timedelta(days=1))
    doors.work()
    assert gateway.request_count == 0


def test_an_accepted_message_is_polled_after_the_clock_was_set_back(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    make_message()
    doors.work()
    clock.shift(-YEARS)
    assert [doors.work().asked for _ in range(2)] == [1, 0]


def test_a_claim_of_a_clock_that_was_years_ahead_is_recovered_and_sent_once(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    doors.claim(1)
    clock.shift(-YEARS)
    for _ in range(3):
        doors.work()
        clock.shift(60)
    message.refresh_from_db()
    assert message.msg_id
    assert gateway.submissions[message.reference] == 1


@pytest.mark.parametrize("step", [-150, 150])
def test_a_claim_survives_a_step_of_half_of_its_time(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, step: int
):
    message = make_message()
    doors.claim(1)
    clock.shift(step)
    doors.release_abandoned()
    message.refresh_from_db()
    assert message.state == MessageState.SENDING


@pytest.mark.parametrize("skew_seconds", [-1200, 1200])
@pytest.mark.parametrize("order", list(itertools.permutations(["rescue", "post"])))
def test_two_hosts_whose_clocks_differ_by_more_than_a_claim_lasts_send_one_message(
    gateway: Sandbox, make_message: MakeMessage, skew_seconds: int, order: tuple[str, str]
):
    """One host claims; before or after its request the other takes the claim for abandoned and settles it."""
    message, now = make_message(), timezone.now()

    def run_other_host(minutes: int) -> None:
        with time_machine.travel(now + timedelta(seconds=skew_seconds, minutes=minutes), tick=False):
            doors.work()

    report = Report()
    package = doors.claim(1)
    with doors.open_client() as client:
        for step in order:
            if step == "post":
                dispatch.Delivery(package, report).run(client.send)
            else:
                run_other_host(0)
    for minutes in range(1, 5):
        run_other_host(minutes)
        doors.work()
    message.refresh_from_db()
    assert gateway.times_accepted(message.reference) == 1
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
