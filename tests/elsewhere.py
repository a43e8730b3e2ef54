"""A second database of one test alone, in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from tests.delivery.routers import REPLICA


@contextmanager
def second_database() -> Iterator[Any]:
    """Connect to an empty database, which has no tables at all."""
    other = _connected()
    try:
        yield other
    finally:
        other.connection.close()  # Django closes no database in memory, and Python 3.13 complains of one left open
        del connections[REPLICA], connections.settings[REPLICA]


def _connected() -> Any:
    """Connect to the database; Django's test cases let nobody connect to one that they know."""
    options = {"default": {}, REPLICA: {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    description = connections.configure_settings(options)[REPLICA]
    connections.settings[REPLICA] = description
    other = connections[REPLICA]
    del connections.settings[REPLICA]
    other.connect()
    other.disable_constraint_checking()
    connections.settings[REPLICA] = description
    return other
