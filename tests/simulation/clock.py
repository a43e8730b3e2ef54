"""The virtual time and the seeded chance, in place of the machine's, for as long as a run lasts."""

import random
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from django.apps import apps
from django.utils import timezone

from tests.simulation.baton import Baton

START = datetime(2026, 11, 20, 10, tzinfo=UTC)


@contextmanager
def virtual(baton: Baton) -> Iterator[None]:
    """Let every look at a clock, every pause and every draw be the baton's."""

    def now() -> datetime:
        baton.pause("looks at the clock")
        skew = baton.me.skew_seconds if baton.me else 0.0
        return START + timedelta(seconds=baton.now + baton.wall_offset + skew)

    def drawn_bits(_source: Any, count: int) -> int:
        return baton.random.getrandbits(count)

    def drawn_bytes(_source: Any, count: int) -> bytes:
        return baton.random.randbytes(count)

    def drawn(_source: Any) -> float:
        return baton.random.random()

    def drawn_uuid() -> uuid.UUID:
        return uuid.UUID(int=baton.random.getrandbits(128), version=4)

    with ExitStack() as stack:
        for owner, name, value in (
            (time, "monotonic", lambda: baton.now),
            (time, "sleep", baton.sleep),
            (timezone, "now", now),
            (uuid, "uuid4", drawn_uuid),
            (random.SystemRandom, "getrandbits", drawn_bits),
            (random.SystemRandom, "randbytes", drawn_bytes),
            (random.SystemRandom, "random", drawn),
        ):
            stack.enter_context(mock.patch.object(owner, name, value))
        for field in _fields_that_default_to_now():
            stack.enter_context(mock.patch.object(field, "_get_default", now))
        yield


def _fields_that_default_to_now() -> Iterator[Any]:
    """Yield the fields whose default is the original function, which was looked up when they were made."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if getattr(field.default, "__module__", "") == timezone.__name__:
                yield field


def true_time(baton: Baton) -> float:
    """Return the epoch second that it really is, as the gateway's clock shows it."""
    return START.timestamp() + baton.now
