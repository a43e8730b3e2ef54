"""A message as a phone's screen shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from viber_messaging.admin.message.compose.markup import to_html
from viber_messaging.conf import conf
from viber_messaging.gateway.entities import is_in_range
from viber_messaging.models import Message
from viber_messaging.models.mixins.content import CONTENT_FIELDS
from viber_messaging.models.validators import TEXT_MAX_LENGTH
from viber_messaging.text import sms


def screen_of(content: Any, errors: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the data of a phone's screen for a message, without invalid links that a browser could open."""
    wrong = errors or {}
    return {
        **{name: getattr(content, name) for name in CONTENT_FIELDS},
        "text": to_html(content.text[:TEXT_MAX_LENGTH]),
        "image": "" if "image" in wrong else _picture(content.image),
        "sms": sms_of(content),
        "moment": None if "scheduled_at" in wrong else _moment_of(content),
    }


def sms_of(content: Any) -> dict[str, Any] | None:
    """Return the SMS that this site would send for a message, with its parts; None if it would send none."""
    if not conf.SMS or not content.sms_text.strip():
        return None
    sender = content.sms_sender or content.sender
    return {"text": content.sms_text, "sender": sender, "parts": sms.count_parts(content.sms_text)}


def _picture(link: str) -> str:
    """Return the link of a valid picture; an empty string for any other link."""
    try:
        return str(Message._meta.get_field("image").clean(link, None))
    except ValidationError:
        return ""


def _moment_of(content: Any) -> datetime | None:
    """Return when it is or was sent; None for a draft and for a campaign, which would be sent now."""
    sent_at = getattr(content, "accepted_at", None) or getattr(content, "queued_at", None)
    moment = getattr(content, "scheduled_at", None) or sent_at
    return moment if moment is not None and is_in_range(moment) else None
