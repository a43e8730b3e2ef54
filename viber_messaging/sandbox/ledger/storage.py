"""The book on disk: one row for each acceptance, so that a sandbox still knows its IDs after a kill and restart."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from viber_messaging.sandbox.ledger.messages import AcceptedMessage

SCHEMA = """
CREATE TABLE IF NOT EXISTS acceptance
(msg_id INTEGER PRIMARY KEY, is_forgotten INTEGER NOT NULL DEFAULT 0, record TEXT NOT NULL)
"""


class Storage:
    """A SQLite file of acceptances. Call it only with the book's lock held."""

    def __init__(self, path: Path | str) -> None:
        """Open or create the file; raise ValueError if that fails or it contains something else."""
        try:
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise ValueError(f"The accepted messages cannot be stored in {path} ({error}).") from error
        try:
            self._connection.execute("PRAGMA synchronous = OFF")  # survives a kill; need not survive a power cut
            self._connection.execute(SCHEMA)
        except sqlite3.Error as error:
            self._connection.close()
            raise ValueError(f"The accepted messages cannot be stored in {path} ({error}).") from error

    def load(self) -> list[tuple[AcceptedMessage, bool]]:
        """Return every acceptance in order, with whether its ID was forgotten since."""
        rows = self._connection.execute("SELECT record, is_forgotten FROM acceptance ORDER BY msg_id")
        return [(AcceptedMessage(**json.loads(record)), bool(is_forgotten)) for record, is_forgotten in rows]

    def write(self, messages: Iterable[AcceptedMessage]) -> None:
        """Write these acceptances, new or changed, in one transaction."""
        rows = [(message.msg_id, json.dumps(asdict(message))) for message in messages]
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT OR REPLACE INTO acceptance (msg_id, record) VALUES (?, ?)", rows)
        self._connection.execute("COMMIT")

    def forget(self, msg_id: int) -> None:
        """Mark an acceptance as forgotten; it still counts."""
        self._connection.execute("UPDATE acceptance SET is_forgotten = 1 WHERE msg_id = ?", (msg_id,))

    def clear(self) -> None:
        """Delete every acceptance."""
        self._connection.execute("DELETE FROM acceptance")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
