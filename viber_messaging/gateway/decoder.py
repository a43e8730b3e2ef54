"""Decode answers to entities. Source: the gateway's pages docs/api/xml/{send_viber,status,delete,balance}.md."""

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Generic, TypeVar
from xml.etree.ElementTree import Element

from viber_messaging.gateway.entities import Balance, Price, SendResult, StatusResult, is_in_range
from viber_messaging.gateway.parser import children, own_text, parse_package
from viber_messaging.logs.facts import facts

logger = logging.getLogger(__name__)

ContentT = TypeVar("ContentT", covariant=True)
ResultT = TypeVar("ResultT", SendResult, StatusResult)

GATEWAY_NUMBER_MAX_LENGTH = 64

_CODE = re.compile(r"-?[0-9]{1,9}")
_COUNT = re.compile(r"[0-9]{1,9}")
_ID = re.compile(r"[0-9]{1,19}")
_NOT_OF_NUMBERS = re.compile(r"[^0-9A-Za-z]")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[ContentT]):
    """An answered ``<package>``: what it says about the items that we asked about, and the request's ``<error>``."""

    content: ContentT
    error_code: int | None = None


def decode_send(body: bytes, *, expected_ids: Collection[int]) -> Answer[Mapping[int, SendResult]]:
    """Read the answer to a send, by our IDs; raise OutcomeUnknown if it is not an answer of the gateway.

    Source: the documentation calls the wrapper ``message`` in its table, and ``message-viber`` in its example; the
    answer to an SMS has the wrapper ``message`` and the attributes ``sms_id`` and ``sms_count``.
    """
    root = parse_package(body)
    results = _results(root, ("message", "message-viber"), expected_ids, _send_result)
    return Answer(content=results, error_code=_error_code(root))


def decode_status(
    body: bytes, *, expected_ids: Collection[int], time_zone: tzinfo
) -> Answer[Mapping[int, StatusResult]]:
    """Read the answer to a status or delete, by our IDs; raise OutcomeUnknown if it is not an answer of the gateway.

    Source: the documentation calls the wrapper ``message`` in its tables, and ``status`` and ``delete`` in its
    examples.
    """

    def build(msg: Element, id: int, code: int) -> StatusResult:  # noqa: A002 (the wire's name)
        return _status_result(msg, id, code, time_zone)

    root = parse_package(body)
    results = _results(root, ("status", "delete", "message"), expected_ids, build)
    return Answer(content=results, error_code=_error_code(root))


def decode_balance(body: bytes) -> Answer[Balance | None]:
    """Read the answer to a balance, None if it has none; raise OutcomeUnknown if it is not an answer of the gateway.

    The documentation has ``<amount>`` and ``<currency>`` inside ``<balance>``. Answers with the amount as bare text,
    and the currency inside, on either side of it, or beside ``<balance>``, are read too.
    """
    root = parse_package(body)
    balances = [_balance(element, root) for element in children(root, ("balance",))]
    return Answer(content=next(filter(None, balances), None), error_code=_error_code(root))


def decode_prices(body: bytes, *, asked: Collection[str]) -> Answer[Mapping[str, Price]]:
    """Read the answer to a prices command, by phone; raise OutcomeUnknown if it is not an answer of the gateway.

    Phones that the answer leaves out, or whose price cannot be read, are left out. Source: docs/api/xml/prices.md.
    """
    root = parse_package(body)
    told = [phone for wrapper in children(root, ("prices",)) for phone in children(wrapper, ("phone",))]
    prices = {own_text(phone).strip(): _price(phone) for phone in told}
    return Answer(
        content={phone: price for phone in asked if (price := prices.get(phone)) is not None},
        error_code=_error_code(root),
    )


