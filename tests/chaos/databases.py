"""A database for one run: a file, or one made at a server and dropped again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def database(url: str, folder: Path) -> Iterator[None]:
    """Set Django up with an empty database: the one of this URL, or a file in the folder."""
    os.environ["DATABASE_URL"] = url or f"sqlite:///{folder / 'chaos.sqlite3'}"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    creation = connection.creation
    is_file = connection.vendor == "sqlite"
    if not is_file:
        name = connection.settings_dict["NAME"]
        force = " WITH (FORCE)" if connection.vendor == "postgresql" else ""
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}{force}")
            cursor.execute(f"CREATE DATABASE {name} {creation.sql_table_creation_suffix()}")
    call_command("migrate", verbosity=0)
    try:
        yield
    finally:
        connection.close()
        if not is_file:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name}{force}")
