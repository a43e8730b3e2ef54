"""The values passed between this package and the gateway, which never change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Generic, NamedTuple, TypeVar

ResultT = TypeVar("ResultT")


def is_in_range(moment: datetime) -> bool:
    """Return whether the gateway accepts this time: its documentation only shows times from 2000 to 2099."""
    return 2000 <= moment.year < 2100


class Channel(StrEnum):
    """The way a message takes; it decides the command that sends it."""

    VIBER = "viber"
    SMS = "sms"


@dataclass(slots=True)
class OutgoingMessage:
    """One ``<msg>`` of a ``message-viber`` command, or of a ``message`` command, with the fields of the wire format.

    An SMS has only its phone, sender and text. All messages of one request have the same channel.

    Personal data is kept out of the repr, which appears in tracebacks. Not frozen, because creating it would take seven
    times as long.
    """

    id: int
    phone: str = field(repr=False)
    sender: str
    type: str
    text: str = field(repr=False)
    button: str = field(default="", repr=False)
    url: str = field(default="", repr=False)
    image: str = field(default="", repr=False)
    date_beg: datetime | None = None
    """Aware; written to the minute in the gateway's time zone. None means at once."""
    channel: str = Channel.VIBER

    def content(self) -> tuple[str, ...]:
        """Return the values that no stored excerpt of an answer may repeat."""
        values: tuple[str, ...] = _private_values(self)
        return values


_NOT_CONTENT = frozenset({"id", "phone", "date_beg", "channel"})

CONTENT_FIELDS = tuple(each.name for each in fields(OutgoingMessage) if each.name not in _NOT_CONTENT)
"""The fields that the recipient sees, in the order of the documentation. All other lists follow from this one."""

OPTIONAL_FIELDS = tuple(each.name for each in fields(OutgoingMessage) if each.default == "")
"""The content fields that are sent only if they are not empty."""

_private_values = attrgetter(*(each.name for each in fields(OutgoingMessage) if not each.repr))


class SendResult(NamedTuple):
    """What the gateway says about one message in the answer to a send."""

    id: int
    code: int
    msg_id: str = ""
    """The gateway ID; empty if it gave none (absent or "0"). The answer to an SMS calls it ``sms_id``."""
    sms_count: int | None = None
    """The number of parts of an SMS; None for a Viber message."""


class StatusResult(NamedTuple):
    """What the gateway says about one message in the answer to a ``status`` or ``delete``."""

    id: int
    code: int
    sms_id: str = ""
    """The same gateway ID that the answer to a send calls ``msg_id``."""
    sms_count: int | None = None
    date_completed: datetime | None = None
    """Aware; the gateway's local time in its time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Generic[ResultT]):
    """A decoded answer: results by our ID. Messages that are not in it were left out by the gateway.

    A refused message is a result, not an exception.
    """

    results: Mapping[int, ResultT]
    http_status: int
    excerpt: str = ""
    """The answer's structure and codes, or its first words without any content of the request, for a person to read."""
    error_code: int | None = None
    """The code of an ``<error>`` beside the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The account's balance."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of one part of an SMS to one phone; 0 if the gateway cannot reach that phone."""

    amount: Decimal
    currency: str
