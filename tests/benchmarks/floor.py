"""The floor: a driver and nothing else doing what must be done, on the same tables, with the same promise.

Claim, commit, POST, record, commit. No validation, no signals, no logging, no second thought.
"""

import re
import sqlite3
import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.parsers import expat
from xml.sax.saxutils import escape

import requests

Row = tuple[int, int, str, str, str, str]
"""Key, reference, phone, sender, type, text."""

FIELDS = "id, reference, phone, sender, type, text"
CLAIMED = "state = 'sending', claim_token = {0}, claimed_at = {0}, attempt_count = attempt_count + 1"
ACCEPTED = "state = 'accepted', claim_token = NULL, claimed_at = NULL, error = '', next_attempt_at = NULL"
ATTEMPT = (
    "message_id, number, started_at, finished_at, outcome, http_status, status_code, msg_id, error, reply, account_mark"
)


class Floor(ABC):
    """A database as its driver has it."""

    @abstractmethod
    def claim(self, after: int, size: int, token: uuid.UUID, now: datetime) -> Sequence[Row]:
        """Take the next messages, committed."""

    @abstractmethod
    def record(
        self, rows: Sequence[Row], answers: dict[int, str], token: uuid.UUID, started: datetime, now: datetime
    ) -> None:
        """Write attempts and messages, committed."""


class SQLiteFloor(Floor):
    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.create_function("REGEXP", 2, lambda pattern, text: re.search(pattern, text) is not None)

    def claim(self, after: int, size: int, token: uuid.UUID, now: datetime) -> Sequence[Row]:
        self.db.execute("BEGIN IMMEDIATE")
        found = f"SELECT {FIELDS} FROM viber_messaging_message WHERE state = 'queued' AND id > ? ORDER BY id LIMIT ?"
        rows: list[Row] = self.db.execute(found, (after, size)).fetchall()
        self.db.executemany(
            f"UPDATE viber_messaging_message SET {CLAIMED.format('?')} WHERE id = ?",
            [(token.hex, str(now), row[0]) for row in rows],
        )
        self.db.execute("COMMIT")
        return rows

    def record(
        self, rows: Sequence[Row], answers: dict[int, str], token: uuid.UUID, started: datetime, now: datetime
    ) -> None:
        began, ended, mark = str(started), str(now), token.hex
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(
            f"INSERT INTO viber_messaging_sendattempt ({ATTEMPT}) "
            "VALUES (?, 1, ?, ?, 'accepted', 200, 1, ?, '', '', '')",
            [(row[0], began, ended, answers[row[1]]) for row in rows],
        )
        self.db.executemany(
            f"UPDATE viber_messaging_message SET {ACCEPTED}, msg_id = ?, status_code = 1, accepted_at = ? "
            "WHERE id = ? AND state = 'sending' AND claim_token = ?",
            [(answers[row[1]], ended, row[0], mark) for row in rows],
        )
        self.db.execute("COMMIT")


class ServerFloor(Floor):
    """A database at a server: one statement takes the package, set-based ones write it back."""

    db: Any

    def claim(self, after: int, size: int, token: uuid.UUID, now: datetime) -> Sequence[Row]:
        with self.db.cursor() as cursor:
            cursor.execute(
                f"SELECT {FIELDS} FROM viber_messaging_message WHERE state = 'queued' AND id > %s "
                "ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                (after, size),
            )
            rows: list[Row] = list(cursor.fetchall())
            self.take(cursor, [row[0] for row in rows], token, now)
        self.db.commit()
        return rows

    @abstractmethod
    def take(self, cursor: Any, pks: list[int], token: uuid.UUID, now: datetime) -> None:
        """Mark these as ours."""


