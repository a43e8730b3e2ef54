"""One worker at a time asks for statuses: several would each ask for all, and the gateway counts requests."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from tests.commands.test_viber_worker import Site
from tests.moments import Moments
from tests.processes import HANG_SECONDS
from viber_messaging.conf import conf
from viber_messaging.delivery.status.polling_lease import PollingLease
from viber_messaging.models import Connection, Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]
COUNT = 60

CREATE_ACCEPTED = f"""
from viber_messaging.api import send_messages
from viber_messaging.models import Message
send_messages(Message(phone=f"+38097{{n:07d}}", sender="SMSTest", text=str(n)) for n in range({COUNT}))
"""


def asked_ids(sandbox: Sandbox) -> list[int]:
    return [reference for request in sandbox.requests if request.command == "status" for reference in request.ids]


@pytest.fixture
def accepted(gateway: Sandbox, make_message: MakeMessage, clock: Any) -> Message:
    """A message that the gateway has delivered, and of which we do not know that yet."""
    message = make_message()
    doors.work()
    gateway.advance(60)
    clock.shift(60)
    return message


def test_what_another_asks_for_is_left_to_it(gateway: Sandbox, accepted: Message):
    with PollingLease() as others:
        assert others.hold()
        doors.work()
        assert asked_ids(gateway) == []
    doors.work()
    assert asked_ids(gateway) == [accepted.reference]


@pytest.mark.parametrize("state", [MessageState.ACCEPTED, MessageState.UNCONFIRMED])
def test_a_request_of_the_site_leaves_to_another_what_that_asks_for(
    gateway: Sandbox, accepted: Message, make_message: MakeMessage, configure: Callable[..., None], state: MessageState
):
    Message.objects.update(state=state, next_attempt_at=None)
    configure(DISPATCH="inline")
    with PollingLease() as others:
        assert others.hold()
        make_message()
        assert asked_ids(gateway) == []
    make_message()
    assert asked_ids(gateway)[0] == accepted.reference


def test_doubts_that_another_asks_for_are_left_to_it(gateway: Sandbox, accepted: Message):
    Message.objects.update(state=MessageState.UNCONFIRMED, next_attempt_at=None)
    with PollingLease() as others:
        assert others.hold()
        doors.work()
        assert asked_ids(gateway) == []
    doors.work()
    assert asked_ids(gateway) == [accepted.reference]


def test_a_worker_that_asks_nothing_more_gives_it_back(accepted: Message):
    doors.work()
    row = Connection.objects.get()
    assert (row.polling_token, row.polling_until) == (None, None)


def test_who_holds_it_may_go_on(accepted: Message):
    with PollingLease() as lease, PollingLease() as other:
        assert [lease.hold(), other.hold(), lease.hold()] == [True, False, True]


def test_a_worker_that_never_held_it_leaves_it_to_its_holder(accepted: Message):
    with PollingLease() as lease:
        lease.hold()
        with PollingLease() as other:
            other.hold()
        with PollingLease() as third:
            assert not third.hold()


@pytest.mark.parametrize("seconds", [-1, 86400], ids=["a worker that died", "a clock that was set back"])
def test_nobody_waits_for_ever(gateway: Sandbox, accepted: Message, seconds: int):
    until = timezone.now() + timedelta(seconds=seconds)
    Connection.objects.update(polling_token="0" * 32, polling_until=until)
    doors.work()
    accepted.refresh_from_db()
    assert accepted.state == MessageState.DELIVERED


def test_it_outlasts_any_question(accepted: Message):
    before = timezone.now()
    with PollingLease() as lease:
        lease.hold()
        until = Connection.objects.get().polling_until
    assert until is not None
    assert until - before >= timedelta(seconds=2 * conf.TOTAL_TIMEOUT)


@pytest.mark.parametrize("milliseconds", [1, 50, 2000])
def test_it_is_not_lost_to_a_clock_that_is_behind(accepted: Message, clock: Any, milliseconds: int):
    with PollingLease() as lease, PollingLease() as other:
        lease.hold()
        clock.shift(-timedelta(milliseconds=milliseconds))
        assert not other.hold()


def test_nothing_is_written_where_nothing_is_due(gateway: Sandbox, make_message: MakeMessage, moments: Moments):
    moments.forbid("the hold of the polling lease")
    make_message()
    doors.work()


def test_a_person_who_asks_waits_for_no_worker(gateway: Sandbox, accepted: Message):
    with PollingLease() as others:
        others.hold()
        doors.ask_now(Message.objects.all())
    assert asked_ids(gateway) == [accepted.reference]


@pytest.mark.processes
def test_four_workers_at_once_ask_for_each_status_once(tmp_path: Path, sandbox: Sandbox):
    site = Site(tmp_path / "site.sqlite3", sandbox)
    site.environment |= {"VIBER_PACKAGE_SIZE": "5", "VIBER_CLAIM_TIMEOUT": "60"}
    site.run("migrate", "--verbosity", "0")
    site.python(CREATE_ACCEPTED)
    site.run("viber_worker", "--once")
    time.sleep(2.5)  # until they are delivered
    processes = [site.start("viber_worker", "--once") for _ in range(4)]
    outputs = [process.communicate(timeout=HANG_SECONDS)[0] for process in processes]
    assert "Traceback" not in "".join(outputs)
    # One package may be read by another just before the first gives the lease back.
    assert COUNT <= len(asked_ids(sandbox)) <= COUNT + 3 * 5
