"""Whatever happens in whatever order, each message is sent exactly once.

A short run by default, a longer one in CI (``HYPOTHESIS_PROFILE=ci``); ``long`` makes a very long one.
Each takes fresh examples, but for CI: what it runs for a change must not fail because of something older.
"""

import logging
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos import triggers
from tests.machine.machine import ExactlyOnce
from viber_messaging.sandbox import Sandbox

DEFAULT = settings(
    max_examples=5,
    stateful_step_count=25,
    derandomize=False,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    report_multiple_bugs=False,
)
CI = settings(DEFAULT, max_examples=50, derandomize=True)
LONG = settings(DEFAULT, max_examples=2000, stateful_step_count=40)
PROFILES = {"default": DEFAULT, "ci": CI, "long": LONG}


@pytest.fixture
def kept_history(transactional_db: None) -> Iterator[None]:
    """A database that writes down each change of a state."""
    triggers.keep_history()
    yield
    triggers.keep_no_history()


@pytest.fixture
def quick_gateway(gateway: Sandbox, configure: Callable[..., None], caplog: pytest.LogCaptureFixture) -> Sandbox:
    """A gateway of whose silence nobody waits for long; small packages, so that there are several."""
    caplog.set_level(logging.CRITICAL)
    configure(READ_TIMEOUT=0.1, PACKAGE_SIZE=4, INLINE_LIMIT=3)
    return gateway


def test_each_message_is_sent_exactly_once_whatever_happens(quick_gateway: Sandbox, kept_history: None):
    ExactlyOnce.gateway = quick_gateway
    run_state_machine_as_test(ExactlyOnce, settings=PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "default")])
