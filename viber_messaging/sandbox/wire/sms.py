"""The rules for an SMS, and the number of its parts. Source: docs/api/xml/send_sms.md, docs/api/xml/prices.md."""

from collections.abc import Collection, Mapping
from math import ceil

from viber_messaging.gateway.codes import MessageCode
from viber_messaging.sandbox.wire.validation import PHONE, SENDER

OTHERS = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\n"
TWICE = "^{}\\[~]|€"
LATIN = {chr(code) for code in range(32, 127)} - {"`"} | {*OTHERS, *TWICE}
USUAL_TYPE = "0"
MOST_PARTS = 10


def judge(fields: Mapping[str, str], unregistered_senders: Collection[str] = ()) -> MessageCode | None:
    """Return the code with which an SMS is refused, or None."""
    if not PHONE.fullmatch(fields["phone"]):
        return MessageCode.ERR_RECIPIENT
    if not SENDER.fullmatch(fields["sender"]) or fields["sender"] in unregistered_senders:
        return MessageCode.ERR_SENDER
    if fields["type"] != USUAL_TYPE:
        return MessageCode.ERR_UNKNOWN
    is_right = fields["text"].strip() and count_parts(fields["text"]) <= MOST_PARTS
    return None if is_right else MessageCode.ERR_LENGTH


def count_parts(text: str) -> int:
    """Return how many parts the text is sent in; unlike a phone, split even a character that takes two places."""
    if set(text) <= LATIN:
        places = len(text) + sum(map(text.count, TWICE))
        return 1 if places <= 160 else ceil(places / 153)
    places = len(text.encode("utf-16-le")) // 2
    return 1 if places <= 70 else ceil(places / 67)
