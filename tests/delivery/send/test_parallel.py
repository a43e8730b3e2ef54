"""Several requests under way at once, one owner of the database."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, connection

from tests import doors
from tests.moments import Moments
from viber_messaging.delivery.runs import worker
from viber_messaging.delivery.send import parallel
from viber_messaging.gateway import errors
from viber_messaging.gateway.client import Client
from viber_messaging.models import Connection, Message, SendAttempt
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]


@pytest.fixture
def several(configure: Callable[..., None], gateway: Sandbox, make_message: MakeMessage) -> list[Message]:
    """Twelve messages that travel in packages of two, three packages at once."""
    configure(PACKAGE_SIZE=2, CONCURRENCY=3)
    return [make_message() for _ in range(12)]


@pytest.fixture
def together(moments: Moments) -> threading.Barrier:
    """Let no request end before three are under way."""
    barrier, send = threading.Barrier(3, timeout=10), moments.original("the request to send")

    def send_together(client: Client, messages: Any) -> Any:
        barrier.wait()
        return send(client, messages)

    moments.replace("the request to send", send_together)
    return barrier


def test_as_many_requests_are_under_way_at_once_as_the_setting_says(
    gateway: Sandbox, several: list[Message], together: threading.Barrier
):
    report = doors.work()
    assert (report.sent, report.problem) == (12, "")
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.ACCEPTED}
    numbers = {id_: str(message.msg_id) for id_, message in gateway.accepted.items()}
    assert dict(Message.objects.values_list("reference", "msg_id")) == numbers
    assert all(gateway.times_accepted(id_) == 1 for id_ in numbers)
    assert SendAttempt.objects.count() == 12


def test_threads_touch_no_database(several: list[Message]):
    owner, strangers = threading.get_ident(), list[int]()

    def look(execute: Any, *args: Any) -> Any:
        strangers.append(threading.get_ident())
        return execute(*args)

    with connection.execute_wrapper(look):
        doors.work()
    assert set(strangers) == {owner}


def test_each_claim_is_committed_before_its_request(several: list[Message], moments: Moments):
    start, held = moments.original("the start of a flight"), list[tuple[bool, set[str]]]()

    def look(self: parallel.Flights, delivery: Any) -> None:
        pks = [claim.pk for claim in delivery.package.claims]
        states = set(Message.objects.filter(pk__in=pks).values_list("state", flat=True))
        if delivery.pieces:
            held.append((connection.in_atomic_block, states))
        start(self, delivery)

    moments.replace("the start of a flight", look)
    doors.work()
    assert held == [(False, {MessageState.SENDING})] * 6


def test_a_limit_holds_for_all_that_is_under_way(several: list[Message]):
    assert doors.work(limit=5).sent == 5
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 7


def test_a_wish_to_stop_lets_the_packages_in_flight_end(
    several: list[Message], together: threading.Barrier, moments: Moments
):
    taken, claim = list[int](), moments.original("the claim")

    def count(*args: Any, **kwargs: Any) -> Any:
        taken.append(1)
        return claim(*args, **kwargs)

    moments.replace("the claim", count)
    report = doors.work(should_stop=lambda: len(taken) >= 3)
    assert report.sent == 6
    assert Message.objects.filter(state=MessageState.SENDING).count() == 0
    assert Message.objects.filter(state=MessageState.ACCEPTED).count() == 6


def test_an_outage_met_by_several_requests_at_once_is_one_failure(
    gateway: Sandbox, several: list[Message], together: threading.Barrier, configure: Callable[..., None]
):
    configure(API_KEY="wrong")
    report = doors.work()
    assert report.problem
    state = worker.health.row()
    assert (state.failure_count, state.reason) == (1, "account_refused")
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 12


def test_a_package_that_cannot_be_recorded_keeps_no_other_from_being_recorded(
    several: list[Message], together: threading.Barrier, moments: Moments
):
    record, failures = moments.original("the record"), list[int]()

    def fail_once(*args: Any, **kwargs: Any) -> Any:
        if not failures:
            failures.append(1)
            raise Error
        return record(*args, **kwargs)

    moments.replace("the record", fail_once)
    with pytest.raises(Error):
        doors.work()
    assert Message.objects.filter(state=MessageState.ACCEPTED).count() == 4
    assert Message.objects.filter(state=MessageState.SENDING).count() == 2


def test_a_bad_message_is_found_while_other_packages_fly(gateway: Sandbox, several: list[Message]):
    Message.objects.filter(pk=several[3].pk).update(text="bad \x01 text")
    report = doors.work()
    assert report.moved == {MessageState.ACCEPTED: 11, MessageState.FAILED: 1}


def test_the_rate_holds(several: list[Message], configure: Callable[..., None]):
    configure(RATE_LIMIT=40)
    started = worker.time.monotonic()
    report = doors.work()
    assert report.sent == 12
    assert worker.time.monotonic() - started >= 10 / 40


@pytest.fixture
def slow_last(several: list[Message], moments: Moments) -> Callable[..., list[int]]:
    """Let the request with the third package end as told once an event has come; return the sizes that it had."""

    def make(event: threading.Event, error: Exception | None = None) -> list[int]:
        send, references, sizes = (
            moments.original("the request to send"),
            {message.reference for message in several[4:6]},
            list[int](),
        )

        def send_late(client: Client, messages: Any) -> Any:
            if references.isdisjoint(message.id for message in messages):
                return send(client, messages)
            sizes.append(len(messages))
            event.wait(10)
            if error is not None:
                raise error
            return send(client, messages)

        moments.replace("the request to send", send_late)
        return sizes

    return make


def test_when_answers_cannot_be_recorded_no_half_of_another_package_is_sent_any_more(
    several: list[Message], slow_last: Callable[..., list[int]], moments: Moments
):
    noted, cannot_record = threading.Event(), moments.original("the note of a lost record")

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise Error

    def note(**since: Any) -> None:
        cannot_record(**since)
        noted.set()

    moments.replace("the record", fail)
    moments.replace("the note of a lost record", note)
    sizes = slow_last(noted, errors.PackageRefused())
    with pytest.raises(Error):
        doors.work()
    assert sizes == [2]
    assert worker.health.row().failure_count == 1
    assert {Message.objects.get(pk=message.pk).state for message in several[4:6]} == {MessageState.QUEUED}


def test_a_success_that_was_under_way_lifts_no_pause_that_another_request_brought(
    several: list[Message], slow_last: Callable[..., list[int]], moments: Moments
):
    Connection.objects.create(pk=Connection.SINGLETON, failure_count=1)
    noted, failed, send = (
        threading.Event(),
        moments.original("the note of failure"),
        moments.original("the request to send"),
    )

    def refuse_first(client: Client, messages: Any) -> Any:
        if messages[0].id == several[0].reference:
            raise errors.AccountRefused
        return send(client, messages)

    def note(error: errors.GatewayError, **since: Any) -> Any:
        failure = failed(error, **since)
        noted.set()
        return failure

    moments.replace("the request to send", refuse_first)
    moments.replace("the note of failure", note)
    slow_last(noted)
    doors.work()
    assert Message.objects.get(pk=several[4].pk).state == MessageState.ACCEPTED
    assert worker.health.row().paused_until is not None
