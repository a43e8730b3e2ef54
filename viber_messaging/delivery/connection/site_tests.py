"""A guard for the tests of sites: under Django's test runner, no request leaves this machine.

Test settings often import those of production, with the key. With pytest, a fixture is the guard.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import urlsplit

from django.core import mail

from viber_messaging.gateway.http.addresses import is_loopback

PLUGIN = "viber_messaging.pytest_plugin"
FORGOTTEN = (
    "This test tried to send a request to the gateway at {host}, where messages cost money and reach people. "
    "Nothing was sent."
)

_is_allowed: ContextVar[bool] = ContextVar("is_allowed", default=False)


class RealGatewayInTests(BaseException):
    """Raised if a test forgot the outbox or the sandbox. It is not an Exception, so that no handler hides it."""


def is_run_by_django() -> bool:
    """Return whether Django's test runner is at work, and not pytest."""
    return hasattr(mail, "outbox") and PLUGIN not in sys.modules


def refuse(url: str) -> None:
    """Raise RealGatewayInTests if Django's test runner is at work and this address is not on this machine."""
    if not is_run_by_django() or _is_allowed.get():
        return
    host = urlsplit(url).hostname or ""
    if not is_loopback(host):
        raise RealGatewayInTests(
            f"{FORGOTTEN.format(host=host)} Let the class of the test inherit from ViberOutboxMixin or "
            "ViberSandboxMixin of viber_messaging.testing, or use its real_gateway() if the request is intended."
        )


@contextmanager
def real_gateway() -> Iterator[None]:
    """Let a test, run by Django's test runner, send to the real gateway."""
    token = _is_allowed.set(True)
    try:
        yield
    finally:
        _is_allowed.reset(token)
