"""One outage is one failure, whoever meets it, and its end is not announced by a request that was begun before it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from viber_messaging.delivery.connection import health, outages
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.send.package import Delivery
from viber_messaging.gateway import errors
from viber_messaging.models import Connection, Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.django_db(transaction=True)

FAILURES: dict[str, Callable[[datetime], Any]] = {
    "throttled": lambda since: outages.failed(errors.Throttled(code=212), since=since),
    "account refused": lambda since: outages.failed(errors.AccountRefused(code=202), since=since),
    "no clear answer": lambda since: outages.failed(errors.OutcomeUnknown(), since=since),
    "unreachable": lambda since: outages.failed(errors.Unreachable(), since=since),
    "out of money": lambda since: outages.out_of_money(since=since),
    "not recorded": lambda since: outages.cannot_record(since=since),
}


@pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES)
def test_requests_that_were_under_way_when_it_began_count_as_one(fail: Callable[[datetime], Any], settings: Any):
    since = timezone.now()
    fail(since)
    first = health.row()
    for _ in range(5):
        fail(since)
    now = health.row()
    assert now.failure_count == 1
    assert (now.paused_until, now.package_limit) == (first.paused_until, first.package_limit)


@pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES)
def test_a_request_that_was_decided_on_later_counts_anew(fail: Callable[[datetime], Any]):
    for _ in range(3):
        fail(timezone.now())
    assert health.row().failure_count == 3


def test_the_package_is_halved_once(configure: Callable[..., None]):
    configure(PACKAGE_SIZE=100)
    since = timezone.now()
    for _ in range(6):
        outages.failed(errors.Throttled(), since=since)
    assert health.row().package_limit == 50


def test_who_comes_late_to_a_pause_stops_too():
    since = timezone.now()
    outages.failed(errors.Throttled(), since=since)
    assert outages.failed(errors.Throttled(), since=since).pauses


def test_a_grave_failure_pauses_though_a_hiccup_was_noted_meanwhile():
    since = timezone.now()
    assert not outages.failed(errors.OutcomeUnknown(), since=since).pauses
    assert outages.failed(errors.AccountRefused(code=202), since=since).pauses
    row = health.row()
    assert (row.failure_count, row.reason) == (1, "account_refused")
    assert row.paused_until is not None


def test_a_late_failure_does_not_bring_back_a_pause_that_is_over():
    since = timezone.now()
    outages.failed(errors.Throttled(), since=since)
    outages.succeeded(since=timezone.now())
    assert not outages.failed(errors.Throttled(), since=since).pauses
    assert health.row().paused_until is None


def test_a_success_that_was_under_way_lifts_no_pause():
    since = timezone.now()
    outages.failed(errors.Throttled(), since=since)
    before = health.row()
    outages.succeeded(since=since)
    after = health.row()
    assert (after.failure_count, after.paused_until) == (1, before.paused_until)
    outages.succeeded(since=timezone.now())
    assert (health.row().failure_count, health.row().paused_until) == (0, None)


@pytest.mark.parametrize("is_known", [False, True])
def test_a_failure_that_was_dated_before_a_request_and_written_after_it_is_the_same_outage(is_known: bool):
    """It waits for its row meanwhile, so that the younger request has not seen it."""
    seen = health.row() if is_known else Connection()
    outages.failed(errors.Throttled(), since=timezone.now())
    outages.failed(errors.Throttled(), since=timezone.now(), seen=seen)
    assert health.row().failure_count == 1


def test_a_success_lifts_no_pause_that_was_dated_before_it_and_written_after():
    outages.failed(errors.Throttled(), since=timezone.now())
    seen = health.row()
    outages.failed(errors.Throttled(), since=timezone.now(), seen=seen)
    outages.succeeded(seen, since=timezone.now())
    assert health.row().failure_count == 2
    assert health.row().paused_until is not None


def test_a_failure_noted_by_a_clock_that_was_set_back_since_does_not_hide_others():
    outages.failed(errors.Throttled(), since=timezone.now())
    Connection.objects.update(failed_at=timezone.now() + timedelta(days=365))
    outages.failed(errors.Throttled(), since=timezone.now())
    assert health.row().failure_count == 2


def test_new_settings_begin_anew(configure: Callable[..., None]):
    since = timezone.now()
    outages.failed(errors.AccountRefused(code=202), since=since)
    configure(API_KEY="another")
    outages.failed(errors.AccountRefused(code=202), since=since)
    assert health.row().failure_count == 2


def test_a_failure_noted_between_the_look_and_the_request_is_not_counted_again(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None]
):
    make_message()
    package = doors.claim(1)
    assert package is not None
    outages.failed(errors.Throttled(), since=timezone.now())
    gateway.fail_all("error-212")
    with doors.open_client() as client:
        Delivery(package, Report(), Connection()).run(client.send)
    assert health.row().failure_count == 1
    assert Message.objects.get().state == MessageState.QUEUED


def test_one_message_probes_a_connection_that_was_paused_and_the_rest_follows(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=10)
    for _ in range(60):
        make_message()
    gateway.fail_all("http-500")
    for _ in range(10):
        doors.work()
        clock.shift(3700)
        Message.objects.filter(state=MessageState.UNCONFIRMED).update(
            next_attempt_at=timezone.now() + timedelta(days=1)
        )
    sizes = [len(request.ids) for request in gateway.requests if request.command == "message-viber"]
    assert set(sizes[:3]) == {10}, "nobody knows yet that it is an outage"
    assert set(sizes[3:]) == {1}
    gateway.fail_all(None)
    doors.work()
    sizes = [len(request.ids) for request in gateway.requests if request.command == "message-viber"]
    assert max(sizes[-3:]) == 10
