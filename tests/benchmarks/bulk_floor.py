"""The floor of the work in bulk: a driver and nothing else, on the same tables, committing as often.

No validation, no signals, no second thought; the same rows in the end.
"""

import random
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit
from xml.parsers import expat

import requests

from tests.benchmarks.contenders import TEXT

Rows = Sequence[Sequence[Any]]

BATCH = 1000
MESSAGE = "viber_messaging_message"
MADE = (
    "sender, type, text, button, url, image, phone, reference, state, attempt_count, worker_deaths, created_at, "
    "queued_at, error, msg_id, metadata, about_model, about_id, campaign_id, recipient_id"
)
MADE_VALUES = (
    "'SMSTest', 'text', {text}, '', '', '', {phone}, {reference}, 'queued', 0, 0, {now}, {now}, '', '', '{{}}', '', "
    "'', {campaign}, {recipient}"
)
DUE = (
    f"SELECT id, reference FROM {MESSAGE} WHERE state = 'accepted' AND id > %s "
    "AND (next_attempt_at IS NULL OR next_attempt_at <= %s) ORDER BY id LIMIT %s"
)
CAMPAIGN_MOVES = "UPDATE viber_messaging_campaign SET {0} = %s WHERE id = %s AND {0} = %s"
ENDED = "state = 'delivered', status_code = 102, next_attempt_at = NULL, error = ''"


class Database(ABC):
    """A database as its driver has it."""

    cursor_column = '"cursor"'

    @abstractmethod
    def run(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """Execute a statement; return its rows."""

    @abstractmethod
    def insert(self, rows: Rows, campaign: int | None, now: datetime) -> None:
        """Insert messages: texts, phones, references, recipients."""

    @abstractmethod
    def postpone(self, pks: list[int], until: datetime) -> None:
        """Ask for these later."""

    @abstractmethod
    def end(self, rows: Rows) -> None:
        """Write down when each was delivered: the moment, the key."""

    @abstractmethod
    def begin(self) -> None:
        """Begin a transaction, where the driver does not by itself."""

    @abstractmethod
    def commit(self) -> None:
        """Commit it."""


class SQLite(Database):
    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.execute("PRAGMA foreign_keys=ON")
        self.db.create_function("REGEXP", 2, regexp, deterministic=True)

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        return self.db.execute(statement.replace("%s", "?"), [str(value) for value in values]).fetchall()

    def insert(self, rows: Rows, campaign: int | None, now: datetime) -> None:
        values = MADE_VALUES.format(
            text="?", phone="?", reference="?", recipient="?", now=f"'{now}'", campaign=campaign or "NULL"
        )
        self.db.executemany(f"INSERT INTO {MESSAGE} ({MADE}) VALUES ({values})", rows)

    def postpone(self, pks: list[int], until: datetime) -> None:
        keys = ", ".join(map(str, pks))
        self.run(f"UPDATE {MESSAGE} SET next_attempt_at = %s WHERE id IN ({keys}) AND state = 'accepted'", [until])

    def end(self, rows: Rows) -> None:
        self.db.executemany(f"UPDATE {MESSAGE} SET {ENDED}, completed_at = ? WHERE id = ? AND state = 'accepted'", rows)

    def begin(self) -> None:
        self.db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.db.execute("COMMIT")


class Server(Database):
    db: Any

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        with self.db.cursor() as cursor:
            cursor.execute(statement, list(values))
            return list(cursor.fetchall()) if cursor.description else []

    def begin(self) -> None:
        pass

    def commit(self) -> None:
        self.db.commit()


class PostgreSQL(Server):
    def __init__(self, url: str) -> None:
        import psycopg

        self.db = psycopg.connect(url)

    def insert(self, rows: Rows, campaign: int | None, now: datetime) -> None:
        values = MADE_VALUES.format(
            text="text", phone="phone", reference="reference", recipient="recipient", now="%s",
            campaign=f"{campaign or 'NULL'}::bigint",
        )  # fmt: skip
        told = "unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[]) AS told(text, phone, reference, recipient)"
        columns = list(map(list, zip(*rows, strict=True)))
        self.run(f"INSERT INTO {MESSAGE} ({MADE}) SELECT {values} FROM {told}", [now, now, *columns])

    def postpone(self, pks: list[int], until: datetime) -> None:
        self.run(f"UPDATE {MESSAGE} SET next_attempt_at = %s WHERE id = ANY(%s) AND state = 'accepted'", [until, pks])

    def end(self, rows: Rows) -> None:
        self.run(
            f"UPDATE {MESSAGE} SET {ENDED}, completed_at = told.moment FROM unnest(%s::timestamptz[], %s::bigint[]) "
            f"AS told(moment, key) WHERE {MESSAGE}.id = told.key AND state = 'accepted'",
            list(map(list, zip(*rows, strict=True))),
        )


class MariaDB(Server):
    cursor_column = "`cursor`"

    def __init__(self, url: str) -> None:
        import MySQLdb

        parts = urlsplit(url)
        self.db = MySQLdb.connect(
            host=parts.hostname, port=parts.port or 3306, user=parts.username, db=parts.path[1:], charset="utf8mb4"
        )

    def insert(self, rows: Rows, campaign: int | None, now: datetime) -> None:
        values = MADE_VALUES.format(
            text="%s", phone="%s", reference="%s", recipient="%s", now=f"'{now:%F %T.%f}'", campaign=campaign or "NULL"
        )
        with self.db.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {MESSAGE} ({MADE}) VALUES ({values})", rows)

    def postpone(self, pks: list[int], until: datetime) -> None:
        self.run(
            f"UPDATE {MESSAGE} SET next_attempt_at = %s WHERE id IN %s AND state = 'accepted'",
            [until.replace(tzinfo=None), pks],
        )

    def end(self, rows: Rows) -> None:
        with self.db.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {MESSAGE} SET {ENDED}, completed_at = %s WHERE id = %s AND state = 'accepted'", rows
            )


