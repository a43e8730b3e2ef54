"""The sandbox as this site's gateway: real HTTP on this machine, for tests that want the wire."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import override_settings

from viber_messaging.sandbox import Sandbox


@contextmanager
def sandbox(**options: Any) -> Iterator[Sandbox]:
    """Send to a sandbox of our own on a free port; ``options`` are those of ``Sandbox``.

    Here the app is not replaced in any part: as in production, messages leave after a real commit and never inside a
    transaction, so use a ``TransactionTestCase``, or ``django_db(transaction=True)`` with pytest.
    """
    with Sandbox(**options) as running:
        written = {**getattr(settings, "VIBER_MESSAGING", {}), "API_URL": running.url, "API_KEY": running.key}
        with override_settings(VIBER_MESSAGING=written):
            yield running
