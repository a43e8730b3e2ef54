"""What undelivered Viber messages take if a person sends them by SMS: the parts, and which are too long."""

from dataclasses import dataclass

from viber_messaging.conf import conf
from viber_messaging.models import Message
from viber_messaging.models.database import keyset
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.text import sms


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsWeight:
    """How many parts some SMS have together, and how many messages are too long to be sent."""

    parts: int
    too_long: int


def text_of(parent: Message) -> str:
    """Return the text of the SMS instead of a message: the one that was asked for, otherwise that of the message."""
    text: str = parent.sms_text or parent.text
    return text


def fits(parent: Message) -> bool:
    """Return whether the SMS instead of a message has no more parts than SMS_MAX_PARTS."""
    return sms.count_parts(text_of(parent)) <= conf.SMS_MAX_PARTS


def weigh(messages: MessageQuerySet) -> SmsWeight:
    """Return what these Viber messages take as SMS."""
    texts = keyset.values(messages, "text", "sms_text")
    parts = [sms.count_parts(sms_text or text) for text, sms_text in texts]
    too_long = sum(count > conf.SMS_MAX_PARTS for count in parts)
    return SmsWeight(parts=sum(count for count in parts if count <= conf.SMS_MAX_PARTS), too_long=too_long)
