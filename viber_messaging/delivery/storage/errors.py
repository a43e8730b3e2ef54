"""What a database's error tells: whether a migration would help, and one line for a person."""

from django.db import Error

_MISSING = frozenset({"42P01", "42703", 1146, 1054})
"""A table, a column: the codes of PostgreSQL, then of MySQL and MariaDB. SQLite has words only."""

_MISSING_IN_WORDS = ("no such table", "no such column", "has no column named")


def lacks_migrations(error: Error) -> bool:
    """Tell whether the database lacks a table or a column that the models have."""
    driver = error.__cause__
    code = getattr(driver, "sqlstate", None) or next(iter(getattr(driver, "args", ())), None)
    return code in _MISSING or any(words in str(error) for words in _MISSING_IN_WORDS)


def first_line(error: Exception) -> str:
    """Return what failed without the lines that follow: PostgreSQL shows there the row, with phone and text."""
    words = str(error.args[-1]) if error.args else ""
    return (words.strip().splitlines() or [type(error).__name__])[0]
