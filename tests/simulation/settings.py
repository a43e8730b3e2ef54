"""Settings of the simulation: an SQLite file in memory, whose statements pause."""

from tests.settings import *  # noqa: F403 (a settings module extends another one so)

DATABASES = {
    "default": {
        "ENGINE": "tests.simulation.backend",
        "NAME": "",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 0,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
        },
    }
}
