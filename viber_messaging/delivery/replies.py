"""Answers of a gateway class of the site's own: what breaks the contract counts as left out."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext_noop

from viber_messaging.gateway.decoding import GATEWAY_NUMBER_MAX_LENGTH
from viber_messaging.gateway.entities import Balance, Reply, SendResult, StatusResult
from viber_messaging.gateway.errors import OutcomeUnknown

ResultT = TypeVar("ResultT", SendResult, StatusResult)

CANNOT_BE_READ = gettext_noop("The site's own gateway class failed, or returned no answer. The log tells where.")

_LARGEST_CODE = 2**31 - 1


def checked(reply: Any, kind: type[ResultT]) -> Reply[ResultT]:
    """Return an answer with the results that can be relied on; raises OutcomeUnknown for what is no answer."""
    if not isinstance(reply, Reply) or not isinstance(reply.results, Mapping):
        raise OutcomeUnknown(CANNOT_BE_READ)
    results = {id_: _numbered(result) for id_, result in reply.results.items() if _is_result(result, kind)}
    return Reply(
        results=results,
        http_status=reply.http_status if isinstance(reply.http_status, int) else 0,
        excerpt=_text(reply.excerpt),
        error_code=reply.error_code,
    )


def checked_balance(balance: Any) -> Balance:
    """Return a balance; raises OutcomeUnknown for what is none."""
    if not isinstance(balance, Balance):
        raise OutcomeUnknown(CANNOT_BE_READ)
    return balance


def _is_result(result: Any, kind: type[ResultT]) -> bool:
    return isinstance(result, kind) and isinstance(result.code, int) and abs(result.code) <= _LARGEST_CODE


def _numbered(result: ResultT) -> ResultT:
    """Return a result with a number that a column holds; without one, where it is none."""
    if isinstance(result, SendResult):
        return result._replace(msg_id=_number(result.msg_id))
    return result._replace(sms_id=_number(result.sms_id))


def _number(written: Any) -> str:
    number = str(written) if isinstance(written, str | int) else ""
    return number if len(number) <= GATEWAY_NUMBER_MAX_LENGTH and number.isprintable() else ""


def _text(written: Any) -> str:
    return "".join(filter(str.isprintable, written)) if isinstance(written, str) else ""
