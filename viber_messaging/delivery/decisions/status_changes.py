"""What an answer of the gateway changes of messages that it took: pure decisions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from viber_messaging.delivery.decisions import outcomes
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import StatusResult
from viber_messaging.states import FINAL_STATES, LEGAL_MOVES, MessageState

TIME_TO_BE_KNOWN = timedelta(minutes=10)
"""A message that the gateway does not know so long after it was accepted is for a person to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What we know of a message when we ask for its status."""

    pk: int
    reference: int
    state: MessageState
    status_code: int | None
    msg_id: str
    accepted_at: datetime
    scheduled_at: datetime | None = None

    @property
    def awaited_at(self) -> datetime:
        """Return when news of it begin: when it was accepted, or at the later hour that was chosen for it."""
        return max(self.accepted_at, self.scheduled_at or self.accepted_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What the changes have in common that can be written at once."""

    previous: MessageState
    state: MessageState
    status_code: int
    is_numbered: bool
    """Whether the gateway tells a number that the record has not."""
    error: str | None = None
    """What is noted of a message that stays accepted; None: nothing new."""

    @property
    def is_new(self) -> bool:
        """Tell whether the messages come to another state."""
        return self.state != self.previous

    @property
    def is_wait(self) -> bool:
        """Tell whether nothing but the code is new of messages that are still on their way."""
        return self.previous == self.state == MessageState.ACCEPTED and not self.is_numbered


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an answer changes of one message."""

    pk: int
    move: Move
    completed_at: datetime | None
    msg_id: str


def change_of(item: Asked, result: StatusResult | None, now: datetime) -> Change | None:
    """Return what the answer changes of a message; None when it says nothing new or would lead backwards."""
    if result is None:
        return None
    if result.code == MessageCode.ERR_ID and not _says_something(item, now):
        return None
    state = outcomes.state_from_status(result.code, _known_to_gateway(item.state, result.code))
    is_numbered = bool(result.sms_id) and result.sms_id != item.msg_id
    if state == item.state and result.code == item.status_code and not is_numbered:
        return None
    if state != item.state and state not in LEGAL_MOVES[item.state]:
        return None
    return Change(
        pk=item.pk,
        move=Move(
            previous=item.state,
            state=state,
            status_code=result.code,
            is_numbered=is_numbered,
            error=_note(item, state, result.code),
        ),
        completed_at=outcomes.completed_at(result, now) if state in FINAL_STATES else None,
        msg_id=result.sms_id,
    )


def _says_something(item: Asked, now: datetime) -> bool:
    """Tell whether it is news that the gateway does not know a message: one server may know of it later than another.

    Of one that failed because its reference had been used that is known already.
    """
    if item.state == MessageState.FAILED:
        return item.status_code != MessageCode.ERR_DUPLICATE
    return item.state == MessageState.ACCEPTED and now - item.accepted_at > TIME_TO_BE_KNOWN


def _note(item: Asked, state: MessageState, code: int) -> str | None:
    """Return what to note of a message that stays accepted: that the gateway forgot it, or that it knows it again."""
    if not item.state == state == MessageState.ACCEPTED:
        return None
    if code == MessageCode.ERR_ID:
        return outcomes.FORGOTTEN
    return "" if item.status_code == MessageCode.ERR_ID else None


def _known_to_gateway(state: MessageState, code: int) -> MessageState:
    """A failed message that the gateway turns out to have is an accepted one."""
    if state == MessageState.FAILED and code in outcomes.STATE_BY_CODE and code < MessageCode.ERR_UNKNOWN:
        return MessageState.ACCEPTED
    return state


def by_move(changes: Iterable[Change]) -> Mapping[Move, list[Change]]:
    """Return the changes, those together that can be written at once."""
    found: defaultdict[Move, list[Change]] = defaultdict(list)
    for change in changes:
        found[change.move].append(change)
    return found
