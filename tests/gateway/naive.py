"""The gateway's XML, written and read a second time from its documentation, as simply as possible.

It shares no code with the package, so that a mistake would have to be made twice to stay hidden. It is for well-formed
documents only, and trusts them.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

Pairs = list[tuple[str, str]]
TIMES = [f"%Y-%m-%d{middle}%H:%M{end}" for middle in "T " for end in ("", ":%S", "%z", ":%S%z")] + ["%Y-%m-%d"]


def can_be_sent(text: str) -> bool:
    """Return whether XML 1.0 can carry a text. Source: the production ``Char`` of its specification."""
    return all(c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" for c in text)


def write_answer(wrapper: str, msgs: Iterable[tuple[Mapping[str, str], str]]) -> bytes:
    """Write an answer: for each message its attributes, and the code."""
    package = ElementTree.Element("package")
    inside = ElementTree.SubElement(package, wrapper)
    for attributes, code in msgs:
        ElementTree.SubElement(inside, "msg", attributes).text = code
    return ElementTree.tostring(package, encoding="utf-8")


def read_request(document: bytes) -> tuple[str | None, str, list[Pairs]]:
    """Return a request's key, its command, and for each message its attributes and children in order."""
    package = ElementTree.fromstring(document)
    (command,) = package
    msgs = [[*msg.attrib.items(), *((child.tag, child.text or "") for child in msg)] for msg in command]
    return package.get("key"), command.tag, msgs


def read_send(document: bytes, ids: Sequence[int]) -> tuple[dict[int, Any], int | None]:
    """Return code, gateway ID and, for an SMS, the number of parts for each message, and the request's error."""

    def details(msg: ElementTree.Element) -> list[Any]:
        if "msg_id" in msg.attrib:
            return [gateway_id(msg.attrib["msg_id"]), None]
        return [gateway_id(msg.get("sms_id", "")), parts(msg)]

    return read_results(document, ids, ("message", "message-viber"), details)


def read_status(document: bytes, ids: Sequence[int], time_zone: tzinfo) -> tuple[dict[int, Any], int | None]:
    """Return code, gateway ID, number of parts and time of completion for each message, and the request's error."""

    def details(msg: ElementTree.Element) -> list[Any]:
        time = moment(msg.get("date_completed", "").strip(), time_zone)
        return [gateway_id(msg.get("sms_id", "")), parts(msg), time]

    return read_results(document, ids, ("status", "delete", "message"), details)


def read_balance(document: bytes) -> tuple[tuple[Decimal, str] | None, int | None]:
    """Return the amount and the currency, None if there is no amount, and the request's error."""
    package = ElementTree.fromstring(document.lstrip())
    for balance in named(package, "balance"):
        amount = next(filter(None, map(words, named(balance, "amount")[:1])), words(balance))
        currencies = [words(each) for near in (balance, package) for each in named(near, "currency")[:1]]
        if re.fullmatch("[+-]?[0-9]{1,18}([.][0-9]{1,18})?([eE][+-]?[0-9]{1,2})?", amount):
            return (Decimal(amount), next(filter(None, currencies), "")), error(package)
    return None, error(package)


def read_results(
    document: bytes, ids: Sequence[int], wrappers: Sequence[str], details: Callable[[ElementTree.Element], list[Any]]
) -> tuple[dict[int, Any], int | None]:
    """Return what is said about each ID, if everything that is said about it agrees, and the request's error."""
    package = ElementTree.fromstring(document.lstrip())
    msgs = [msg for wrapper in named(package, *wrappers) for msg in named(wrapper, "msg")]
    results: dict[int, Any] = {}
    for id_ in ids:
        mine = [msg for msg in msgs if whole_number(msg.get("id", ""), most_digits=19) == id_]
        codes = {whole_number(words(msg)) for msg in mine}
        if len(codes) == 1 and None not in codes:
            results[id_] = (id_, *codes, *details(mine[0]))
    return results, error(package)


def error(package: ElementTree.Element) -> int | None:
    """Return the first readable ``<error>``."""
    codes = [whole_number(words(each)) for each in named(package, "error")]
    return next((code for code in codes if code is not None), None)


def named(parent: ElementTree.Element, *names: str) -> list[ElementTree.Element]:
    """Return the children with these names in any namespace."""
    return [child for child in parent if child.tag.split("}")[-1] in names]


def words(element: ElementTree.Element) -> str:
    """Return an element's own text: what stands before, between and after its children."""
    return "".join([element.text or "", *(child.tail or "" for child in element)]).strip()


def whole_number(text: str, most_digits: int = 9) -> int | None:
    """Return the number that a text spells in digits, None if it is anything else."""
    digits = text.strip().removeprefix("-")
    is_number = 0 < len(digits) <= most_digits and set(digits) <= set("0123456789")
    return int(text.strip()) if is_number else None


def parts(msg: ElementTree.Element) -> int | None:
    """Return the number of parts of an SMS, None if the answer does not say it."""
    written = msg.get("sms_count", "")
    return None if "-" in written else whole_number(written)


def gateway_id(text: str) -> str:
    """Return a gateway ID with a mark for each character that is no letter or digit; "0" means that there is none."""
    number = re.sub("[^0-9A-Za-z]", "_", text.strip()[:64])
    return "" if number == "0" else number


def moment(text: str, time_zone: tzinfo) -> datetime | None:
    """Return a time of this century; one without an offset is the gateway's local time."""
    for form in TIMES:
        try:
            read = datetime.strptime(text, form)  # noqa: DTZ007 (the zone is added below)
        except ValueError:
            continue
        return (read if read.tzinfo else read.replace(tzinfo=time_zone)) if 2000 <= read.year < 2100 else None
    return None
