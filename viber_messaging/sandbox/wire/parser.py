"""Read a request. The format is checked strictly, so that any package that passes has the documented form."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from viber_messaging.sandbox.wire.validation import Content

FIELD_ORDER = {field.name: place for place, field in enumerate(fields(Content))}
DATE_BEG = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)
SEND = "message-viber"
SEND_SMS = "message"
SENDS = frozenset({SEND, SEND_SMS})
"""The commands that send something."""


class FormatError(ValueError):
    """Raised when the request is not in the documented form; the whole request is answered with 201."""


@dataclass(slots=True)
class Item:
    """One ``<msg>``: its attributes, and the text of its children by tag."""

    attributes: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    id: int | None = field(init=False)
    """Our ID if it is a valid integer, else None."""
    phone: str = field(init=False)
    """The recipient's phone, empty if none is given."""

    def __post_init__(self) -> None:
        self.id = read_integer(self.attributes.get("id", ""))
        self.phone = self.fields.get("phone", "")


@dataclass(frozen=True, slots=True)
class Command:
    """One element inside ``<package>``."""

    name: str
    items: tuple[Item, ...] = ()


def read_root(body: bytes) -> Element:
    """Read a body and return its ``<package>``; raise FormatError if it is none, or has a DTD."""
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise FormatError("not XML") from error
    if root.tag != "package" or set(root.attrib) - {"key"}:
        raise FormatError("not a package")
    return root


def read_commands(root: Element) -> list[Command]:
    """Return the commands of a package in order; raise FormatError if one is not as documented."""
    _require_no_text(root)
    commands = [_read_command(element) for element in root]
    if not commands:
        raise FormatError("no command")
    return commands


def read_integer(text: str) -> int | None:
    """Return a positive integer of at most 18 digits, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _read_command(element: Element) -> Command:
    if element.attrib:
        raise FormatError("a command has no attributes")
    _require_no_text(element)
    if element.tag == "balance":
        return _read_balance(element)
    read_item = READERS.get(element.tag)
    if read_item is None or not len(element):
        raise FormatError("an unknown or empty command")
    return Command(element.tag, tuple(read_item(msg) for msg in element))


def _read_balance(element: Element) -> Command:
    if len(element):
        raise FormatError("balance is empty")
    return Command("balance")


def _read_question(msg: Element) -> Item:
    if msg.tag != "msg" or len(msg) or msg.text or list(msg.attrib) not in (["id"], ["sms_id"]):
        raise FormatError("a status or delete names a message by id or by sms_id")
    return Item(msg.attrib)


def _read_message(msg: Element) -> Item:
    if msg.tag != "msg" or not msg.attrib.keys() <= {"id", "date_beg"}:
        raise FormatError("a message has an id and a date_beg")
    _require_no_text(msg)
    date_beg = msg.get("date_beg")
    if date_beg is not None and not DATE_BEG.fullmatch(date_beg):
        raise FormatError("date_beg is YYYY-MM-DDTHH:MM")
    return Item(msg.attrib, _read_fields(msg))


def _read_fields(msg: Element) -> dict[str, str]:
    fields: dict[str, str] = {}
    last_place = -1
    for child in msg:
        place = FIELD_ORDER.get(child.tag, -1)
        if place <= last_place:
            raise FormatError("an unknown, repeated or misplaced field")
        if child.attrib or len(child) or not child.text:
            raise FormatError("a field is plain text and never empty")
        fields[child.tag] = child.text
        last_place = place
    return fields


def _read_sms(msg: Element) -> Item:
    """Read an SMS into the fields of a Viber message, so that both are entered into the book alike."""
    attributes = dict(msg.attrib)
    names = {"recipient": "phone", "sender": "sender", "type": "type"}
    if msg.tag != "msg" or len(msg) or not msg.text or not names.keys() <= attributes.keys():
        raise FormatError("an SMS has a recipient, a sender, a type and a text")
    fields = {ours: attributes.pop(theirs) for theirs, ours in names.items()}
    if not attributes.keys() <= {"id", "date_beg", "date_end"}:
        raise FormatError("an SMS has an id, a date_beg and a date_end")
    if any(not DATE_BEG.fullmatch(date) for name, date in attributes.items() if name != "id"):
        raise FormatError("date_beg and date_end are YYYY-MM-DDTHH:MM")
    return Item(attributes, {**fields, "text": msg.text})


def _read_phone(phone: Element) -> Item:
    if phone.tag != "phone" or phone.attrib or len(phone) or not phone.text:
        raise FormatError("prices are asked by phone")
    return Item({}, {"phone": phone.text})


READERS: Mapping[str, Callable[[Element], Item]] = {
    SEND: _read_message,
    SEND_SMS: _read_sms,
    "status": _read_question,
    "delete": _read_question,
    "prices": _read_phone,
}
"""How each command's elements are read."""


def _require_no_text(element: Element) -> None:
    """Refuse text between the elements, except white space."""
    if (element.text and element.text.strip()) or any(child.tail and child.tail.strip() for child in element):
        raise FormatError("text between the elements")
