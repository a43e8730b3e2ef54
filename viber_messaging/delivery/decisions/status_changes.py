"""The changes that a status answer makes to accepted messages: pure decisions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from viber_messaging.delivery.decisions import outcomes
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import StatusResult
from viber_messaging.states import FINAL_STATES, LEGAL_MOVES, MessageState

TIME_TO_BE_KNOWN = timedelta(minutes=10)
"""If the gateway still does not know a message this long after accepting it, a person should look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What we know about a message when we ask for its status."""

    pk: int
    reference: int
    state: MessageState
    status_code: int | None
    msg_id: str
    accepted_at: datetime
    scheduled_at: datetime | None = None
    lacks_parts: bool = False
    """Whether it is an SMS whose number of parts is unknown."""

    @property
    def awaited_at(self) -> datetime:
        """Return when a status can first be expected: once accepted, or at its scheduled time if that is later."""
        return max(self.accepted_at, self.scheduled_at or self.accepted_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What changes have in common if one statement can write them."""

    previous: MessageState
    state: MessageState
    status_code: int
    is_numbered: bool
    """Whether the answer has a gateway ID that our record lacks."""
    error: str | None = None
    """The note on a message that stays accepted; None if there is nothing new."""

    @property
    def is_new(self) -> bool:
        """Return whether the messages change state."""
        return self.state != self.previous

    @property
    def is_wait(self) -> bool:
        """Return whether the messages are still on their way, and only the code is new."""
        return self.previous == self.state == MessageState.ACCEPTED and not self.is_numbered


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The change that an answer makes to one message."""

    pk: int
    move: Move
    completed_at: datetime | None
    msg_id: str


def change_of(item: Asked, result: StatusResult | None, now: datetime) -> Change | None:
    """Return the change that an answer makes to a message; None if it is nothing new or would lead backwards."""
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
    """Return whether it means anything that the gateway does not know a message: its servers may learn of it late.

    For a message that failed because its reference was already used, it is nothing new.
    """
    if item.state == MessageState.FAILED:
        return item.status_code != MessageCode.ERR_DUPLICATE
    return item.state == MessageState.ACCEPTED and now - item.accepted_at > TIME_TO_BE_KNOWN


def _note(item: Asked, state: MessageState, code: int) -> str | None:
    """Return the note on a message that stays accepted: that the gateway forgot it, or that it knows it again."""
    if not item.state == state == MessageState.ACCEPTED:
        return None
    if code == MessageCode.ERR_ID:
        return outcomes.FORGOTTEN
    return "" if item.status_code == MessageCode.ERR_ID else None


def _known_to_gateway(state: MessageState, code: int) -> MessageState:
    """Treat a failed message as accepted if the gateway turns out to have it."""
    if state == MessageState.FAILED and code in outcomes.STATE_BY_CODE and code < MessageCode.ERR_UNKNOWN:
        return MessageState.ACCEPTED
    return state


def by_move(changes: Iterable[Change]) -> Mapping[Move, list[Change]]:
    """Group the changes that one statement can write."""
    found: defaultdict[Move, list[Change]] = defaultdict(list)
    for change in changes:
        found[change.move].append(change)
    return found
