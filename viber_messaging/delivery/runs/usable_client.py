"""The client of a run, if the gateway may be asked now."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from viber_messaging.delivery.connection import health
from viber_messaging.delivery.report import Report
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.logs.facts import facts

logger = logging.getLogger(__name__)


@contextmanager
def usable_client(report: Report, total_timeout_seconds: float) -> Iterator[Gateway | None]:
    """Open a client for one run; None, with the reason in the report, if the gateway may not be asked now."""
    if not may_ask(report):
        yield None
        return
    with client(report, total_timeout_seconds) as opened:
        yield opened


def may_ask(report: Report) -> bool:
    """Return whether the gateway may be asked now; if not, the report says why."""
    state = health.current()
    if state.is_paused(timezone.now()):
        report.problem = state.error
        return False
    return True


@contextmanager
def client(report: Report, total_timeout_seconds: float, *, keep: bool = False) -> Iterator[Gateway | None]:
    """Open a client; None, with the reason in the report, if the settings are invalid."""
    try:
        opened = health.open_client(total_timeout_seconds=total_timeout_seconds, keep=keep)
    except ImproperlyConfigured as error:
        report.problem = str(error)
        logger.error("Nothing can be sent: %s", error, extra=facts("settings_wrong"))
        yield None
        return
    with opened:
        yield opened
