"""Doing a small piece of database work again where it failed in passing: a deadlock, a lock, a lost connection."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connections

from viber_messaging.delivery import backoff, storage
from viber_messaging.log_facts import facts

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 3
FIRST_PAUSE_SECONDS = 0.05


def retried(work: Callable[P, R]) -> Callable[P, R]:
    """Do the work up to TRIES times, then raise what it raised; at once inside a transaction, which is lost anyway.

    Only for work that may be done twice: of a commit whose answer was lost nobody knows whether it was made.
    """

    @wraps(work)
    def persistent(*args: P.args, **kwargs: P.kwargs) -> R:
        for number in range(1, TRIES):
            try:
                return work(*args, **kwargs)
            except (OperationalError, InterfaceError):
                if connections[storage.alias()].in_atomic_block:
                    raise
                _recover(number)
        return work(*args, **kwargs)

    return persistent


def _recover(number: int) -> None:
    """Drop the connection if it is dead, so that the next query opens one; let others finish first."""
    logger.warning("The database failed at try %s of %s; once more.", number, TRIES, extra=facts("database_failed"))
    connections[storage.alias()].close_if_unusable_or_obsolete()
    time.sleep(backoff.delay_seconds(number, FIRST_PAUSE_SECONDS))
