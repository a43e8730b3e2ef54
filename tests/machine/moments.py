"""The moments of a worker's life at which it may die, be overtaken or fall asleep."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from viber_messaging.delivery.connection import outages
from viber_messaging.delivery.queue import candidates, claims
from viber_messaging.delivery.send import results
from viber_messaging.delivery.status import polling, recovery
from viber_messaging.gateway.client import Client


class Killed(BaseException):
    """Ends a worker as switching the machine off would: nothing after it is done."""


BETWEEN_TRANSACTIONS = {
    "amid the claim": (candidates, "find"),
    "after the claim": (claims, "claim"),
    "after the answer": (Client, "send"),
    "after the note of success": (outages, "succeeded"),
    "after the note of failure": (outages, "failed"),
    "after the record": (results, "record"),
    "after the release of the dead": (recovery, "_release_batch"),
    "after the status": (Client, "status"),
    "after the deletion": (Client, "delete"),
    "amid the settling": (recovery, "_save"),
    "amid the polling": (polling, "_move"),
}
"""Moments at which others may act: nothing is locked, what came before is committed."""

INSIDE_TRANSACTIONS = {
    "amid the record": (results, "_move"),
    "amid the release of the dead": (recovery, "_attempt_of_the_dead"),
}

MOMENTS = BETWEEN_TRANSACTIONS | INSIDE_TRANSACTIONS


@contextmanager
def when(moment: str, act: Callable[[], object], *, nth: int = 1) -> Iterator[None]:
    """Act as soon as this moment has come for the ``nth`` time; once."""
    owner, name = MOMENTS[moment]
    function, count = getattr(owner, name), 0

    def observed(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        try:
            return function(*args, **kwargs)
        finally:
            count += 1
            if count == nth:
                act()

    with mock.patch.object(owner, name, observed):
        yield


def die() -> None:
    """End the worker."""
    raise Killed