class PostgreSQLFloor(ServerFloor):
    def __init__(self, url: str) -> None:
        import psycopg

        self.db = psycopg.connect(url)

    def take(self, cursor: Any, pks: list[int], token: uuid.UUID, now: datetime) -> None:
        cursor.execute(
            f"UPDATE viber_messaging_message SET {CLAIMED.format('%s')} WHERE id = ANY(%s)", (token, now, pks)
        )

    def record(
        self, rows: Sequence[Row], answers: dict[int, str], token: uuid.UUID, started: datetime, now: datetime
    ) -> None:
        pks, numbers = [row[0] for row in rows], [answers[row[1]] for row in rows]
        with self.db.cursor() as cursor:
            cursor.execute(
                "WITH told AS (SELECT * FROM unnest(%s::bigint[], %s::text[]) AS t(id, number)), "
                f"kept AS (INSERT INTO viber_messaging_sendattempt ({ATTEMPT}) "
                "SELECT id, 1, %s, %s, 'accepted', 200, 1, number, '', '', '' FROM told) "
                f"UPDATE viber_messaging_message m SET {ACCEPTED}, msg_id = told.number, status_code = 1, "
                "accepted_at = %s FROM told WHERE m.id = told.id AND m.state = 'sending' AND m.claim_token = %s",
                (pks, numbers, started, now, now, token),
            )
        self.db.commit()


class MariaDBFloor(ServerFloor):
    def __init__(self, url: str) -> None:
        import MySQLdb

        parts = urlsplit(url)
        self.db = MySQLdb.connect(
            host=parts.hostname, port=parts.port or 3306, user=parts.username, db=parts.path[1:], charset="utf8mb4"
        )

    def take(self, cursor: Any, pks: list[int], token: uuid.UUID, now: datetime) -> None:
        if pks:
            cursor.execute(
                f"UPDATE viber_messaging_message SET {CLAIMED.format('%s')} WHERE id IN %s",
                (token.hex, now.replace(tzinfo=None), pks),
            )

    def record(
        self, rows: Sequence[Row], answers: dict[int, str], token: uuid.UUID, started: datetime, now: datetime
    ) -> None:
        began, ended = started.replace(tzinfo=None), now.replace(tzinfo=None)
        with self.db.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO viber_messaging_sendattempt ({ATTEMPT}) VALUES ({', '.join(['%s'] * 11)})",
                [(row[0], 1, began, ended, "accepted", 200, 1, answers[row[1]], "", "", "") for row in rows],
            )
            cursor.execute(
                "UPDATE viber_messaging_message m JOIN viber_messaging_sendattempt a ON a.message_id = m.id "
                "SET m.state = 'accepted', m.claim_token = NULL, m.claimed_at = NULL, m.msg_id = a.msg_id, "
                "m.status_code = 1, m.accepted_at = %s WHERE m.id IN %s AND m.state = 'sending' AND m.claim_token = %s",
                (ended, [row[0] for row in rows], token.hex),
            )
        self.db.commit()


def connect(url: str) -> Floor:
    """Open the database of this URL with its driver."""
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return SQLiteFloor(url.removeprefix("sqlite:///"))
    return PostgreSQLFloor(url.replace("postgres://", "postgresql://")) if "postgres" in scheme else MariaDBFloor(url)


def write(rows: Sequence[Row]) -> bytes:
    """Write a package."""
    messages = [
        f'<msg id="{reference}"><phone>{phone}</phone><sender>{sender}</sender><type>{kind}</type>'
        f"<text>{escape(text)}</text></msg>"
        for _pk, reference, phone, sender, kind, text in rows
    ]
    return (
        '<?xml version="1.0" encoding="utf-8" ?>\n<package key="bench"><message-viber>'
        f"{''.join(messages)}</message-viber></package>"
    ).encode()


def read(body: bytes) -> dict[int, str]:
    """Read what the gateway says of each."""
    answers: dict[int, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "msg":
            answers[int(attributes["id"])] = attributes["msg_id"]

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(body, True)
    return answers


def run(url: str, gateway: str, size: int) -> None:
    """Send all that is queued."""
    database, session, after = connect(url), requests.Session(), 0
    while True:
        token, started = uuid.uuid4(), datetime.now(UTC)
        rows = database.claim(after, size, token, started)
        if not rows:
            return
        after = rows[-1][0]
        answers = read(session.post(gateway, data=write(rows), timeout=30).content)
        database.record(rows, answers, token, started, datetime.now(UTC))
