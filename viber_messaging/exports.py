"""Export recipients and messages as spreadsheets: streamed, without active formulas, and importable without loss.

>>> export_recipients(Recipient.objects.filter(groups=group), file, Format.XLSX)
>>> export_messages(Message.objects.filter(state="failed"), file, Format.CSV)
>>> export_messages(Message.objects.filter(campaign=campaign).unreached(), file)    # who did not get it
"""

from collections.abc import Iterator
from datetime import datetime
from typing import IO

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from viber_messaging.models import Message, Recipient
from viber_messaging.models.database import keyset
from viber_messaging.models.mixins.content import EXTRA_FIELDS
from viber_messaging.models.recipient import attributes_of
from viber_messaging.spreadsheets.writer import Format, write_table

__all__ = ["Format", "export_messages", "export_recipients"]

MESSAGE_FIELDS = (
    *("phone", "recipient__name", "sender", "type", "text", *EXTRA_FIELDS, "scheduled_at", "reference"),
    *("channel", "state", "msg_id", "status_code", "error", "created_at", "queued_at", "accepted_at", "completed_at"),
)


def export_recipients(recipients: "QuerySet[Recipient]", file: IO[bytes], format: Format = Format.XLSX) -> None:  # noqa: A002
    """Write recipients to a binary ``file``, which stays open: phone, name, and a column for each attribute.

    Reads them twice, first for the names of the attributes, and in pieces, so it needs little memory and no server-side
    cursor. The file can be imported again without loss.
    """
    titles = attribute_titles(recipients)
    write_table(file, format, [_("Phone"), _("Name"), *titles], recipient_rows(recipients, titles))


def attribute_titles(recipients: "QuerySet[Recipient]") -> list[str]:
    """Return the names of all attributes, in the order of their first occurrence."""
    found: dict[str, None] = {}
    for (attributes,) in keyset.values(recipients, "attributes"):
        found.update(dict.fromkeys(attributes_of(attributes)))
    return list(found)


def recipient_rows(recipients: "QuerySet[Recipient]", titles: list[str]) -> Iterator[list[str]]:
    """Yield a row for each recipient."""
    for phone, name, stored in keyset.values(recipients, "phone", "name", "attributes"):
        attributes = attributes_of(stored)
        yield [phone, name, *(text_of(attributes.get(title)) for title in titles)]


def text_of(value: object) -> str:
    """Return an attribute as a text."""
    return "" if value is None else str(value)


def export_messages(messages: "QuerySet[Message]", file: IO[bytes], format: Format = Format.XLSX) -> None:  # noqa: A002
    """Write messages to a binary ``file``, which stays open: what was sent, its state, the codes and the times."""
    write_table(file, format, message_headings(), message_rows(messages))


def message_headings() -> list[str]:
    """Return a heading for each field of a message, in the active language."""
    fields = {field.name: field for field in Message._meta.get_fields() if hasattr(field, "verbose_name")}
    return [
        _("Name") if name == "recipient__name" else capfirst(str(fields[name].verbose_name)) for name in MESSAGE_FIELDS
    ]


def message_rows(messages: "QuerySet[Message]") -> Iterator[list[object]]:
    """Yield a row for each message; times are local, and references are texts because Excel would shorten numbers."""
    labels = dict(Message._meta.get_field("state").flatchoices)
    channels = dict(Message._meta.get_field("channel").flatchoices)
    for values in keyset.values(messages, *MESSAGE_FIELDS):
        row = dict(zip(MESSAGE_FIELDS, values, strict=True))
        row.update(reference=str(row["reference"]), state=str(labels.get(row["state"], row["state"])))
        row.update(channel=str(channels.get(row["channel"], row["channel"])))
        yield [shown(row[name]) for name in MESSAGE_FIELDS]


def shown(value: object) -> object:
    """Return a value in a form that a workbook supports, without time zones and microseconds."""
    if isinstance(value, datetime):
        return (localtime(value) if value.tzinfo else value).replace(tzinfo=None, microsecond=0)
    return value
