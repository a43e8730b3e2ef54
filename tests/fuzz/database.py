"""A database in memory for the readers that need one, outside of pytest."""

import logging

from django.core.management import call_command
from django.test.utils import setup_test_environment


def empty_database() -> None:
    """Make the tables; the tests' settings keep them in memory."""
    setup_test_environment()
    call_command("migrate", verbosity=0)


def quiet() -> None:
    """Log nothing: a fuzzer's inputs are refused all the time."""
    logging.disable(logging.CRITICAL)
