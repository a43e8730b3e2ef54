"""The base of the commands that use the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from viber_messaging.logs.database_errors import TABLES_MISSING, lacks_migrations


class DatabaseCommand(BaseCommand):
    """A command that says what to do if the tables are missing."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command. Raises CommandError if the database lacks a table or column."""
        try:
            return super().execute(*args, **options)
        except Error as error:
            if lacks_migrations(error):
                raise CommandError(TABLES_MISSING) from error
            raise
