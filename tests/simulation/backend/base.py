"""SQLite, with a place to pause before each statement and around each commit."""

import sqlite3
from collections.abc import Callable
from typing import Any, ClassVar

from django.db.backends.sqlite3 import base

from tests.simulation.baton import Baton

LOCK_SECONDS = 20.0
"""How long a statement waits for another one's lock."""
LOOK_SECONDS = 0.05


class Seat:
    """Where the baton of the run lies; none outside a run."""

    baton: ClassVar[Baton | None] = None


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that belongs to the actor that opened it."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection; a dead actor gets none."""
        _pause("connects")
        connection = super().get_new_connection(conn_params)
        if Seat.baton is not None and Seat.baton.me is not None:
            Seat.baton.me.raw.append(connection)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor that pauses."""
        return self.connection.cursor(factory=Cursor)

    def _commit(self) -> None:
        _pause("COMMIT")
        super()._commit()
        _pause("committed")
        if _is_struck("deafness"):
            with self.wrap_database_errors:
                raise sqlite3.OperationalError("the connection was lost before the answer to COMMIT")

    def _rollback(self) -> None:
        if not _is_dead():
            super()._rollback()


class Cursor(base.SQLiteCursorWrapper):
    """Waits for locks by virtual time, and is refused now and then."""

    def execute(self, query: str, params: Any = None) -> Any:
        """Execute a statement."""
        _pause(_short(query))
        if _is_struck("refusal") and not query.startswith(("ROLLBACK", "RELEASE", "SAVEPOINT", "PRAGMA")):
            raise _busy()
        return _waiting(lambda: super(Cursor, self).execute(query, params))

    def executemany(self, query: str, param_list: Any) -> Any:
        """Execute a statement several times."""
        _pause(_short(query))
        return _waiting(lambda: super(Cursor, self).executemany(query, param_list))


def _short(query: str) -> str:
    """Return a statement's beginning; a savepoint's name holds a thread's number, which no seed decides."""
    if query.startswith("SELECT"):
        return " ".join(query.split(" FROM ")[-1].split()[:2])
    return query.partition('"s')[0] if "SAVEPOINT" in query else query[:60]


def _waiting(execute: Callable[[], Any]) -> Any:
    """Execute once no other connection holds the lock."""
    for _ in range(int(LOCK_SECONDS / LOOK_SECONDS)):
        try:
            return execute()
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_BUSY or Seat.baton is None:
                raise
            Seat.baton.sleep(LOOK_SECONDS)
    raise _busy()


def _busy() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


def _pause(what: str) -> None:
    if Seat.baton is not None:
        Seat.baton.pause(what)


def _is_dead() -> bool:
    return Seat.baton is not None and Seat.baton.me is not None and Seat.baton.me.is_dead


def _is_struck(chance: str) -> bool:
    baton = Seat.baton
    if baton is None or baton.me is None or not baton.me.may_die:
        return False
    is_struck = baton.random.random() < getattr(baton.chances, chance)
    if is_struck:
        baton.note(chance)
    return is_struck
