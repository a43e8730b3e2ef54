"""The connection to the gateway: its client, and whether it may be used now.

What is wrong with the account or the line pauses this, not ten thousand messages.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from viber_messaging.conf import conf
from viber_messaging.delivery import backoff, keepalive, storage
from viber_messaging.delivery.guard import GuardedGateway, reason_of
from viber_messaging.delivery.outcomes import NO_BILLING, NOT_RECORDED
from viber_messaging.delivery.retrying import retried
from viber_messaging.gateway import errors
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import Balance
from viber_messaging.gateway.hiding import HiddenStr
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.gateway.verdicts import MAX_WAIT_SECONDS
from viber_messaging.log_facts import facts
from viber_messaging.models import Connection

logger = logging.getLogger(__name__)

FAILURES_BEFORE_PAUSE = 3
"""One lost answer is a hiccup of the line; three in a row are an outage."""

SEEN_EVERY = timedelta(seconds=10)

REASONS: Mapping[type[errors.GatewayError], str] = {
    errors.Unreachable: "unreachable",
    errors.Untrusted: "untrusted",
    errors.Misdirected: "misdirected",
    errors.AccountRefused: "account_refused",
    errors.Throttled: "throttled",
    errors.PackageRefused: "package_refused",
    errors.NotSent: "not_sent",
    errors.OutcomeUnknown: "unclear",
    errors.GatewayError: "unclear",
}
"""The word kept for each kind of failure."""

_AT_ONCE = frozenset({"untrusted", "misdirected", "account_refused", "throttled", "package_refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a failed request asks of us."""

    wait_seconds: float
    """How long its messages should be left alone; 0 where the pause alone holds them back."""
    pauses: bool
    """Whether nothing at all should be asked of the gateway meanwhile."""


def open_client(*, total_timeout_seconds: float | None = None, keep: bool = False) -> Gateway:
    """Return a client made of the settings; close it after use. Raises ImproperlyConfigured if they are wrong.

    ``keep`` lets the one of this thread stay connected for its next use: ours, or a subclass of it.
    """
    make = _gateway_class()
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
            keepalive.gateway(make, written) if keep and keepalive.may_keep(make) else GuardedGateway(make(**written))
        )
    except errors.ConfigurationError as error:
        raise ImproperlyConfigured(str(error)) from error
    except TypeError as error:
        raise ImproperlyConfigured(f"VIBER_MESSAGING['GATEWAY'] cannot be made as Client is: {error}") from error


def _gateway_class() -> Callable[..., Gateway]:
    try:
        made: Callable[..., Gateway] = import_string(conf.GATEWAY)
    except ImportError as error:
        raise ImproperlyConfigured(f"VIBER_MESSAGING['GATEWAY'] cannot be imported: {error}") from error
    return made


def current() -> Connection:
    """Return the connection's state; a pause that came from other settings does not count."""
    return _of_these_settings(storage.connection_rows().current())


def _of_these_settings(row: Connection) -> Connection:
    if row.paused_until is not None and row.settings_mark != settings_mark():
        row.paused_until = None
    return row


def settings_mark() -> str:
    """Return a keyed digest of the address and the key: tells whether they changed, and nothing of what they are."""
    try:
        secret = f"{conf.API_URL}\n{conf.API_KEY}"
    except ImproperlyConfigured:
        return ""
    return salted_hmac("viber_messaging.connection", secret, algorithm="sha256").hexdigest()


def row() -> Connection:
    """Return the connection's state as `current` does.

    Makes it where there is none: a database that takes no new rows must still be able to keep a pause.
    """
    return _of_these_settings(storage.connection_rows().get_or_create(pk=Connection.SINGLETON)[0])


def in_health() -> "models.QuerySet[Connection]":
    """Return the connection's row where nobody stopped it and no failure left a trace: nothing is to be weighed."""
    return storage.connection_rows().filter(
        pk=Connection.SINGLETON, stopped_at=None, paused_until=None, failure_count=0, package_limit=None
    )


def package_size(seen: Connection) -> int:
    """Return how many messages to put into one request now."""
    return min(conf.PACKAGE_SIZE, seen.package_limit or conf.PACKAGE_SIZE)


