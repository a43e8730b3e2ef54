"""The sandbox as the site's gateway: real HTTP on this machine, for tests of the whole path."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import override_settings

from viber_messaging.sandbox import Sandbox
from viber_messaging.testing.commits import FOR_SANDBOX, noting_forgotten_commit
from viber_messaging.testing.outbox import tasks_at_once


@contextmanager
def sandbox(**options: Any) -> Iterator[Sandbox]:
    """Send to a new sandbox on a free port; ``options`` are those of ``Sandbox``.

    Messages are sent as in production, after a real commit and never inside a transaction, so use a
    ``TransactionTestCase``, or ``django_db(transaction=True)`` with pytest. The only difference: with DISPATCH "tasks"
    or "celery", the task runs at once in this process, without a broker.
    """
    with Sandbox(**options) as running:
        written = {**getattr(settings, "VIBER_MESSAGING", {}), "API_URL": running.url, "API_KEY": running.key}
        with override_settings(VIBER_MESSAGING=written), tasks_at_once(), noting_forgotten_commit(FOR_SANDBOX):
            yield running
