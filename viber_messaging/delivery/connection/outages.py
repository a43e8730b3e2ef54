"""Failures of whole requests, counted once for each outage across processes, threads and web requests.

Several requests may be under way when the gateway begins to fail. Their failures count as one: a failure counts only if
no other was recorded since its request was decided on (``since``). Conversely, a successful request does not lift a
pause that was recorded after the request was decided on.

Times alone are not enough: a failure is dated before its row is locked, so it may be written after a later request was
decided on. Therefore ``seen``, the row at the time of the decision, is compared too if it is known.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.connection import account, health
from viber_messaging.delivery.connection.guard import reason_of
from viber_messaging.delivery.connection.health import Failure
from viber_messaging.delivery.decisions import backoff
from viber_messaging.delivery.decisions.outcomes import NO_BILLING, NOT_RECORDED
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.gateway import errors
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.request_outcome import MAX_WAIT_SECONDS
from viber_messaging.logs.facts import facts
from viber_messaging.models import Connection

logger = logging.getLogger(__name__)

FAILURES_BEFORE_PAUSE = 3
"""One lost answer is a brief disturbance; three in a row are an outage."""
CLOCK_SKEW = timedelta(minutes=1)
"""How far another host's clock may be ahead; a failure dated later than that comes from a clock set back since."""
TRIES = 10

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
"""The word stored for each kind of failure."""

_AT_ONCE = frozenset({"untrusted", "misdirected", "account_refused", "throttled", "package_refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    """One failure, before it is combined with those already recorded."""

    reason: str
    code: int | None = None
    error: str
    pauses_at_once: bool = True
    wait_seconds: float | None = None
    """How long the gateway asked us to wait; None for a wait that grows with each failure in a row."""
    package_share: float = 1.0
    """The factor by which the package size shrinks; 0 for single messages."""


def failed(error: errors.GatewayError, *, since: datetime, seen: Connection | None = None) -> Failure:
    """Record the failure of a whole request; pause at once, or at the third in a row if it may be temporary."""
    reason, asked = reason_of(error, REASONS), _bounded(error.retry_after_seconds)
    logger.warning(
        "The gateway could not be used (%s, code %s).",
        reason,
        error.code,
        extra=facts("gateway_failed", reason=reason, code=error.code),
    )
    trouble = _Trouble(
        reason=reason,
        code=error.code,
        error=str(error),
        pauses_at_once=reason in _AT_ONCE or asked is not None,
        wait_seconds=asked,
        package_share=0.5 if isinstance(error, errors.Throttled) else 1.0,
    )
    return _note(trouble, since, seen)


def _bounded(seconds: float | None) -> float | None:
    """Return how long the gateway asked us to wait, at most an hour; None if it is not a valid duration."""
    return min(seconds, MAX_WAIT_SECONDS) if seconds is not None and seconds > 0 else None


def out_of_money(*, since: datetime, seen: Connection | None = None) -> None:
    """Pause because the gateway answered a message with 206: the balance is used up."""
    _note(_Trouble(reason="billing", code=MessageCode.ERR_BILLING.value, error=NO_BILLING), since, seen)


def cannot_record(*, since: datetime, seen: Connection | None = None) -> None:
    """Pause because answers cannot be saved; afterwards, send single messages until they can."""
    _note(_Trouble(reason="unrecorded", error=NOT_RECORDED, package_share=0.0), since, seen)


@retried
def _note(trouble: _Trouble, since: datetime, decided: Connection | None) -> Failure:
    """Count a failure that is not recorded yet, and pause if necessary; return how this run should react.

    A conditional update on the values that the decision was based on; if another process came first, decide again.
    """
    rows = tables.connection_rows()
    rows.get_or_create(pk=Connection.SINGLETON)
    for _number in range(TRIES):
        seen, now = rows.current(), timezone.now()
        is_late = _is_noted(seen, since, now, decided)
        if is_late and (seen.paused_until is not None or not seen.failure_count or not trouble.pauses_at_once):
            break
        count = seen.failure_count + (0 if is_late else 1)
        failure, changes = _weigh(trouble, seen, count, now)
        unchanged = rows.filter(pk=Connection.SINGLETON, failure_count=seen.failure_count, failed_at=seen.failed_at)
        if unchanged.update(**changes):
            _log_pause(trouble, failure)
            return Failure(wait_seconds=0.0 if failure.pauses else failure.wait_seconds, pauses=failure.pauses)
    wait = backoff.delay_seconds(max(seen.failure_count, 1), conf.RETRY_DELAY)
    is_paused = seen.paused_until is not None
    return Failure(wait_seconds=0.0 if is_paused else wait, pauses=is_paused)


def _is_noted(seen: Connection, since: datetime, now: datetime, decided: Connection | None) -> bool:
    """Return whether a failure under these settings was recorded after a request was decided on."""
    if seen.failed_at is None or seen.settings_mark not in account.marks():
        return False
    if decided is not None and seen.failure_count and _outage(seen) != _outage(decided):
        return True
    return since < seen.failed_at <= now + CLOCK_SKEW


def _outage(seen: Connection) -> tuple[int, datetime | None]:
    return seen.failure_count, seen.failed_at


def _weigh(trouble: _Trouble, seen: Connection, count: int, now: datetime) -> tuple[Failure, dict[str, Any]]:
    """Return the reaction to a failure, and the changes to save."""
    wait = trouble.wait_seconds or backoff.delay_seconds(count, conf.RETRY_DELAY)
    pauses = trouble.pauses_at_once or count >= FAILURES_BEFORE_PAUSE
    changes: dict[str, Any] = {
        "reason": trouble.reason,
        "code": trouble.code,
        "error": trouble.error,
        "failure_count": count,
        "failed_at": now,
        "paused_until": now + timedelta(seconds=wait) if pauses else None,
        "settings_mark": account.mark(),
    }
    if trouble.package_share < 1.0:
        changes["package_limit"] = max(1, int(health.largest_package(seen) * trouble.package_share))
    return Failure(wait_seconds=wait, pauses=pauses), changes


def _log_pause(trouble: _Trouble, failure: Failure) -> None:
    if failure.pauses:
        wait, reason, code = failure.wait_seconds, trouble.reason, trouble.code
        extra = facts("sending_paused", reason=reason, code=code, wait_seconds=wait)
        level = logging.ERROR if reason == "unrecorded" else logging.WARNING
        logger.log(level, "Sending pauses for %.0f s (%s, code %s).", wait, reason, code, extra=extra)


@retried
def succeeded(seen: Connection | None = None, *, since: datetime) -> None:
    """Record that the gateway answered properly: clear the failures and let packages grow again.

    ``seen`` is the row before the request: if it shows no failures, there is nothing to clear.
    """
    seen = seen or tables.connection_rows().current()
    if not (seen.failure_count or seen.package_limit):
        return
    count, failed_at = _outage(seen)
    noted_since = {"failed_at__gt": since, "failed_at__lte": timezone.now() + CLOCK_SKEW}
    grown = (seen.package_limit or 0) * 2
    unchanged = tables.connection_rows().filter(pk=Connection.SINGLETON, failure_count=count, failed_at=failed_at)
    unchanged.exclude(**noted_since).update(
        paused_until=None,
        failure_count=0,
        package_limit=grown if 0 < grown < conf.PACKAGE_SIZE else None,
    )
