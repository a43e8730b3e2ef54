"""Doing a small piece of database work again if it failed: refused in passing, or with a connection that was lost.

A database that refuses in passing (a deadlock, a lock, a serialization failure) has written nothing and is in health:
it is asked again soon and often. One that is away may have written what it was asked to: work that must know is given
a look for it.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from django.db import Error, InterfaceError, OperationalError, connections

from viber_messaging.delivery.decisions import backoff
from viber_messaging.delivery.storage import tables
from viber_messaging.logs.facts import facts

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 3
FIRST_PAUSE_SECONDS = 0.05

TRIES_IN_PASSING = 20
LONGEST_PAUSE_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 15.0
"""No other try after this long: each may have waited for a lock."""

_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialization_failure, deadlock_detected, lock_not_available."""
_MYSQL_NUMBERS = frozenset({1020, 1205, 1213, 3572})
"""MySQL and MariaDB: the row changed since it was read, lock wait timeout, deadlock, NOWAIT."""
_SQLITE_CODES = frozenset({5, 6})
"""SQLITE_BUSY and SQLITE_LOCKED."""


def is_passing(error: BaseException) -> bool:
    """Tell whether the database refused in passing: it is in health, and wrote nothing."""
    cause = error.__cause__ or error
    sqlstate = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    number = cause.args[0] if cause.args else None
    sqlite_code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return sqlstate in _SQLSTATES or number in _MYSQL_NUMBERS or sqlite_code in _SQLITE_CODES


class _Patience:
    """How often, and for how long, one piece of work has been tried."""

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + LONGEST_WAIT_SECONDS
        self._refusals = 0
        self.losses = 0
        """Tries of which nobody knows whether they were committed."""

    def may_try_again(self, error: Error) -> bool:
        """Count a failure; tell whether there is another try, once others had time to finish."""
        if is_passing(error):
            self._refusals += 1
            longest = min(0.01 * 2.0 ** min(self._refusals, 10), LONGEST_PAUSE_SECONDS)
            return self._pause(self._refusals < TRIES_IN_PASSING, backoff.random.uniform(0, longest))
        self.losses += 1
        return self._pause(self.losses < TRIES, backoff.delay_seconds(self.losses, FIRST_PAUSE_SECONDS))

    def _pause(self, is_left: bool, seconds: float) -> bool:
        may_try = is_left and time.monotonic() < self._ends_at
        if may_try:
            time.sleep(seconds)
        return may_try


def persist(work: Callable[[], R], *, found: Callable[[], R | None] | None = None) -> R:
    """Do the work until it is done; raise what it raised if that does not help, at once inside a transaction.

    ``found`` is asked before another try what one came to whose commit was not heard of; None if it came to nothing.
    Work without it may be done twice.
    """
    patience = _Patience()
    while True:
        try:
            if patience.losses and found is not None and (earlier := found()) is not None:
                return earlier
            return work()
        except (OperationalError, InterfaceError) as error:
            if connections[tables.alias()].in_atomic_block or not patience.may_try_again(error):
                raise
            _recover(error)


def _recover(error: Error) -> None:
    """Drop the connection if it is dead, so that the next query opens one."""
    if is_passing(error):
        logger.debug("The database refused in passing; once more.", extra=facts("database_busy"))
        return
    logger.warning("The database failed; once more.", extra=facts("database_failed"))
    connections[tables.alias()].close_if_unusable_or_obsolete()


def retried(work: Callable[P, R]) -> Callable[P, R]:
    """Do the work as ``persist`` does. Only for work that may be done twice."""

    @wraps(work)
    def persistent(*args: P.args, **kwargs: P.kwargs) -> R:
        return persist(partial(work, *args, **kwargs))

    return persistent


@contextmanager
def patience() -> Iterator[None]:
    """Try each statement again that the database refuses in passing; those of a transaction are tried with the whole.

    Where the site chose SERIALIZABLE, that may be any, one that only reads too.
    """
    with connections[tables.alias()].execute_wrapper(_execute_patiently):
        yield


def _execute_patiently(execute: Callable[..., R], sql: str, params: Any, many: bool, context: Any) -> R:
    patience = _Patience()
    while True:
        try:
            return execute(sql, params, many, context)
        except OperationalError as error:
            is_alone = not context["connection"].in_atomic_block
            if not (is_alone and is_passing(error) and patience.may_try_again(error)):
                raise
