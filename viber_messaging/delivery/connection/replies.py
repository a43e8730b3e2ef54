"""Checks for answers of the site's own gateway class: results that break the contract count as missing."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeGuard, TypeVar

from django.utils.translation import gettext_noop

from viber_messaging.gateway import errors
from viber_messaging.gateway.decoder import GATEWAY_NUMBER_MAX_LENGTH
from viber_messaging.gateway.entities import Balance, Price, Reply, SendResult, StatusResult
from viber_messaging.gateway.errors import GatewayError, OutcomeUnknown

ResultT = TypeVar("ResultT", SendResult, StatusResult)

CANNOT_BE_READ = gettext_noop("The site's own gateway class failed, or returned no answer. The log says where.")

LONGEST_TEXT = 500
_LARGEST_CODE = 2**31 - 1


def checked(reply: Any, kind: type[ResultT]) -> Reply[ResultT]:
    """Return an answer with only valid results; raises OutcomeUnknown if it is not an answer."""
    if not isinstance(reply, Reply) or not isinstance(reply.results, Mapping):
        raise OutcomeUnknown(CANNOT_BE_READ)
    results = {id_: _numbered(result) for id_, result in reply.results.items() if _is_result(result, kind)}
    return Reply(
        results=results,
        http_status=_http_status(reply.http_status) or 0,
        excerpt=_text(reply.excerpt),
        error_code=reply.error_code,
    )


def checked_balance(balance: Any) -> Balance:
    """Return a valid balance; raises OutcomeUnknown if it is not one."""
    if not isinstance(balance, Balance) or not isinstance(balance.amount, Decimal) or not balance.amount.is_finite():
        raise OutcomeUnknown(CANNOT_BE_READ)
    return Balance(amount=balance.amount, currency=_text(balance.currency))


def checked_prices(prices: Any, asked: Collection[str]) -> Mapping[str, Price]:
    """Return the valid prices for the phones asked about; raises OutcomeUnknown if these are no prices."""
    if not isinstance(prices, Mapping):
        raise OutcomeUnknown(CANNOT_BE_READ)
    told = ((phone, prices.get(phone)) for phone in asked)
    return {phone: price for phone, price in told if _is_price(price)}


def _is_price(price: Any) -> TypeGuard[Price]:
    return isinstance(price, Price) and isinstance(price.amount, Decimal) and price.amount.is_finite()


def checked_error(error: GatewayError) -> GatewayError:
    """Return the documented error that the site's own error derives from, with values that the database can store."""
    kind = next(kind for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
    wait = error.retry_after_seconds
    checked: GatewayError = kind(
        _words(error),
        code=error.code if _is_code(error.code) else None,
        http_status=_http_status(error.http_status),
        excerpt=_text(error.excerpt),
        retry_after_seconds=wait if isinstance(wait, int | float) else None,
    )
    return checked


def _words(error: GatewayError) -> str:
    try:
        return _text(str(error))
    except Exception:  # noqa: BLE001 (the site's class may fail here too)
        return ""


def _is_result(result: Any, kind: type[ResultT]) -> bool:
    return isinstance(result, kind) and _is_code(result.code)


def _is_code(code: Any) -> bool:
    return isinstance(code, int) and abs(code) <= _LARGEST_CODE


def _http_status(written: Any) -> int | None:
    return written if isinstance(written, int) and 0 <= written < 1000 else None


def _numbered(result: ResultT) -> ResultT:
    """Return a result whose gateway ID fits the column, or without one if it does not."""
    if isinstance(result, SendResult):
        return result._replace(msg_id=_number(result.msg_id))
    completed = result.date_completed
    is_moment = isinstance(completed, datetime) and completed.tzinfo is not None
    return result._replace(sms_id=_number(result.sms_id), date_completed=completed if is_moment else None)


def _number(written: Any) -> str:
    number = str(written) if isinstance(written, str | int) else ""
    return number if len(number) <= GATEWAY_NUMBER_MAX_LENGTH and number.isprintable() else ""


def _text(written: Any) -> str:
    return "".join(filter(str.isprintable, written[:LONGEST_TEXT])) if isinstance(written, str) else ""
