"""What crosses the border between this package and the gateway, as values that never change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

ResultT = TypeVar("ResultT")


def is_tellable(moment: datetime) -> bool:
    """Tell whether the gateway's clock is for this moment: its documents show times of this century only."""
    return 2000 <= moment.year < 2100


@dataclass(slots=True)
class OutgoingMessage:
    """One ``<msg>`` of a ``message-viber`` command, field by field as on the wire.

    Personal data stays out of the repr: it ends in tracebacks. Not frozen: that would take seven times as long to make.
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
    """Aware; written to the minute in the gateway's time zone. None: at once."""

    def content(self) -> tuple[str, ...]:
        """Return what no record of an answer may repeat."""
        return self.phone, self.text, self.button, self.url, self.image


class SendResult(NamedTuple):
    """What the gateway says of one message at the send."""

    id: int
    code: int
    msg_id: str = ""
    """The gateway's own number as it came; empty where it gave none (absent or "0")."""


class StatusResult(NamedTuple):
    """What the gateway says of one message when asked (``status``) or told to ``delete`` it."""

    id: int
    code: int
    sms_id: str = ""
    """The same number that the send calls ``msg_id``."""
    sms_count: int | None = None
    date_completed: datetime | None = None
    """Aware; the gateway's wall clock read in its time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Generic[ResultT]):
    """An answer that was read: results by our id. A message that is not in it was left out by the gateway.

    Raises nothing for a refused message: a refusal of one item is a result.
    """

    results: Mapping[int, ResultT]
    http_status: int
    excerpt: str = ""
    """The answer's shape and codes, or its first words with nothing of the request in them, for a person to read."""
    error_code: int | None = None
    """An ``<error>`` that stood beside the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What is left on the account."""

    amount: Decimal
    currency: str
