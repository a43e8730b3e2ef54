"""An accepted message, and how its status changes over time."""

from dataclasses import dataclass

from viber_messaging.gateway.codes import MessageCode
from viber_messaging.sandbox.faults.scenarios import BY_NAME, ORDINARY, Fate
from viber_messaging.sandbox.wire.validation import Content

VIBER, SMS = "viber", "sms"

FINAL_CODES = frozenset(
    {
        MessageCode.DELIVERED,
        MessageCode.EXPIRED,
        MessageCode.DELETED,
        MessageCode.UNDELIVERABLE,
        MessageCode.REJECTED,
        MessageCode.DISCARDED,
        MessageCode.NOT_SUPPORTED,
        MessageCode.WRONG_ALPHANAME,
        MessageCode.WRONG_ALPHANAME_RETURNED,
        MessageCode.READ,
    }
)
DELETABLE_CODES = frozenset({MessageCode.SCHEDULED, MessageCode.RECEIVED})
"""The codes of messages that have not gone to the operator yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedMessage(Content):
    """One message in the book: its fields as in the wire format, and the gateway's data. Times are epoch seconds."""

    id: int
    channel: str = VIBER
    sms_count: int = 1
    """The number of parts that an SMS is sent in."""
    date_beg: str = ""
    msg_id: int
    received_at: float
    due_at: float
    """When it goes out: ``date_beg``, or at once."""
    scenario: str = ""
    """The name of its scenario; empty if it is simply delivered."""
    deleted_at: float | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """A code and the epoch second since which it applies."""

    code: int
    since: float

    @property
    def is_final(self) -> bool:
        """Return whether the status is final (READ may still follow DELIVERED)."""
        return self.code in FINAL_CODES


def status_of(message: AcceptedMessage, now: float, seconds_to_deliver: float) -> Status:
    """Return the status of a message at the epoch second ``now``."""
    if message.deleted_at is not None:
        return Status(MessageCode.DELETED, message.deleted_at)
    if now < message.due_at:
        return Status(MessageCode.SCHEDULED, message.received_at)
    reached = [
        Status(code, message.due_at + when * seconds_to_deliver)
        for when, code in _fate_of(message).steps
        if message.due_at + when * seconds_to_deliver <= now
    ]
    return reached[-1]


def _fate_of(message: AcceptedMessage) -> Fate:
    scenario = BY_NAME.get(message.scenario)
    behaviour = scenario.behaviour_by(is_sms=message.channel == SMS) if scenario else None
    return behaviour if isinstance(behaviour, Fate) else ORDINARY
