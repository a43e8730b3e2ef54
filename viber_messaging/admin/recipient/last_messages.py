"""The last messages to a person on the recipient's page, and the way to write another one."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.text import Truncator

from viber_messaging.admin.pages.badges import message_badge
from viber_messaging.admin.pages.dates import date_and_time
from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.permissions import ADD_MESSAGE, has, may_see_messages, may_see_people
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message, Recipient

SHOWN = 5
"""The number of messages on the page; the list has all of them."""
LONGEST_TEXT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message in words."""

    url: str
    moment: str
    state: str
    """In its colour, with the mark of an SMS."""
    text: str


def story_of(request: HttpRequest, recipient: Recipient, site_name: str) -> dict[str, Any]:
    """Return the last messages to this person, and the URLs for all of them and for a new one, as far as allowed."""
    rows = _rows(recipient, site_name) if may_see_messages(request) else []
    return {
        "viber_messages": rows,
        "viber_search_url": url_of("viber_messaging_message_search", site_name) if rows else "",
        "viber_write_url": _write_url(request, recipient, site_name),
    }


def _rows(recipient: Recipient, site_name: str) -> list[MessageRow]:
    found = tables.messages().filter(phone=recipient.phone).order_by("-pk")
    return [_row(message, site_name) for message in found[:SHOWN]]


def _row(message: Message, site_name: str) -> MessageRow:
    return MessageRow(
        url=url_of("viber_messaging_message_change", site_name, message.pk),
        moment=date_and_time(message.queued_at or message.created_at),
        state=message_badge(message),
        text=Truncator(message.text).chars(LONGEST_TEXT),
    )


def _write_url(request: HttpRequest, recipient: Recipient, site_name: str) -> str:
    """Return the URL of the form with the person's key, so that the phone is in no URL; empty after an opt-out."""
    may_write = has(request, ADD_MESSAGE) and may_see_people(request) and recipient.opted_out_at is None
    url = url_of("viber_messaging_message_add", site_name) if may_write else ""
    return f"{url}?recipient={recipient.pk}" if url else ""
