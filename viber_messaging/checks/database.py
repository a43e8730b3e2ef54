"""Checks of the databases: where the router puts our tables, and what is in the database named by a command."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import DatabaseError, connections, router
from django.db.models import Model

from viber_messaging.checks.messages import TAG, complaint
from viber_messaging.checks.setting_readers import arguments
from viber_messaging.delivery.storage import tables
from viber_messaging.logs.database_errors import TABLES_MISSING
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


SHOWN_TABLES = 3
"""The number of missing tables that W013 names."""

SPLIT = complaint(
    "W012",
    "The router writes {models} to a different database than messages.",
    hint="Make DATABASE_ROUTERS send all models of viber_messaging to one database, here {alias!r}.",
)
NOT_MIGRATED = complaint(
    "W013",
    TABLES_MISSING,
    hint="Run manage.py migrate --database {alias}: the database lacks {lacking}.",
)
NOT_ALLOWED = complaint(
    "W014",
    "The router writes {models} to the database {alias!r}, but migrate may not create their tables there.",
    hint="Make allow_migrate() of DATABASE_ROUTERS allow viber_messaging in {alias!r}.",
)


@checks.register(TAG)
def check_router(**kwargs: Any) -> list[checks.CheckMessage]:
    """W012: all models are in one database, because people are looked up where messages are sent from."""
    alias = tables.alias()
    elsewhere = sorted(model.__name__ for model in our_models() if router.db_for_write(model) != alias)
    return [SPLIT(models=", ".join(elsewhere), alias=alias)] if elsewhere else []


@checks.register(TAG)
def check_router_migrates(**kwargs: Any) -> list[checks.CheckMessage]:
    """W014: the tables are created in the database that the models are written to."""
    alias = tables.alias()
    here = [model for model in our_models() if router.db_for_write(model) == alias]
    barred = sorted(model.__name__ for model in here if not router.allow_migrate_model(alias, model))
    return [NOT_ALLOWED(models=", ".join(barred), alias=alias)] if barred else []


@checks.register(TAG)
def check_tables(databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """W013: the migrations have been applied to the messages' database. Not asked by migrate, which applies them."""
    alias = tables.alias()
    if alias not in (databases or ()) or arguments()[:1] == ["migrate"]:
        return []
    lacking = sorted(lacking_tables(alias))
    shown = ", ".join(lacking[:SHOWN_TABLES]) + " …" * (len(lacking) > SHOWN_TABLES)
    return [NOT_MIGRATED(alias=alias, lacking=shown)] if lacking else []


@checks.register(TAG)
def check_character_set(databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """W010: a text may contain any character, including emoji."""
    alias = tables.alias()
    if alias not in (databases or ()) or connections[alias].vendor != "mysql" or not keeps_half_of_unicode(alias):
        return []
    return [NARROW(table=Message._meta.db_table)]


def our_models() -> Iterator[type[Model]]:
    """Return all models of this app, also those that Django creates for relations."""
    return apps.get_app_config("viber_messaging").get_models(include_auto_created=True)


def lacking_tables(alias: str) -> list[str]:
    """Return our tables that this database lacks, wholly or in a column; none if it cannot be asked."""
    connection = connections[alias]
    models = [model for model in our_models() if router.db_for_write(model) == alias]
    try:
        with connection.cursor() as cursor:
            known = set(connection.introspection.table_names(cursor))
            return [
                model._meta.db_table
                for model in models
                if model._meta.db_table not in known or not has_columns(cursor, connection, model)
            ]
    except DatabaseError:
        return []


def has_columns(cursor: Any, connection: Any, model: type[Model]) -> bool:
    """Return whether the table of a model has all of its columns."""
    described = connection.introspection.get_table_description(cursor, model._meta.db_table)
    return {field.column for field in model._meta.local_concrete_fields} <= {column.name for column in described}


def keeps_half_of_unicode(alias: str) -> bool:
    """Return whether a column of the messages' table has a character set other than utf8mb4 (MySQL, MariaDB)."""
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(NARROW_COLUMNS, [Message._meta.db_table])
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False
