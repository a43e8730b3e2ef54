"""Retry a small piece of database work after a transient refusal or a lost connection.

After a transient refusal (a deadlock, a lock, a serialization failure) the database is healthy and has written nothing,
so it is asked again soon and often. After a lost connection, the work may have been committed: work that must not be
done twice looks for its earlier result first.
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
from viber_messaging.logs.database_errors import lacks_migrations
from viber_messaging.logs.facts import facts

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 3
FIRST_PAUSE_SECONDS = 0.05

TRIES_IN_PASSING = 20
LONGEST_PAUSE_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 15.0
"""No further try after this time, since each may have waited for a lock."""

_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialization_failure, deadlock_detected, lock_not_available."""
_MYSQL_NUMBERS = frozenset({1020, 1205, 1213, 3572})
"""MySQL and MariaDB: the row changed since it was read, lock wait timeout, deadlock, NOWAIT."""
_SQLITE_CODES = frozenset({5, 6})
"""SQLITE_BUSY and SQLITE_LOCKED."""


def is_passing(error: BaseException) -> bool:
    """Return whether the refusal is transient: the database is healthy and wrote nothing."""
    cause = error.__cause__ or error
    sqlstate = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    number = cause.args[0] if cause.args else None
    sqlite_code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return sqlstate in _SQLSTATES or number in _MYSQL_NUMBERS or sqlite_code in _SQLITE_CODES


class _Patience:
    """Counts how often, and for how long, one piece of work has been tried."""

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + LONGEST_WAIT_SECONDS
        self._refusals = 0
        self.losses = 0
        """The number of tries that may or may not have been committed."""

    def may_try_again(self, error: Error) -> bool:
        """Count a failure; return whether to try again, after a pause for others to finish."""
        if lacks_migrations(error):
            return False
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
    """Do the work, with retries; raise its last error if they do not help, or at once inside a transaction.

    Before another try, ``found`` returns the result of an earlier try whose commit was not confirmed; None if it has
    none. Without ``found``, the work may be done twice.
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
    """Close the connection if it is dead, so that the next query opens one."""
    if is_passing(error):
        logger.debug("The database refused temporarily; trying again.", extra=facts("database_busy"))
        return
    logger.warning("The database failed; trying again.", extra=facts("database_failed"))
    connections[tables.alias()].close_if_unusable_or_obsolete()


def retried(work: Callable[P, R]) -> Callable[P, R]:
    """Decorate work so that ``persist`` does it. Only for work that may be done twice."""

    @wraps(work)
    def persistent(*args: P.args, **kwargs: P.kwargs) -> R:
        return persist(partial(work, *args, **kwargs))

    return persistent


@contextmanager
def patience() -> Iterator[None]:
    """Retry each statement after a transient refusal; statements in a transaction are retried with the whole of it.

    With SERIALIZABLE isolation, any statement may be refused, even one that only reads.
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
