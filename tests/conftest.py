"""What the tests share: a stand-in gateway over real HTTP, a clock to turn, messages to send."""

import os
import socket
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.core.cache import cache
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import doors
from tests.flush import empty_tables
from tests.moments import Moments
from tests.processes import watched_processes
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox

collect_ignore = ["hosts/sites"]
"""They have tests of their own, which run where only the wheel is installed."""
CANARY_KEY = "canary-key-7f3a"

IS_CI = os.environ.get("HYPOTHESIS_PROFILE") == "ci"

# Fresh examples in each run, and fewer; in CI always the same and more, because a change must not fail for something
# older. A busy machine fails none, and a failure tells how to repeat it.
hypothesis_settings.register_profile(
    "fresh",
    derandomize=IS_CI,
    max_examples=100 if IS_CI else 40,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("fresh")


@pytest.fixture(scope="session", autouse=True)
def cheap_flush() -> Iterator[None]:
    """A thousand tests commit: content types and permissions are made once for all of them."""
    with mock.patch.object(TransactionTestCase, "_fixture_teardown", empty_tables):
        yield


@pytest.fixture(autouse=True)
def language_of_its_own() -> Iterator[None]:
    """A request leaves its language behind: none of one test may speak in the next."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def processes_of_its_own(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test starts ends with it, and only a marked one starts anything; browsers are shared."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    with watched_processes(allowed=request.node.get_closest_marker("processes") is not None):
        yield


@pytest.fixture(autouse=True)
def cache_of_its_own() -> Iterator[None]:
    """What one test counted is remembered for a while: the next counts anew."""
    yield
    cache.clear()


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Iterator[Moments]:
    """Replace what the package calls at a named moment; the test fails if that never comes."""
    replacing = Moments(monkeypatch)
    yield replacing
    replacing.check()


@pytest.fixture(autouse=True)
def turns_of_its_own(moments: Moments) -> None:
    """What the sends of one test asked about must not spare those of the next."""
    moments.set("the turns of healing", doors.turns())


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(key=CANARY_KEY, silence_seconds=5, slow_seconds=0.2) as running:
        yield running


@pytest.fixture
def configure(settings: Any) -> Callable[..., None]:
    """Change keys of VIBER_MESSAGING for one test."""

    def change(**keys: Any) -> None:
        settings.VIBER_MESSAGING = {**settings.VIBER_MESSAGING, **keys}

    return change


@pytest.fixture
def gateway(sandbox: Sandbox, configure: Callable[..., None], transactional_db: None) -> Sandbox:
    """The sandbox as this site's gateway, sending by ``viber_worker`` only, with real commits."""
    configure(API_URL=sandbox.url, API_KEY=sandbox.key, DISPATCH="worker", READ_TIMEOUT=1, TOTAL_TIMEOUT=2)
    return sandbox


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that runs, and can be put forward with ``clock.shift(seconds)``."""
    with time_machine.travel("2026-11-20T10:00:00Z", tick=True) as traveller:
        yield traveller


@pytest.fixture
def make_message() -> Callable[..., Message]:
    """Make a queued message; any field may be given."""

    def make(**fields: Any) -> Message:
        fields = {"sender": "SMSTest", "phone": "+380971234567", "text": "Привіт"} | fields
        return Message.objects.create(**fields)

    return make


@pytest.fixture
def closed_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
