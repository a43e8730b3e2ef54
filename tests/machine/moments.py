"""The moments of a worker's life at which it may die, be overtaken or fall asleep."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.moments import original, replaced


class Killed(BaseException):
    """Ends a worker as switching the machine off would: nothing after it is done."""


BETWEEN_TRANSACTIONS = {
    "amid the claim": "the look for due messages",
    "after the claim": "the claim",
    "after the answer": "the request to send",
    "after the note of success": "the note of success",
    "after the note of failure": "the note of failure",
    "after the record": "the record",
    "after the release of the dead": "a batch of the release of the dead",
    "after the status": "the request for statuses",
    "after the deletion": "the request to delete",
    "amid the settling": "the settling",
    "amid the polling": "the polling's move",
}
"""Moments at which others may act: nothing is locked, what came before is committed."""

INSIDE_TRANSACTIONS = {
    "amid the record": "the record's move",
    "amid the release of the dead": "the attempt of the dead",
}

MOMENTS = BETWEEN_TRANSACTIONS | INSIDE_TRANSACTIONS


@contextmanager
def when(moment: str, act: Callable[[], object], *, nth: int = 1) -> Iterator[None]:
    """Act as soon as this moment has come for the ``nth`` time; once."""
    function, count = original(MOMENTS[moment]), 0

    def observed(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        try:
            return function(*args, **kwargs)
        finally:
            count += 1
            if count == nth:
                act()

    with replaced(MOMENTS[moment], observed):
        yield


def die() -> None:
    """End the worker."""
    raise Killed
