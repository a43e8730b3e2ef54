"""Asking the gateway what became of the messages that it took."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from viber_messaging import signals
from viber_messaging.conf import conf
from viber_messaging.delivery import announcing, asking, connection, consent, outcomes, storage
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.retrying import retried
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import StatusResult
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models import Message
from viber_messaging.states import FINAL_STATES, LEGAL_MOVES, MessageState

SHORTEST_INTERVAL = timedelta(seconds=5)
LONGEST_INTERVAL = timedelta(hours=1)

ASKABLE_STATES = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.FAILED)
"""States in which the gateway may know more than we do; a delivered message may have been read since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What we know of a message when we ask for its status."""

    pk: int
    reference: int
    state: MessageState
    status_code: int | None
    msg_id: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A move that several messages of one answer share."""

    previous: MessageState
    state: MessageState
    status_code: int
    completed_at: datetime | None
    msg_id: str | None
    """The gateway's number where the record had none yet."""


def poll(
    client: Gateway, report: Report, *, accepted_before: datetime, limit: int, should_stop: Callable[[], bool]
) -> None:
    """Ask for the status of accepted messages whose turn it is; not of those that this run has only just sent."""
    now = timezone.now()
    pollable = (
        storage.messages()
        .pollable(now, accepted_after=now - timedelta(seconds=conf.STATUS_MAX_AGE))
        .exclude(accepted_at__range=(accepted_before, now))
    )
    ask(client, pollable, report, limit=limit, should_stop=should_stop)


def ask(
    client: Gateway, messages: "QuerySet[Message]", report: Report, *, limit: int, should_stop: Callable[[], bool]
) -> None:
    """Ask for the status of these messages, a package at a time, and save what changed."""
    storage.assert_no_transaction()
    last_pk = 0
    while limit > 0 and not report.problem and not should_stop():
        asked = _read(messages, last_pk, min(limit, conf.PACKAGE_SIZE))
        if not asked:
            return
        last_pk, limit = asked[-1].pk, limit - len(asked)
        _ask_package(client, asked, report)


def _read(messages: "QuerySet[Message]", last_pk: int, limit: int) -> list[Asked]:
    pks = list(messages.filter(pk__gt=last_pk).order_by("pk").values_list("pk", flat=True)[:limit])
    rows = (
        messages.filter(pk__in=pks)
        .order_by("pk")
        .values_list("pk", "reference", "state", "status_code", "msg_id", "accepted_at", "created_at")
    )
    return [
        Asked(
            pk=pk,
            reference=reference,
            state=MessageState(state),
            status_code=status_code,
            msg_id=msg_id,
            accepted_at=accepted_at or created_at,
        )
        for pk, reference, state, status_code, msg_id, accepted_at, created_at in rows
    ]


def _ask_package(client: Gateway, asked: Sequence[Asked], report: Report) -> None:
    answer = asking.ask(client, [item.reference for item in asked], report)
    if isinstance(answer, connection.Failure):
        wait = timedelta(seconds=answer.wait_seconds)
    else:
        _save_changes(asked, answer.results.get, report)
        wait = _next_interval(asked)
    _postpone([item.pk for item in asked], wait)


@retried
def _postpone(pks: Sequence[int], wait: timedelta) -> None:
    """Ask again after ``wait``; what is to be called back stays due, because that is not to wait for it."""
    now = timezone.now()
    asked = storage.messages().filter(pk__in=pks, state=MessageState.ACCEPTED)
    has_left = Q(scheduled_at=None) | Q(scheduled_at__lte=now)
    asked.filter(has_left | Q(~consent.recipient_opted_out())).update(next_attempt_at=now + wait)


def _save_changes(asked: Iterable[Asked], result_of: Callable[[int], StatusResult | None], report: Report) -> None:
    groups: dict[Change, list[int]] = defaultdict(list)
    for item in asked:
        if change := _change(item, result_of(item.reference)):
            groups[change].append(item.pk)
    for change, pks in groups.items():
        _apply(change, pks, report)


def _change(item: Asked, result: StatusResult | None) -> Change | None:
    """Return what the answer changes of a message; None when it says nothing new or would lead backwards."""
    if result is None or (result.code == MessageCode.ERR_ID and item.state != MessageState.FAILED):
        return None
    state = outcomes.state_from_status(result.code, _known_to_gateway(item.state, result.code))
    number = result.sms_id if result.sms_id and result.sms_id != item.msg_id else None
    if state == item.state and result.code == item.status_code and number is None:
        return None
    if state != item.state and state not in LEGAL_MOVES[item.state]:
        return None
    return Change(
        previous=item.state,
        state=state,
        status_code=result.code,
        completed_at=outcomes.completed_at(result, timezone.now()) if state in FINAL_STATES else None,
        msg_id=number,
    )


def _known_to_gateway(state: MessageState, code: int) -> MessageState:
    """A failed message that the gateway turns out to have is an accepted one."""
    if state == MessageState.FAILED and code in outcomes.STATE_BY_CODE and code < MessageCode.ERR_UNKNOWN:
        return MessageState.ACCEPTED
    return state


def _apply(change: Change, pks: Sequence[int], report: Report) -> None:
    moved = _move(change, pks)
    if change.state == change.previous:
        return
    report.moved[change.state] += moved
    announcing.announce(signals.message_status_changed, pks, previous_state=change.previous)


@retried
def _move(change: Change, pks: Sequence[int]) -> int:
    return storage.messages().filter(pk__in=pks, state=change.previous).update(**_fields(change))


def _fields(change: Change) -> dict[str, Any]:
    fields: dict[str, Any] = {"state": change.state, "status_code": change.status_code}
    if change.msg_id is not None:
        fields["msg_id"] = change.msg_id
    if change.state != change.previous:
        failed = change.state in (MessageState.UNDELIVERED, MessageState.REJECTED)
        fields["error"] = MessageCode(change.status_code).phrase if failed else ""
        fields |= {"completed_at": change.completed_at, "next_attempt_at": None}
        if change.state == MessageState.ACCEPTED:
            fields |= {"accepted_at": timezone.now()}
    return fields


def _next_interval(asked: Sequence[Asked]) -> timedelta:
    """Ask again when the message is twice as old: soon at first, then ever more seldom."""
    age = abs(timezone.now() - max(item.accepted_at for item in asked))
    return min(max(age, SHORTEST_INTERVAL), LONGEST_INTERVAL)
