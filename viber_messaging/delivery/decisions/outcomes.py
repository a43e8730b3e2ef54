"""Conclusions from an answer of the gateway, or from the lack of one: pure decisions.

Source of the codes: the gateway's documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import Reply, SendResult, StatusResult
from viber_messaging.gateway.errors import GatewayError, NotSent, OutcomeUnknown
from viber_messaging.states import REFUSED_STATES, AttemptOutcome, MessageState
from viber_messaging.time import moments

ARRIVED_BEFORE = gettext_noop(
    "An earlier request with this reference had already reached the gateway: a proxy repeated it, or the database was "
    "restored from a backup. The gateway is asked about the message."
)
TAKEN_OVER = gettext_noop("The gateway answered only after another worker had taken over this message.")
REFERENCE_TAKEN = gettext_noop(
    "The gateway says that this reference was used before, but does not know a message with it: another site uses the "
    "same key, the database was restored from a backup, or a proxy repeats requests. The message may have been sent. "
    "Ask the gateway again, or ask its support, before you copy the message."
)
USED_BY_ANOTHER_SITE = gettext_noop(
    "The gateway had a message with this reference before this one was created: another site uses the same key. This "
    "message was not sent; copy it as a new message."
)
FORGOTTEN = gettext_noop(
    "The gateway accepted this message but no longer knows it, or the account was changed since. Ask the gateway's "
    "support what happened to it."
)
LEFT_OUT = gettext_noop("The gateway's answer does not name this message.")
UNKNOWN_CODE = gettext_noop("The gateway answered with a code that its documentation does not list.")
CANNOT_BE_WRITTEN = gettext_noop("The text contains a character that cannot be sent. Create a new message without it.")
TIME_OUT_OF_RANGE = gettext_noop(
    "The gateway only accepts dates from 2000 to 2099. Create a new message with another time."
)
PACKAGE_CULPRIT = gettext_noop("The gateway refused the format of this message (request error 201).")
NO_BILLING = gettext_noop("There is not enough money on the account. Top it up; the messages wait.")
NOT_RECORDED = gettext_noop("The gateway's answers cannot be saved in the database.")
INTERRUPTED = gettext_noop("The run was interrupted before the gateway answered.")
WORKER_DIED = gettext_noop("The worker that was sending this message stopped before it could save the answer.")

STATE_BY_CODE: Mapping[MessageCode, MessageState] = {
    MessageCode.RECEIVED: MessageState.ACCEPTED,
    MessageCode.SCHEDULED: MessageState.ACCEPTED,
    MessageCode.ENROUTE: MessageState.ACCEPTED,
    MessageCode.ACCEPTED: MessageState.ACCEPTED,
    MessageCode.SENDING: MessageState.ACCEPTED,
    MessageCode.DELIVERED: MessageState.DELIVERED,
    MessageCode.READ: MessageState.READ,
    MessageCode.EXPIRED: MessageState.UNDELIVERED,
    MessageCode.UNDELIVERABLE: MessageState.UNDELIVERED,
    MessageCode.REJECTED: MessageState.UNDELIVERED,
    MessageCode.DISCARDED: MessageState.UNDELIVERED,
    MessageCode.NOT_SUPPORTED: MessageState.UNDELIVERED,
    MessageCode.WRONG_ALPHANAME: MessageState.UNDELIVERED,
    MessageCode.WRONG_ALPHANAME_RETURNED: MessageState.UNDELIVERED,
    MessageCode.DELETED: MessageState.CANCELLED,
    MessageCode.UNKNOWN: MessageState.UNCONFIRMED,
    MessageCode.ERR_UNKNOWN: MessageState.REJECTED,
    MessageCode.ERR_ID: MessageState.REJECTED,
    MessageCode.ERR_SENDER: MessageState.REJECTED,
    MessageCode.ERR_RECIPIENT: MessageState.REJECTED,
    MessageCode.ERR_LENGTH: MessageState.REJECTED,
    MessageCode.ERR_BILLING: MessageState.QUEUED,
    MessageCode.ERR_OVERLIMIT: MessageState.REJECTED,
    MessageCode.ERR_DUPLICATE: MessageState.UNCONFIRMED,
    MessageCode.ERR_DELETE: MessageState.REJECTED,
}
"""The state that each code leads to when a message is sent for the first time."""

HOPELESS_CODES = frozenset({MessageCode.ERR_ID, MessageCode.ERR_RECIPIENT, MessageCode.ERR_LENGTH})
"""The gateway would answer the same message with the same code."""

HOPELESS_ERRORS = frozenset({CANNOT_BE_WRITTEN, TIME_OUT_OF_RANGE, PACKAGE_CULPRIT, USED_BY_ANOTHER_SITE})
"""The same message would fail for the same reason."""

_OUTCOME_BY_STATE: Mapping[MessageState, AttemptOutcome] = {
    MessageState.ACCEPTED: AttemptOutcome.ACCEPTED,
    MessageState.DELIVERED: AttemptOutcome.ACCEPTED,
    MessageState.READ: AttemptOutcome.ACCEPTED,
    MessageState.UNDELIVERED: AttemptOutcome.ACCEPTED,
    MessageState.CANCELLED: AttemptOutcome.ACCEPTED,
    MessageState.UNCONFIRMED: AttemptOutcome.UNKNOWN,
    MessageState.REJECTED: AttemptOutcome.REJECTED,
    MessageState.QUEUED: AttemptOutcome.REJECTED,
    MessageState.FAILED: AttemptOutcome.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one attempt means for one message."""

    outcome: AttemptOutcome
    state: MessageState
    status_code: int | None = None
    error: str = ""
    http_status: int | None = None
    reply: str = ""
    """An excerpt of the answer, unless the message was simply accepted."""
    wait_seconds: float | None = None
    """How long to wait before the message is tried again; None if its new state requires no extra wait."""


