"""Conclusions from an HTTP answer: the whole request was refused, not understood, or answered message by message."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isnan
from typing import TypeVar

from viber_messaging.gateway import errors
from viber_messaging.gateway.codec import Answer
from viber_messaging.gateway.codes import RequestCode
from viber_messaging.gateway.errors import GatewayError, Misdirected, OutcomeUnknown
from viber_messaging.gateway.http.protocol import HttpReply

T = TypeVar("T")
ErrorT = TypeVar("ErrorT", bound=GatewayError)
Decode = Callable[[bytes], Answer[T]]

ERRORS_BY_CODE: Mapping[int, type[GatewayError]] = {
    RequestCode.ERR_UNKNOWN: OutcomeUnknown,
    RequestCode.ERR_FORMAT: errors.PackageRefused,
    RequestCode.ERR_AUTHORIZATION: errors.AccountRefused,
    RequestCode.ERR_USER_DISABLE: errors.AccountRefused,
    RequestCode.ERR_API_DISABLE: errors.AccountRefused,
    RequestCode.ERR_IP_DENIED: errors.AccountRefused,
    RequestCode.ERR_THROTTLE: errors.Throttled,
}
"""The error for each ``<error>`` code; a code that is not listed may mean anything, so the outcome is unknown."""

ERRORS_BY_STATUS: Mapping[int, type[GatewayError]] = {
    401: errors.AccountRefused,
    403: errors.AccountRefused,
    413: errors.PackageRefused,
    429: errors.Throttled,
}
"""Statuses that are conclusive, whatever the body."""

NOT_THE_GATEWAY = frozenset({400, 404, 405, 415})
"""Statuses that, without the gateway's body, come from something else at that address."""

MIN_WAIT_SECONDS = 1.0
MAX_WAIT_SECONDS = 3600.0


def judge(reply: HttpReply, decode: Decode[T], excerpt: str) -> Answer[T]:
    """Return what the gateway says about each item asked about; raise GatewayError if it says nothing about them."""
    if 300 <= reply.status < 400:
        raise _error(Misdirected, "API_URL redirects to another address (HTTP {status}).", reply, excerpt)
    if kind := ERRORS_BY_STATUS.get(reply.status):
        raise _error(kind, "The gateway answered HTTP {status}.", reply, excerpt, _code(reply, decode))
    answer = _read(reply, decode, excerpt)
    if not answer.content:
        _refuse(answer.error_code, reply, excerpt)
    return answer


def unreadable(reply: HttpReply, excerpt: str) -> OutcomeUnknown:
    """Return the error for an answer without the requested information."""
    return _error(
        OutcomeUnknown, "The gateway's answer (HTTP {status}) does not contain what was requested.", reply, excerpt
    )


def wait_seconds(retry_after: str) -> float | None:
    """Return the seconds in a Retry-After header, between a second and an hour; None if it is invalid.

    Source: RFC 9110, section 10.2.3: seconds or an HTTP date.
    """
    try:
        seconds = _seconds_until(retry_after) if ":" in retry_after else float(retry_after)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, MIN_WAIT_SECONDS), MAX_WAIT_SECONDS) if not isnan(seconds) else None


def _seconds_until(http_date: str) -> float:
    moment = parsedate_to_datetime(http_date)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - datetime.now(UTC)).total_seconds()


def _read(reply: HttpReply, decode: Decode[T], excerpt: str) -> Answer[T]:
    try:
        return decode(reply.body)
    except OutcomeUnknown as error:
        if reply.status in NOT_THE_GATEWAY:
            words = "The server at API_URL is not the gateway (HTTP {status})."
            raise _error(Misdirected, words, reply, excerpt) from error
        raise _error(OutcomeUnknown, "The answer (HTTP {status}) is not from the gateway.", reply, excerpt) from error


def _refuse(code: int | None, reply: HttpReply, excerpt: str) -> None:
    """Raise the error for a package without results, according to its ``<error>`` or its HTTP status."""
    if reply.status >= 500:
        raise _error(OutcomeUnknown, "The gateway failed (HTTP {status}).", reply, excerpt, code)
    if code is not None:
        raise _error(ERRORS_BY_CODE.get(code, OutcomeUnknown), _words(code), reply, excerpt, code)


def _words(code: int) -> str:
    known = {member.value: member.phrase for member in RequestCode}
    return (
        f"The gateway refused the request: {known.get(code, 'a code that its documentation does not list')} ({code})."
    )


def _code(reply: HttpReply, decode: Decode[T]) -> int | None:
    try:
        return decode(reply.body).error_code
    except OutcomeUnknown:
        return None


def _error(kind: type[ErrorT], words: str, reply: HttpReply, excerpt: str, code: int | None = None) -> ErrorT:
    return kind(
        words.format(status=reply.status),
        code=code,
        http_status=reply.status,
        excerpt=excerpt,
        retry_after_seconds=wait_seconds(reply.retry_after),
    )
