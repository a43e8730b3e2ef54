"""The rules for a message's fields, and the codes with which the gateway refuses it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from viber_messaging.gateway.codes import MessageCode

PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
SENDER = re.compile(r"[A-Za-z0-9 ._-]{3,11}")
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif")
TEXT_LENGTH = range(1, 1001)
BUTTON_LENGTH = range(1, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The children of ``<msg>``, in the order of the documents."""

    phone: str
    sender: str
    type: str
    text: str
    button: str = ""
    url: str = ""
    image: str = ""


LEGAL_COMPANIONS: Mapping[str, tuple[frozenset[str], ...]] = {
    "text": (frozenset(),),
    "image": (frozenset({"image"}), frozenset({"image", "url"}), frozenset({"image", "url", "button"})),
    "button": (frozenset({"image", "url", "button"}),),
}
"""The fields allowed beside the text, by type. An image with a button is the documentation's own example."""


def judge(fields: Mapping[str, str], unregistered_senders: Collection[str] = ()) -> MessageCode | None:
    """Return the code with which these fields are refused, or None. Source: docs/api/xml/send_viber.md."""
    sender = fields.get("sender", "")
    if not PHONE.fullmatch(fields.get("phone", "")):
        return MessageCode.ERR_RECIPIENT
    if not SENDER.fullmatch(sender) or sender in unregistered_senders:
        return MessageCode.ERR_SENDER
    if fields.get("type") not in LEGAL_COMPANIONS:
        return MessageCode.ERR_UNKNOWN
    return _judge_lengths(fields) or _judge_companions(fields)


def _judge_lengths(fields: Mapping[str, str]) -> MessageCode | None:
    text, button = fields.get("text", ""), fields.get("button", "?")
    is_right = text.strip() and len(text) in TEXT_LENGTH and len(button) in BUTTON_LENGTH
    return None if is_right else MessageCode.ERR_LENGTH


def _judge_companions(fields: Mapping[str, str]) -> MessageCode | None:
    """The code is not documented; the stand-in says "unknown error"."""
    companions = fields.keys() - {"phone", "sender", "type", "text"}
    if companions not in LEGAL_COMPANIONS[fields["type"]]:
        return MessageCode.ERR_UNKNOWN
    are_links = all(_is_link(fields[name]) for name in ("url", "image") if name in companions)
    is_picture = "image" not in companions or _is_picture(fields["image"])
    return None if are_links and is_picture else MessageCode.ERR_UNKNOWN


def _is_link(value: str) -> bool:
    try:
        address = urlsplit(value)
    except ValueError:
        return False
    return address.scheme in ("https", "http") and bool(address.hostname)


def _is_picture(value: str) -> bool:
    try:
        return urlsplit(value).path.lower().endswith(PICTURE_ENDINGS)
    except ValueError:
        return False
