"""The stand-in's answers and their XML, written by hand so that they share no mistakes with the codec."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from html import escape

from viber_messaging.gateway.codes import RequestCode

DECLARATION = '<?xml version="1.0" encoding="utf-8" ?>\n'
JSON = "application/json"


class Manner(Enum):
    """The manner in which an answer is delivered."""

    WHOLE = "at once"
    SLOW = "after slow_seconds"
    CUT = "its first half, then the connection is closed"
    DRIPPING = "byte by byte, over silence_seconds"
    SILENT = "never: the connection is closed after silence_seconds"
    DROPPED = "never: the connection is closed at once"
    RESET = "never: the connection is reset at once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer and the manner of its delivery."""

    body: bytes = b""
    status: int = 200
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    manner: Manner = Manner.WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One ``<msg>`` of an answer; all values as written."""

    id: str = ""
    number: str = ""
    """The gateway ID: ``msg_id`` in answers to a send, ``sms_id`` elsewhere."""
    code: str
    sms_count: str = ""
    date_completed: str = ""


def package(parts: Iterable[str]) -> Answer:
    """Answer with these elements inside ``<package>``."""
    return Answer(body=f"{DECLARATION}<package>{''.join(parts)}</package>".encode())


def error(code: RequestCode) -> Answer:
    """Refuse a request as a whole. Source: docs/api/xml/references/request_error.md."""
    return package([f"<error>{code:d}</error>"])


def results(wrapper: str, number_name: str, rows: Iterable[Result]) -> str:
    """Write a command's results, with the gateway ID in the attribute ``number_name``."""
    return f"<{wrapper}>{''.join(_msg(number_name, row) for row in rows)}</{wrapper}>"


def prices(rows: Iterable[tuple[str, str]], currency: str) -> str:
    """Write the price of one part of an SMS for each phone. Source: docs/api/xml/prices.md."""
    phones = (f'<phone price="{price}" currency="{currency}">{escape(phone)}</phone>' for phone, price in rows)
    return f"<prices>{''.join(phones)}</prices>"


def balance(amount: str, currency: str, *, is_bare: bool) -> str:
    """Write the balance as documented or, if ``is_bare``, as bare text beside the currency, which was also seen."""
    if is_bare:
        return f"<balance>{amount}</balance><currency>{currency}</currency>"
    return f"<balance><amount>{amount}</amount><currency>{currency}</currency></balance>"


def _msg(number_name: str, row: Result) -> str:
    attributes = (
        _attribute("id", row.id)
        + _attribute(number_name, row.number)
        + _attribute("sms_count", row.sms_count)
        + _attribute("date_completed", row.date_completed)
    )
    return f"<msg{attributes}>{row.code}</msg>"


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape(value)}"' if value else ""