@retried
def failed(error: errors.GatewayError) -> Failure:
    """Note the failure of a whole request; pause at once, or at the third in a row where it may be a hiccup."""
    reason = reason_of(error, REASONS)
    seen = storage.connection_rows().current()
    asked = _bounded(error.retry_after_seconds)
    wait = asked or backoff.delay_seconds(seen.failure_count + 1, conf.RETRY_DELAY)
    pauses = bool(reason in _AT_ONCE or asked or seen.failure_count + 1 >= FAILURES_BEFORE_PAUSE)
    changes: dict[str, Any] = {"reason": reason, "code": error.code, "error": str(error)}
    if isinstance(error, errors.Throttled):
        changes["package_limit"] = max(1, package_size(seen) // 2)
    _note(changes, wait_seconds=wait if pauses else 0.0)
    told = facts("gateway_failed", reason=reason, code=error.code)
    logger.warning("The gateway could not be used (%s, code %s).", reason, error.code, extra=told)
    if pauses:
        told = facts("sending_paused", reason=reason, code=error.code, wait_seconds=wait)
        logger.warning("Sending pauses for %.0f s.", wait, extra=told)
    return Failure(wait_seconds=0.0 if pauses else wait, pauses=pauses)


def _bounded(seconds: float | None) -> float | None:
    """Return how long to wait if the gateway said so: an hour at most, and nothing that is no length of time."""
    return min(seconds, MAX_WAIT_SECONDS) if seconds is not None and seconds > 0 else None


@retried
def out_of_money() -> None:
    """Pause because the gateway answered a message with 206: the balance is used up."""
    wait = backoff.delay_seconds(storage.connection_rows().current().failure_count + 1, conf.RETRY_DELAY)
    changes = {"reason": "billing", "code": MessageCode.ERR_BILLING.value, "error": NO_BILLING}
    _note(changes, wait_seconds=wait)
    told = facts("sending_paused", reason="billing", code=MessageCode.ERR_BILLING.value, wait_seconds=wait)
    logger.warning("The balance is used up (code 206); sending pauses for %.0f s.", wait, extra=told)


@retried
def cannot_record() -> None:
    """Pause because answers cannot be saved, and risk single messages after it until they can."""
    wait = backoff.delay_seconds(storage.connection_rows().current().failure_count + 1, conf.RETRY_DELAY)
    _note({"reason": "unrecorded", "code": None, "error": NOT_RECORDED, "package_limit": 1}, wait_seconds=wait)
    told = facts("sending_paused", reason="unrecorded", wait_seconds=wait)
    logger.error("The answers of the gateway cannot be saved; sending pauses for %.0f s.", wait, extra=told)


def _note(changes: dict[str, Any], *, wait_seconds: float) -> None:
    now = timezone.now()
    changes |= {
        "failed_at": now,
        "paused_until": now + timedelta(seconds=wait_seconds) if wait_seconds else None,
        "settings_mark": settings_mark(),
    }
    rows = storage.connection_rows()
    rows.get_or_create(pk=Connection.SINGLETON)
    rows.filter(pk=Connection.SINGLETON).update(failure_count=F("failure_count") + 1, **changes)


@retried
def succeeded(seen: Connection | None = None) -> None:
    """Note that the gateway answered as it should: forget the failures, let the packages grow again.

    ``seen`` is the row as it was before the request: where it told of no failures there is nothing to forget.
    """
    seen = seen or storage.connection_rows().current()
    if not (seen.failure_count or seen.package_limit):
        return
    grown = (seen.package_limit or 0) * 2
    storage.connection_rows().filter(pk=Connection.SINGLETON).update(
        paused_until=None,
        failure_count=0,
        package_limit=grown if 0 < grown < conf.PACKAGE_SIZE else None,
    )


@retried
def note_worker() -> None:
    """Note that a worker is alive, every few seconds at most."""
    now, rows = timezone.now(), storage.connection_rows()
    rows.get_or_create(pk=Connection.SINGLETON)
    stale = ~Q(worked_at__range=(now - SEEN_EVERY, now)) | Q(worked_at=None)
    rows.filter(stale, pk=Connection.SINGLETON).update(worked_at=now)


def note_balance(balance: Balance) -> None:
    """Keep what the gateway said is left on the account, for those who look without asking."""
    rows = storage.connection_rows()
    rows.get_or_create(pk=Connection.SINGLETON)
    rows.filter(pk=Connection.SINGLETON).update(
        balance_amount=balance.amount, balance_currency=balance.currency[:8], balance_at=timezone.now()
    )


def resume() -> None:
    """Lift the pause: a person says that the gateway may be tried again."""
    storage.connection_rows().filter(pk=Connection.SINGLETON).update(paused_until=None)