def judge_code(code: int, reply: Reply[SendResult], *, may_have_arrived: bool) -> Verdict:
    """Conclude from the gateway's code for one message.

    ``may_have_arrived`` is true if an earlier request may have reached the gateway: 208 then means that it was
    accepted. In any other case, 208 means that the gateway must be asked what it has.
    """
    state = _state_of(code, may_have_arrived=may_have_arrived)
    is_repeated = code == MessageCode.ERR_DUPLICATE and state == MessageState.UNCONFIRMED
    outcome = AttemptOutcome.REJECTED if is_repeated else _OUTCOME_BY_STATE[state]
    return Verdict(
        outcome=outcome,
        state=state,
        status_code=code,
        error=_error_of(code, state),
        http_status=reply.http_status,
        reply="" if outcome == AttemptOutcome.ACCEPTED else reply.excerpt,
    )


def _state_of(code: int, *, may_have_arrived: bool) -> MessageState:
    if code == MessageCode.ERR_DUPLICATE and may_have_arrived:
        return MessageState.ACCEPTED
    return STATE_BY_CODE.get(code, MessageState.UNCONFIRMED)  # type: ignore[call-overload,no-any-return]


def _error_of(code: int, state: MessageState) -> str:
    if code == MessageCode.ERR_DUPLICATE:
        return ARRIVED_BEFORE if state == MessageState.UNCONFIRMED else ""
    if code == MessageCode.ERR_BILLING:
        return NO_BILLING
    if state in REFUSED_STATES:
        return MessageCode(code).phrase
    return UNKNOWN_CODE if code not in STATE_BY_CODE else ""


def judge_taken_over(reply: Reply[SendResult]) -> Verdict:
    """Conclude from a 208, received by a worker that lost its claim, that the new owner decides about the message."""
    return Verdict(
        outcome=AttemptOutcome.REJECTED,
        state=MessageState.UNCONFIRMED,
        status_code=MessageCode.ERR_DUPLICATE,
        error=TAKEN_OVER,
        http_status=reply.http_status,
        reply=reply.excerpt,
    )


def judge_left_out(reply: Reply[SendResult]) -> Verdict:
    """Conclude that the outcome of a message missing from the answer is unknown."""
    return Verdict(
        outcome=AttemptOutcome.UNKNOWN,
        state=MessageState.UNCONFIRMED,
        error=LEFT_OUT,
        http_status=reply.http_status,
        reply=reply.excerpt,
    )


def judge_not_sent(error: NotSent, *, wait_seconds: float) -> Verdict:
    """Conclude that the message stays queued: nothing in this request reached the gateway's queue."""
    return Verdict(
        outcome=AttemptOutcome.NOT_SENT,
        state=MessageState.QUEUED,
        error=str(error),
        http_status=error.http_status,
        reply=error.excerpt,
        wait_seconds=wait_seconds,
    )


def judge_unknown(error: GatewayError) -> Verdict:
    """Conclude that the message may have been sent: the gateway must be asked before anything else."""
    return Verdict(
        outcome=AttemptOutcome.UNKNOWN,
        state=MessageState.UNCONFIRMED,
        error=str(error),
        http_status=error.http_status,
        reply=error.excerpt,
        wait_seconds=error.retry_after_seconds,
    )


def judge_interrupted() -> Verdict:
    """Conclude that the message may have been sent: an unrelated exception interrupted the call."""
    return judge_unknown(OutcomeUnknown(INTERRUPTED))


def judge_unsendable(field: str) -> Verdict:
    """Conclude that a message can never be sent, because the wire format cannot carry this field."""
    error = TIME_OUT_OF_RANGE if field == "date_beg" else CANNOT_BE_WRITTEN
    return Verdict(outcome=AttemptOutcome.NOT_SENT, state=MessageState.FAILED, error=error)


def judge_culprit(error: NotSent) -> Verdict:
    """Conclude that this message alone made the gateway refuse its package."""
    return Verdict(
        outcome=AttemptOutcome.REJECTED,
        state=MessageState.REJECTED,
        error=PACKAGE_CULPRIT,
        http_status=error.http_status,
        reply=error.excerpt,
    )


def completed_at(result: StatusResult, now: datetime) -> datetime:
    """Return when a message was completed: the gateway's time, or now if it gives none."""
    return moments.storable(result.date_completed) if result.date_completed else now


def state_from_status(code: int, current: MessageState) -> MessageState:
    """Return the state of an accepted message after a status answer; the current state if it says nothing new.

    201 (the gateway does not know the id), 107 and unknown codes say nothing about an accepted message.
    """
    if code in (MessageCode.ERR_ID, MessageCode.UNKNOWN, MessageCode.ERR_DUPLICATE) or code not in STATE_BY_CODE:
        return current
    state = STATE_BY_CODE[MessageCode(code)]
    return MessageState.REJECTED if state == MessageState.QUEUED else state
