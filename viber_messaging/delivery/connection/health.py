"""The connection to the gateway: its client, and whether it may be used now.

A problem of the account or the line pauses the connection, not ten thousand messages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from viber_messaging.conf import conf
from viber_messaging.delivery.connection import account, kept_client, site_tests
from viber_messaging.delivery.connection.guard import GuardedGateway
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.gateway import errors
from viber_messaging.gateway.entities import Balance
from viber_messaging.gateway.masks import HiddenStr
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models import Connection

SEEN_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How to react to a failed request."""

    wait_seconds: float
    """How long its messages should wait; 0 if only the pause holds them back."""
    pauses: bool
    """Whether no requests at all should be made meanwhile."""


def open_client(*, total_timeout_seconds: float | None = None, keep: bool = False) -> Gateway:
    """Return a client built from the settings; close it after use. Raises ImproperlyConfigured if they are invalid.

    ``keep`` lets this thread's client stay connected for its next use, if it is ours or a subclass of it.
    """
    conf.ONLY_PHONES  # noqa: B018 (reading it is what validates it)
    make = _gateway_class()
    if kept_client.is_client(make):
        site_tests.refuse(conf.API_URL)
    total = conf.TOTAL_TIMEOUT if total_timeout_seconds is None else total_timeout_seconds
    written = {
        "url": HiddenStr(conf.API_URL),
        "key": HiddenStr(conf.API_KEY),
        "connect_timeout_seconds": min(conf.CONNECT_TIMEOUT, total),
        "read_timeout_seconds": min(conf.READ_TIMEOUT, total),
        "total_timeout_seconds": total,
        "max_reply_bytes": conf.MAX_REPLY_BYTES,
        "time_zone": conf.time_zone,
    }
    try:
        return (
            kept_client.gateway(make, written)
            if keep and kept_client.may_keep(make)
            else GuardedGateway(make(**written))
        )
    except errors.ConfigurationError as error:
        raise ImproperlyConfigured(str(error)) from error
    except TypeError as error:
        raise ImproperlyConfigured(
            f"VIBER_MESSAGING['GATEWAY'] does not accept the arguments of Client: {error}"
        ) from error


def tells_prices() -> bool:
    """Return whether the gateway class in use can say what an SMS costs."""
    try:
        return hasattr(_gateway_class(), "prices")
    except ImproperlyConfigured:
        return False


def _gateway_class() -> Callable[..., Gateway]:
    try:
        made: Callable[..., Gateway] = import_string(conf.GATEWAY)
    except ImportError as error:
        raise ImproperlyConfigured(f"VIBER_MESSAGING['GATEWAY'] cannot be imported: {error}") from error
    return made


def current() -> Connection:
    """Return the connection's state; a pause caused under other settings does not count."""
    return _of_these_settings(tables.connection_rows().current())


def _of_these_settings(row: Connection) -> Connection:
    if row.paused_until is not None and row.settings_mark not in account.marks():
        row.paused_until = None
    return row


@retried
def row() -> Connection:
    """Return the connection's state as `current` does.

    Create the row if it is missing, so that a pause can be saved even when the database accepts no new rows.
    """
    return _of_these_settings(tables.connection_rows().get_or_create(pk=Connection.SINGLETON)[0])


def in_health() -> "models.QuerySet[Connection]":
    """Return the connection's row if nobody stopped sending and no failure is recorded."""
    return tables.connection_rows().filter(
        pk=Connection.SINGLETON, stopped_at=None, paused_until=None, failure_count=0, package_limit=None
    )


def package_size(seen: Connection) -> int:
    """Return how many messages to put into one request now: after a pause, a single one probes the connection.

    If the outage continues and answers are lost, only that one becomes unconfirmed. A throttled gateway says of each
    request that it took nothing, so it gets packages of the size that it may take.
    """
    is_probe = seen.paused_until is not None and seen.package_limit is None
    return 1 if is_probe else largest_package(seen)


def largest_package(seen: Connection) -> int:
    """Return how many messages one request may hold, according to the settings and the gateway's limit."""
    return min(conf.PACKAGE_SIZE, seen.package_limit or conf.PACKAGE_SIZE)


@retried
def note_worker() -> None:
    """Record that a worker is alive, at most every few seconds."""
    now, rows = timezone.now(), tables.connection_rows()
    rows.get_or_create(pk=Connection.SINGLETON)
    stale = ~Q(worked_at__range=(now - SEEN_EVERY, now)) | Q(worked_at=None)
    rows.filter(stale, pk=Connection.SINGLETON).update(worked_at=now)


def note_balance(balance: Balance) -> None:
    """Save the balance that the gateway reported, for pages that show it without asking."""
    rows = tables.connection_rows()
    rows.get_or_create(pk=Connection.SINGLETON)
    rows.filter(pk=Connection.SINGLETON).update(
        balance_amount=balance.amount, balance_currency=balance.currency[:8], balance_at=timezone.now()
    )


def resume() -> None:
    """Lift the pause: a person says that the gateway may be tried again."""
    tables.connection_rows().filter(pk=Connection.SINGLETON).update(paused_until=None)