def _results(
    root: Element,
    wrappers: Iterable[str],
    expected_ids: Collection[int],
    build: Callable[[Element, int, int], ResultT],
) -> dict[int, ResultT]:
    """Return the result for each ID asked about. Contradictions and unreadable codes are left out, as unknown."""
    asked = {str(id_): id_ for id_ in expected_ids}
    said = _by_id(root, wrappers, asked)
    if strange := len(said.keys() - asked.values()):
        extra = facts("ids_unasked", count=strange)
        logger.warning("The gateway's answer contains %d ids that were not requested.", strange, extra=extra)
    results = {id_: _agreed(id_, said[id_], build) for id_ in asked.values() if id_ in said}
    return {id_: result for id_, result in results.items() if result is not None}


def _by_id(root: Element, wrappers: Iterable[str], asked: Mapping[str, int]) -> dict[int, list[Element]]:
    said: defaultdict[int, list[Element]] = defaultdict(list)
    for wrapper in children(root, wrappers):
        for msg in children(wrapper, ("msg",)):
            written = msg.get("id")
            id_ = asked.get(written or "") or _integer(_ID, written)
            if id_ is not None:
                said[id_].append(msg)
    return dict(said)


def _agreed(
    id: int,  # noqa: A002 (the wire's name)
    msgs: Sequence[Element],
    build: Callable[[Element, int, int], ResultT],
) -> ResultT | None:
    code = _integer(_CODE, own_text(msgs[0]))
    if code is None or (len(msgs) > 1 and any(_integer(_CODE, own_text(msg)) != code for msg in msgs)):
        extra = facts("result_unclear", reference=id)
        logger.warning("The gateway's answer about id %d is unclear; it is ignored.", id, extra=extra)
        return None
    return build(msgs[0], id, code)


def _send_result(msg: Element, id: int, code: int) -> SendResult:  # noqa: A002 (the wire's name)
    if (number := msg.get("msg_id")) is not None:
        return SendResult(id, code, _gateway_number(number))
    return SendResult(id, code, _gateway_number(msg.get("sms_id")), _integer(_COUNT, msg.get("sms_count")))


def _status_result(msg: Element, id: int, code: int, time_zone: tzinfo) -> StatusResult:  # noqa: A002 (the wire's name)
    return StatusResult(
        id=id,
        code=code,
        sms_id=_gateway_number(msg.get("sms_id")),
        sms_count=_integer(_COUNT, msg.get("sms_count")),
        date_completed=_moment(msg.get("date_completed"), time_zone),
    )


def _gateway_number(value: str | None) -> str:
    """Return the gateway ID with only letters and digits, because it appears on pages, in files and in logs."""
    number = (value or "").strip()[:GATEWAY_NUMBER_MAX_LENGTH]
    if not (number.isascii() and number.isalnum()):  # The regular expression costs more than the rest of the result.
        number = _NOT_OF_NUMBERS.sub("_", number)
    return "" if number == "0" else number


def _integer(form: re.Pattern[str], value: str | None) -> int | None:
    digits = (value or "").strip()
    return int(digits) if form.fullmatch(digits) else None


def _moment(value: str | None, time_zone: tzinfo) -> datetime | None:
    """Read the gateway's local time; None if there is none, or if it is not in this century."""
    try:
        moment = datetime.fromisoformat((value or "").strip())
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=time_zone)
    return moment if is_in_range(moment) else None


def _error_code(root: Element) -> int | None:
    codes = (_integer(_CODE, own_text(error)) for error in children(root, ("error",)))
    return next((code for code in codes if code is not None), None)


def _balance(balance: Element, root: Element) -> Balance | None:
    amount = _text_of("amount", balance) or own_text(balance).strip()
    if not _AMOUNT.fullmatch(amount):
        return None
    return Balance(amount=Decimal(amount), currency=_text_of("currency", balance) or _text_of("currency", root))


def _price(phone: Element) -> Price | None:
    amount = (phone.get("price") or "").strip()
    if not _AMOUNT.fullmatch(amount) or amount.startswith("-"):
        return None
    return Price(amount=Decimal(amount), currency=(phone.get("currency") or "").strip())


def _text_of(name: str, parent: Element) -> str:
    return next(map(own_text, children(parent, (name,))), "").strip()
