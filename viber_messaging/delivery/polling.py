"""Asking the gateway what became of the messages that it took."""

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet
from django.utils import timezone

from viber_messaging import signals
from viber_messaging.conf import conf
from viber_messaging.delivery import announcing, asking, connection, consent, storage
from viber_messaging.delivery.changes import Asked, Change, Move, by_move, change_of
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.retrying import retried
from viber_messaging.delivery.sql import updating
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models import Message
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.states import MessageState

SHORTEST_INTERVAL = timedelta(seconds=5)
LONGEST_INTERVAL = timedelta(hours=1)

ASKABLE_STATES = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.FAILED)
"""States in which the gateway may know more than we do; a delivered message may have been read since."""


Moves: TypeAlias = Mapping[Move, Sequence[Change]]
"""What an answer changes, those messages together that can be written at once."""


def always() -> bool:
    """Tell that statuses may be asked."""
    return True


def poll(
    client: Gateway,
    report: Report,
    *,
    accepted_before: datetime,
    limit: int,
    should_stop: Callable[[], bool],
    may_ask: Callable[[], bool] = always,
) -> None:
    """Ask for the status of accepted messages whose turn it is; not of those that this run has only just sent.

    ``may_ask`` is asked before each package that there is, and ends the asking.
    """
    pollable = due(storage.messages(), timezone.now(), accepted_before, timedelta(seconds=conf.STATUS_MAX_AGE))
    ask(client, pollable, report, limit=limit, should_stop=should_stop, may_ask=may_ask)


def due(messages: MessageQuerySet, now: datetime, accepted_before: datetime, max_age: timedelta) -> MessageQuerySet:
    """Return the messages of which the status is due to be asked."""
    return messages.pollable(now, accepted_after=now - max_age).exclude(accepted_at__range=(accepted_before, now))


def ask(
    client: Gateway,
    messages: "QuerySet[Message]",
    report: Report,
    *,
    limit: int,
    should_stop: Callable[[], bool],
    may_ask: Callable[[], bool] = always,
) -> None:
    """Ask for the status of these messages, a package at a time, and save what changed."""
    storage.assert_no_transaction()
    last_pk = 0
    while limit > 0 and not report.problem and not should_stop():
        asked = _read(messages, last_pk, min(limit, conf.PACKAGE_SIZE))
        if not asked or not may_ask():
            return
        last_pk, limit = asked[-1].pk, limit - len(asked)
        _ask_package(client, asked, report)


def _read(messages: "QuerySet[Message]", last_pk: int, limit: int) -> list[Asked]:
    pks = list(messages.filter(pk__gt=last_pk).order_by("pk").values_list("pk", flat=True)[:limit])
    rows = (
        storage.messages()
        .filter(pk__in=pks)
        .still(*ASKABLE_STATES)
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
        _postpone([item.pk for item in asked], timedelta(seconds=answer.wait_seconds))
        return
    now = timezone.now()
    found = [change_of(item, answer.results.get(item.reference), now) for item in asked]
    moves = by_move(filter(None, found))
    mark = uuid.uuid4() if signals.message_status_changed.has_listeners(Message) else None
    report.moved.update(_save(asked, moves, _next_interval(asked), mark))
    if mark is not None:
        _announce(moves, mark)


def _announce(moves: Moves, mark: uuid.UUID) -> None:
    """Tell of what this process changed itself: what another changed meanwhile, that one tells."""
    for move, changes in moves.items():
        if move.is_new:
            ours = storage.messages().filter(pk__in=[change.pk for change in changes], claim_token=mark)
            pks = ours.order_by("pk").values_list("pk", flat=True)
            announcing.announce(signals.message_status_changed, pks, previous_state=move.previous)


@retried
def _save(asked: Sequence[Asked], moves: Moves, wait: timedelta, mark: uuid.UUID | None) -> Counter[MessageState]:
    """Write each message once; those still on their way with when to ask again. Return how many came to which state.

    Those that come to another state bear the mark.
    """
    moved = Counter[MessageState]()
    with storage.atomic():
        for move, changes in moves.items():
            if move.is_wait:
                _postpone([change.pk for change in changes], wait, status_code=move.status_code)
            else:
                count = _move(move, changes, mark)
                moved[move.state] += count if move.is_new else 0
        _postpone(_left_waiting(asked, moves), wait)
    return moved


def _left_waiting(asked: Sequence[Asked], moves: Moves) -> list[int]:
    """Return those of which it is not written yet when to ask again."""
    settled = [changes for move, changes in moves.items() if move.is_wait or move.state != MessageState.ACCEPTED]
    pks = {change.pk for changes in settled for change in changes}
    return [item.pk for item in asked if item.pk not in pks]


def _move(move: Move, changes: Sequence[Change], mark: uuid.UUID | None) -> int:
    own: dict[str, list[Any]] = {}
    if move.is_numbered:
        own["msg_id"] = [change.msg_id for change in changes]
    if move.is_new:
        own["completed_at"] = [change.completed_at for change in changes]
    return updating.update([change.pk for change in changes], move.previous, _shared(move, mark), own)


def _shared(move: Move, mark: uuid.UUID | None) -> dict[str, Any]:
    fields: dict[str, Any] = {"state": move.state, "status_code": move.status_code}
    if move.is_new and mark is not None:
        fields["claim_token"] = mark
    if move.is_new:
        failed = move.state in (MessageState.UNDELIVERED, MessageState.REJECTED)
        fields["error"] = MessageCode(move.status_code).phrase if failed else ""
        fields["next_attempt_at"] = None
        if move.state == MessageState.ACCEPTED:
            fields["accepted_at"] = timezone.now()
    return fields


@retried
def _postpone(pks: Sequence[int], wait: timedelta, **changes: Any) -> None:
    """Ask again after ``wait``; what is to be called back stays due, because that is not to wait for it."""
    if not pks:
        return
    now = timezone.now()
    asked = storage.messages().filter(pk__in=pks).still(MessageState.ACCEPTED)
    has_left = Q(scheduled_at=None) | Q(scheduled_at__lte=now)
    asked.filter(has_left | Q(~consent.recipient_opted_out())).update(next_attempt_at=now + wait, **changes)


def _next_interval(asked: Sequence[Asked]) -> timedelta:
    """Ask again when the message is twice as old: soon at first, then ever more seldom."""
    age = abs(timezone.now() - max(item.accepted_at for item in asked))
    return min(max(age, SHORTEST_INTERVAL), LONGEST_INTERVAL)
