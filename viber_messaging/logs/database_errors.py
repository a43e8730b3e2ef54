"""Read a database error: whether migrations are missing, and one line for a person."""

from django.db import Error
from django.utils.translation import gettext_noop

TABLES_MISSING = gettext_noop("The tables are missing or outdated: run manage.py migrate.")
"""Said wherever it is met: by commands, checks, the API and the admin."""

_MISSING = frozenset({"42P01", "42703", 1146, 1054})
"""The codes for a missing table or column: PostgreSQL's, then those of MySQL and MariaDB. SQLite has only words."""

_MISSING_IN_WORDS = ("no such table", "no such column", "has no column named")


def lacks_migrations(error: Error) -> bool:
    """Return whether the database lacks a table or column of the models."""
    driver = error.__cause__
    code = getattr(driver, "sqlstate", None) or next(iter(getattr(driver, "args", ())), None)
    return code in _MISSING or any(words in str(error) for words in _MISSING_IN_WORDS)


def first_line(error: Exception) -> str:
    """Return only the first line of an error: PostgreSQL shows the row, with phone and text, in the following ones."""
    words = str(error.args[-1]) if error.args else ""
    return (words.strip().splitlines() or [type(error).__name__])[0]
