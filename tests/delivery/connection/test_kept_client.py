"""The client that a thread keeps: whom it serves, and when it is let go."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import doors
from tests.gateway.servers import Visit, answer, serving
from tests.moments import Moments
from viber_messaging.delivery.connection import kept_client
from viber_messaging.delivery.connection.guard import GuardedGateway
from viber_messaging.gateway.client import Client
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox


@pytest.fixture(autouse=True)
def shelf_of_its_own(moments: Moments) -> Iterator[None]:
    moments.set("the shelf of connected clients", kept_client._Shelf())
    yield
    if moments.original("the shelf of connected clients").kept is not None:
        moments.original("the shelf of connected clients").kept.close()


def accepting_all(visit: Visit) -> None:
    """Accept each message of each request."""
    while request := visit.read_request():
        ids = re.findall(rb'<msg id="(\d+)"', request)
        visit.write(answer(b"<package><message-viber>%s</message-viber></package>" % b"".join(map(_accepted, ids))))


def _accepted(id_: bytes) -> bytes:
    return b'<msg id="%s" msg_id="1%s">1</msg>' % (id_, id_)


@pytest.fixture
def closed(moments: Moments) -> list[Client]:
    """The clients that were closed."""
    found: list[Client] = []
    close = moments.original("the closing of the client")
    moments.replace("the closing of the client", lambda self: (found.append(self), close(self))[1])
    return found


def used() -> Any:
    """Open a client, as an inline send does, and let it go again."""
    with doors.open_client(keep=True) as client:
        client.balance()
    return client


def test_the_next_use_finds_it_connected(gateway: Sandbox, closed: list[Client]):
    assert used() is used()
    assert not closed


def test_one_that_was_idle_for_long_connects_anew(gateway: Sandbox, closed: list[Client], moments: Moments):
    first = used()
    moments.set("seconds a connection may idle", -1.0)
    assert used() is first
    assert closed == [first.gateway]


def test_an_error_closes_it(gateway: Sandbox, closed: list[Client]):
    client: Any = doors.open_client(keep=True)
    client.balance()
    client.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert closed == [client.gateway]
    assert used() is client


def test_other_settings_make_another(gateway: Sandbox, configure: Callable[..., None], closed: list[Client]):
    first = used()
    configure(TOTAL_TIMEOUT=1)
    assert used() is not first
    assert closed == [first.gateway]


def test_another_process_makes_another(gateway: Sandbox, monkeypatch: pytest.MonkeyPatch):
    first = used()
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert used() is not first


def test_another_thread_makes_another(gateway: Sandbox):
    first, found = used(), list[Any]()
    thread = threading.Thread(target=lambda: found.append(used()))
    thread.start()
    thread.join()
    assert found[0] is not first


def test_one_in_use_is_lent_to_nobody_else_and_both_close(gateway: Sandbox, closed: list[Client]):
    with doors.open_client(keep=True) as outer:
        inner: Any = used()
        assert inner is not outer
    assert closed == [inner.gateway]


def test_a_run_of_the_worker_closes_its_own(gateway: Sandbox, closed: list[Client]):
    with doors.open_client() as client:
        client.balance()
    assert isinstance(client, GuardedGateway)
    assert closed == [client.gateway]


def test_it_tells_no_secret(gateway: Sandbox):
    assert gateway.key not in repr(vars(used())) + repr(used())


@pytest.mark.parametrize(("path", "visits"), [("SigningGateway", 1), ("ParticularGateway", 10)])
def test_a_subclass_stays_connected_unless_it_says_itself_what_a_with_does(
    configure: Callable[..., None], make_message: Callable[..., Message], path: str, visits: int, transactional_db: None
):
    with serving(accepting_all) as server:
        configure(API_URL=server.url, API_KEY="key", DISPATCH="inline", GATEWAY=f"tests.replacing.{path}")
        for _ in range(10):
            make_message()
    assert set(Message.objects.values_list("state", flat=True)) == {"accepted"}
    assert server.visit_count == visits
