"""Read rows as drafts of messages, without database queries."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from hashlib import blake2b

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from viber_messaging.importing.entities import Draft
from viber_messaging.importing.problems import RecordProblem
from viber_messaging.importing.rows import Reader, Refused, text_in
from viber_messaging.models import Message
from viber_messaging.models.mixins.content import CONTENT_FIELDS
from viber_messaging.spreadsheets import Column, Role, Row, Table
from viber_messaging.spreadsheets.headings import fold
from viber_messaging.states import MessageState, MessageType

CONTENT_ROLES = tuple(role for role in Role if role in CONTENT_FIELDS)
TIME_FORMATS = ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M")


class DraftReader(Reader[Draft]):
    """Judges messages; a phone may get several, but not the same one twice.

    ``defaults`` are the values by field, such as the sender, for blank cells and missing columns; ``senders`` are the
    allowed sender names, None for all.
    """

    repeated = RecordProblem.REPEATED_MESSAGE

    def __init__(self, table: Table, defaults: Mapping[str, str], senders: Sequence[str] | None = None) -> None:
        super().__init__(table)
        self.defaults = defaults
        self.senders = senders
        self.columns = {role: column for role in Role if (column := table.column(role))}

    def record(self, row: Row) -> Draft:
        """Return the message in a row; raise Refused."""
        phone = self.phone_of(row)
        content = {str(role): self.text(row, role) for role in CONTENT_ROLES}
        content["type"] = type_of(content)
        draft = Draft(number=row.number, phone=phone, content=content, scheduled_at=self.time(row))
        self.raise_unless_sendable(draft)
        self.raise_unless_known(content["sender"])
        self.raise_if_repeated(mark_of(draft), row)
        return draft

    def text(self, row: Row, role: Role) -> str:
        """Return a field's text; raise Refused."""
        column = self.columns.get(role)
        return (text_in(row, column) if column else "") or self.defaults.get(str(role), "")

    def time(self, row: Row) -> datetime | None:
        """Return when a message is to be delivered, None for at once; raise Refused."""
        column = self.columns.get(Role.SCHEDULED_AT)
        return time_in(row, column) if column else None

    def raise_unless_known(self, sender: str) -> None:
        """Raise Refused for a sender that is not allowed, with the names that are."""
        if self.senders is not None and sender not in self.senders:
            names = ", ".join(self.senders) or "-"
            raise Refused(RecordProblem.SENDER, self.columns.get(Role.SENDER, self.phone), detail=names)

    def raise_unless_sendable(self, draft: Draft) -> None:
        """Raise Refused if the message breaks a rule of the gateway, with the cell and the field's complaint."""
        message = message_of(draft)
        try:
            message.clean_fields()
            message.clean()
        except ValidationError as error:
            field, sentences = next(iter(error.message_dict.items()))
            column = self.columns.get(Role(field), self.phone) if field in set(Role) else self.phone
            raise Refused(RecordProblem.CONTENT, column, detail=sentences[0]) from None


def message_of(draft: Draft) -> Message:
    """Return the unsaved draft."""
    return Message(phone=draft.phone, scheduled_at=draft.scheduled_at, state=MessageState.DRAFT, **dict(draft.content))


def mark_of(draft: Draft) -> bytes:
    """Return a short digest that is equal for rows with equal content."""
    parts = (draft.phone, str(draft.scheduled_at), *draft.content.values())
    return blake2b("\0".join(parts).encode(errors="replace"), digest_size=16).digest()


def type_of(content: Mapping[str, str]) -> str:
    """Return the type that the row names, in any language, or else the type that the other fields imply."""
    named = fold(content["type"])
    if not named:
        fallback = MessageType.IMAGE if content["image"] else MessageType.TEXT
        return str(MessageType.BUTTON if content["button"] else fallback)
    known = {fold(name): str(kind) for kind in MessageType for name in (kind.value, kind.label)}
    return known.get(named, content["type"])


def time_in(row: Row, column: Column) -> datetime | None:
    """Return the time in a cell, in the site's time zone; raise Refused if it is not a time."""
    value = row.values[column.index]
    if isinstance(value, date):
        return moment(value if isinstance(value, datetime) else datetime.combine(value, time()))
    text = text_in(row, column)
    if not text:
        return None
    for time_format in TIME_FORMATS:
        try:
            return moment(datetime.strptime(text, time_format))  # noqa: DTZ007 (the site's zone is added)
        except ValueError:
            continue
    raise Refused(RecordProblem.TIME, column)


def moment(naive: datetime) -> datetime:
    """Return a time in the site's time zone, aware if USE_TZ is set."""
    return timezone.make_aware(naive) if settings.USE_TZ else naive