def regexp(pattern: str, text: str) -> bool:
    """Hold the table's own rules, as Django lets SQLite do it."""
    return re.search(pattern, text) is not None


def connect(url: str) -> Database:
    """Open the database of this URL with its driver."""
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return SQLite(url.removeprefix("sqlite:///"))
    return PostgreSQL(url.replace("postgres://", "postgresql://")) if "postgres" in scheme else MariaDB(url)


def queue(db: Database, count: int, mark: Callable[[], None], **_options: Any) -> None:
    """Insert as many messages, all or none."""
    db.begin()
    rows = iter(range(count))
    while batch := list(islice(rows, BATCH)):
        now = datetime.now(UTC)
        db.insert([(f"{n} {TEXT}", f"+38097{n:07d}", reference(), None) for n in batch], None, now)
        mark()
    db.commit()


def expand(db: Database, mark: Callable[[], None], **_options: Any) -> None:
    """Make the messages of the only campaign, a batch and a commit at a time."""
    ((campaign, template, group),) = db.run(
        "SELECT c.id, c.text, g.recipientgroup_id FROM viber_messaging_campaign c "
        "JOIN viber_messaging_campaign_groups g ON g.campaign_id = c.id"
    )
    after = 0
    while people := db.run(
        "SELECT r.id, r.phone, r.name, r.attributes FROM viber_messaging_recipient r "
        "JOIN viber_messaging_recipient_groups m ON m.recipient_id = r.id "
        "WHERE m.recipientgroup_id = %s AND r.id > %s AND r.opted_out_at IS NULL ORDER BY r.id LIMIT %s",
        [group, after, BATCH],
    ):
        rows = [(template.replace("{name}", name), phone, reference(), pk) for pk, phone, name, _more in people]
        db.begin()
        db.run(CAMPAIGN_MOVES.format(db.cursor_column), [people[-1][0], campaign, after])
        after = people[-1][0]
        db.insert(rows, campaign, datetime.now(UTC))
        db.commit()
        mark()


def reference() -> int:
    """Draw one as we do, from the system's generator."""
    return SYSTEM.randrange(10**13, 14 * 10**13)


SYSTEM = random.SystemRandom()


def poll(db: Database, mark: Callable[[], None], gateway: str, package: int, **_options: Any) -> None:
    """Ask for all, a package at a time."""
    session, after, now = requests.Session(), 0, datetime.now(UTC)
    naive = now.replace(tzinfo=None) if not isinstance(db, PostgreSQL) else now
    while due := db.run(DUE, [after, naive, package]):
        db.commit() if isinstance(db, Server) else None
        after = due[-1][0]
        words = "".join([f'<msg id="{reference}"></msg>' for _pk, reference in due])
        body = f'<?xml version="1.0" encoding="utf-8" ?>\n<package key="bench"><status>{words}</status></package>'
        said = read(session.post(gateway, data=body.encode(), timeout=30).content)
        ended = [(said[reference], pk) for pk, reference in due if reference in said]
        db.begin()
        if ended:
            db.end(ended)
        else:
            db.postpone([pk for pk, _reference in due], now + timedelta(hours=1))
        db.commit()
        mark()


def read(body: bytes) -> dict[int, str]:
    """Read when each was delivered; nothing of those under way."""
    moments: dict[int, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "msg" and (moment := attributes.get("date_completed")):
            moments[int(attributes["id"])] = moment.replace("T", " ")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(body, True)
    return moments


def prune(db: Database, mark: Callable[[], None], **_options: Any) -> None:
    """Delete everything, a batch of keys and a commit at a time."""
    ((last,),) = db.run(f"SELECT MAX(id) FROM {MESSAGE}")
    for start in range(1, last + 1, BATCH):
        bounds = [start, start + BATCH - 1]
        db.begin()
        db.run("DELETE FROM viber_messaging_sendattempt WHERE message_id BETWEEN %s AND %s", bounds)
        db.run(f"DELETE FROM {MESSAGE} WHERE id BETWEEN %s AND %s", bounds)
        db.commit()
        mark()


JOBS: dict[str, Callable[..., None]] = {
    "queueing": queue,
    "expansion": expand,
    "polling": poll,
    "polling, delivered": poll,
    "pruning": prune,
}
