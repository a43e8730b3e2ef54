"""The history that the database itself writes down: no code of ours can forget a move.

Its order can be trusted where it matters. A claim, and a batch of an expansion, lock the campaign's row before they
change a message, and a pause locks it by changing it: so the numbers of their lines follow their commits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model

from viber_messaging.models import Campaign, Message

TABLE = "viber_chaos_history"
KEYS = {
    "sqlite": "integer primary key",
    "postgresql": "bigserial primary key",
    "mysql": "bigint auto_increment primary key",
}


@dataclass(frozen=True, slots=True)
class Trigger:
    """What is written down, when: ``values`` are of the columns campaign_id, message_id, previous, state."""

    name: str
    event: str
    model: type[Model]
    condition: str
    values: str

    def statements(self, vendor: str) -> Iterator[str]:
        """Yield what makes it."""
        insert = f"INSERT INTO {TABLE} (campaign_id, message_id, previous, state) VALUES ({self.values})"
        head = f"CREATE TRIGGER {self.name} AFTER {self.event} ON {self.model._meta.db_table}"
        if vendor == "sqlite":
            yield f"{head} WHEN {self.condition} BEGIN {insert}; END"
        elif vendor == "mysql":
            yield f"{head} FOR EACH ROW IF {self.condition} THEN {insert}; END IF"
        else:
            body = f"$$ BEGIN {insert}; RETURN NULL; END $$"
            yield f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS {body}"
            yield f"{head} FOR EACH ROW WHEN ({self.condition}) EXECUTE FUNCTION {self.name}()"


HAS_MOVED = "old.state <> new.state"
TRIGGERS = (
    Trigger("viber_chaos_moved", "UPDATE", Message, HAS_MOVED, "new.campaign_id, new.id, old.state, new.state"),
    Trigger(
        "viber_chaos_made", "INSERT", Message, "new.campaign_id IS NOT NULL", "new.campaign_id, new.id, '', new.state"
    ),
    Trigger("viber_chaos_campaign", "UPDATE", Campaign, HAS_MOVED, "new.id, NULL, old.state, new.state"),
)


def keep_history() -> None:
    """Let the database write down each change of a state, and each message that is made for a campaign."""
    columns = f"id {KEYS[connection.vendor]}, campaign_id bigint, message_id bigint, previous text, state text"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} ({columns})")
        for trigger in TRIGGERS:
            for statement in trigger.statements(connection.vendor):
                cursor.execute(statement)


def keep_no_history() -> None:
    """Leave the database as it was."""
    with connection.cursor() as cursor:
        for trigger in TRIGGERS:
            is_function = connection.vendor == "postgresql"
            cursor.execute(f"DROP FUNCTION {trigger.name} CASCADE" if is_function else f"DROP TRIGGER {trigger.name}")
        cursor.execute(f"DROP TABLE {TABLE}")


def forget() -> None:
    """Begin anew."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")


def moves() -> Iterable[tuple[int, str, str]]:
    """Return every move of a message, oldest first: its key, the state that it left, and the state that it came to."""
    return _rows("message_id, previous, state", "message_id IS NOT NULL AND previous <> ''")


def moves_of_campaigns() -> Iterable[tuple[int, int | None, str, str]]:
    """Return what happened to campaigns and their messages, oldest first.

    The keys of campaign and message, none where it was the campaign that moved, and the states; a message is made by
    leaving the state "".
    """
    return _rows("campaign_id, message_id, previous, state", "campaign_id IS NOT NULL")


def _rows(columns: str, condition: str) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {TABLE} WHERE {condition} ORDER BY id")
        return cursor.fetchall()
