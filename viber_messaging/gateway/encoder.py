"""Encode commands to documents.

Source: the gateway's pages docs/api/xml/{send_viber,send_sms,scheduled_sms,status,delete,balance,prices}.md.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from xml.sax.saxutils import escape, quoteattr

from viber_messaging.gateway.entities import CONTENT_FIELDS, OPTIONAL_FIELDS, Channel, OutgoingMessage, is_in_range
from viber_messaging.gateway.errors import UnsendableText
from viber_messaging.gateway.masks import HiddenBytes

_FIELDS = ("phone", *CONTENT_FIELDS)
"""The children of ``<msg>`` in the order of the documentation's example."""

_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def find_unsendable(text: str) -> str:
    """Return the first character that XML 1.0 cannot carry, or an empty string."""
    found = _UNSENDABLE.search(text)
    return found[0] if found else ""


def find_unsendable_field(message: OutgoingMessage) -> str:
    """Return the name of the first field that the wire format cannot carry, or an empty string."""
    if message.date_beg is not None and not is_in_range(message.date_beg):
        return "date_beg"
    return next((name for name in _FIELDS if find_unsendable(getattr(message, name))), "")


def encode_send(messages: Sequence[OutgoingMessage], *, key: str, time_zone: tzinfo) -> bytes:
    """Write a ``message-viber`` command, or a ``message`` command for SMS.

    Raises UnsendableText, naming the message, if XML cannot carry one, and ValueError if the channels differ.
    """
    channels = {message.channel for message in messages}
    if len(channels) > 1:
        raise ValueError("The messages of one request must all have the same channel.")
    command, write = ("message", _sms) if Channel.SMS in channels else ("message-viber", _msg)
    for message in messages:
        if message.date_beg is not None:
            _refuse_unsendable(message)
    inside = "".join([write(message, time_zone) for message in messages])
    if find_unsendable(inside):
        del inside  # an error report shows the locals of each frame
        for message in messages:
            _refuse_unsendable(message)
    return _package(key, command, (_with_plain_line_ends(inside),))


def encode_status(ids: Iterable[int], *, key: str) -> bytes:
    """Write a ``status`` command by our IDs."""
    return _package(key, "status", map(_reference, ids))


def encode_delete(ids: Iterable[int], *, key: str) -> bytes:
    """Write a ``delete`` command by our IDs."""
    return _package(key, "delete", map(_reference, ids))


def encode_balance(*, key: str) -> bytes:
    """Write a ``balance`` command."""
    return _package(key, "balance", ())


def encode_prices(phones: Iterable[str], *, key: str) -> bytes:
    """Write a ``prices`` command: what does one part of an SMS to these phones cost?"""
    return _package(key, "prices", (_element("phone", escape(phone)) for phone in phones))


def _element(name: str, inside: str, **attributes: str) -> str:
    """Write one element around markup, with an end tag even if empty, as the documentation does."""
    marks = [f" {mark}={quoteattr(value)}" for mark, value in attributes.items()]
    return f"<{name}{''.join(marks)}>{inside}</{name}>"


def _with_plain_line_ends(markup: str) -> str:
    """Normalize line ends as an XML parser would anyway."""
    return markup.replace("\r\n", "\n").replace("\r", "\n") if "\r" in markup else markup


def _package(key: str, command: str, parts: Iterable[str]) -> HiddenBytes:
    package = _element("package", _element(command, "".join(parts)), key=key)
    return HiddenBytes(f'<?xml version="1.0" encoding="utf-8" ?>\n{package}'.encode())


def _reference(id: int) -> str:  # noqa: A002 (the wire's name)
    return _element("msg", "", id=str(id))


def _msg(message: OutgoingMessage, time_zone: tzinfo) -> str:
    date = "" if message.date_beg is None else f' date_beg="{_wall_time(message.date_beg, time_zone)}"'
    inside = (
        f"<phone>{escape(message.phone)}</phone><sender>{escape(message.sender)}</sender>"
        f"<type>{escape(message.type)}</type><text>{escape(message.text)}</text>"
    )
    extras = [f"<{name}>{escape(value)}</{name}>" for name in OPTIONAL_FIELDS if (value := getattr(message, name))]
    return f'<msg id="{message.id:d}"{date}>{inside}{"".join(extras)}</msg>'


def _sms(message: OutgoingMessage, time_zone: tzinfo) -> str:
    """Write an SMS of type 0, a usual message; the gateway's flash, wap-push and voice messages are not sent."""
    date = {} if message.date_beg is None else {"date_beg": _wall_time(message.date_beg, time_zone)}
    return _element(
        "msg",
        escape(message.text),
        id=f"{message.id:d}",
        recipient=message.phone,
        sender=message.sender,
        **date,
        type="0",
    )


def _refuse_unsendable(message: OutgoingMessage) -> None:
    name = find_unsendable_field(message)
    if name == "date_beg":
        raise UnsendableText(f"Message {message.id}: date_beg must be between 2000 and 2099.")
    if name:
        point = f"U+{ord(find_unsendable(getattr(message, name))):04X}"
        raise UnsendableText(f"Message {message.id}: {name} contains {point}, which is not allowed in XML.")


def _wall_time(moment: datetime, time_zone: tzinfo) -> str:
    """Write an aware time as the gateway reads it: its local time, to the minute, without an offset."""
    if moment.tzinfo is None:
        raise ValueError("date_beg must be an aware datetime.")
    return moment.astimezone(time_zone).replace(tzinfo=None).isoformat(timespec="minutes")
