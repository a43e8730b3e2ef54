"""Checks of the databases: where the router puts our tables, and what the database named by a command can store."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import DatabaseError, connections, router

from viber_messaging.checks.messages import TAG, complaint
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message

NARROW_COLUMNS = (
    "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = %s "
    "AND character_set_name <> 'utf8mb4'"
)

NARROW = complaint(
    "W010",
    "The table {table} supports only a part of Unicode: a message with an emoji cannot be saved.",
    hint="Run ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4, and make utf8mb4 the database's default.",
)


SPLIT = complaint(
    "W012",
    "The router writes {models} to a different database than messages.",
    hint="Make DATABASE_ROUTERS send all models of viber_messaging to one database, here {alias!r}.",
)


@checks.register(TAG)
def check_router(**kwargs: Any) -> list[checks.CheckMessage]:
    """W012: all models are in one database, because people are looked up where messages are sent from."""
    alias, models = tables.alias(), apps.get_app_config("viber_messaging").get_models(include_auto_created=True)
    elsewhere = sorted(model.__name__ for model in models if router.db_for_write(model) != alias)
    return [SPLIT(models=", ".join(elsewhere), alias=alias)] if elsewhere else []


@checks.register(TAG)
def check_character_set(databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """W010: a text may contain any character, including emoji."""
    alias = tables.alias()
    if alias not in (databases or ()) or connections[alias].vendor != "mysql" or not keeps_half_of_unicode(alias):
        return []
    return [NARROW(table=Message._meta.db_table)]


def keeps_half_of_unicode(alias: str) -> bool:
    """Return whether a column of the messages' table has a character set other than utf8mb4 (MySQL, MariaDB)."""
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(NARROW_COLUMNS, [Message._meta.db_table])
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False
