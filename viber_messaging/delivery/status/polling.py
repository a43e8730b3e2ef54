"""Ask the gateway for the statuses of the messages that it accepted."""

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from django.db.models import QuerySet
from django.utils import timezone

from viber_messaging import signals
from viber_messaging.conf import conf
from viber_messaging.delivery import announcements, consent
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.decisions import outcomes
from viber_messaging.delivery.decisions.status_changes import Asked, Change, Move, by_move, change_of
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.sms import fallback, part_counts
from viber_messaging.delivery.status import query
from viber_messaging.delivery.status.query import always
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.delivery.storage.sql import index_order, update_messages
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import StatusResult
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models import Message
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import ASKABLE_STATES, REFUSED_STATES, REPLACEABLE_STATES, MessageChannel, MessageState

SHORTEST_INTERVAL = timedelta(seconds=5)
LONGEST_INTERVAL = timedelta(hours=1)
TIME_TO_ARRIVE = timedelta(minutes=1)
"""A message that was accepted less than this ago has hardly reached its phone: asking would cost one more request."""


_COLUMNS = (
    "pk", "reference", "state", "status_code", "msg_id", "accepted_at", "created_at", "scheduled_at", "channel",
    "sms_count",
)  # fmt: skip

Moves: TypeAlias = Mapping[Move, Sequence[Change]]
"""The changes of an answer, grouped so that one statement can write each group."""
Ours: TypeAlias = tuple[MessageState, list[int]]
"""The state that messages were in, and their keys."""


def poll(
    client: Gateway,
    report: Report,
    *,
    accepted_before: datetime,
    limit: int,
    should_stop: Callable[[], bool],
    may_ask: Callable[[], bool] = always,
    after_pk: int = 0,
) -> int | None:
    """Ask for the statuses that are due, except of messages that this run has only just sent.

    ``may_ask`` is called before each package; asking ends when it returns False. Return the last key asked about; None
    if there are no more.
    """
    pollable = due(tables.messages(), timezone.now(), accepted_before, timedelta(seconds=conf.STATUS_MAX_AGE))
    return ask(client, pollable, report, limit=limit, should_stop=should_stop, may_ask=may_ask, after_pk=after_pk)


def due(messages: MessageQuerySet, now: datetime, accepted_before: datetime, max_age: timedelta) -> MessageQuerySet:
    """Narrow to the messages whose status is due to be requested."""
    return messages.pollable(now, accepted_after=now - max_age).exclude(accepted_at__range=(accepted_before, now))


def ask(
    client: Gateway,
    messages: "QuerySet[Message]",
    report: Report,
    *,
    limit: int,
    should_stop: Callable[[], bool],
    may_ask: Callable[[], bool] = always,
    after_pk: int = 0,
) -> int | None:
    """Ask for the statuses of these messages, a package at a time, and save changes; return as `poll` does."""
    tables.assert_no_transaction()
    while limit > 0:
        if report.problem or should_stop():
            return None
        asked = _read(messages, after_pk, min(limit, conf.PACKAGE_SIZE))
        if not asked or not may_ask():
            return None
        after_pk, limit = asked[-1].pk, limit - len(asked)
        _ask_package(client, asked, report)
    return after_pk


@retried
def _read(messages: "QuerySet[Message]", last_pk: int, limit: int) -> list[Asked]:
    with index_order.in_index_order():
        pks = list(messages.filter(pk__gt=last_pk).order_by("pk").values_list("pk", flat=True)[:limit])
    rows = (
        tables.messages()
        .filter(pk__in=pks)
        .still(*ASKABLE_STATES)
        .exclude(error=outcomes.USED_BY_ANOTHER_SITE)
        .order_by("pk")
        .values_list(*_COLUMNS)
    )
    return [
        Asked(
            pk=pk,
            reference=reference,
            state=MessageState(state),
            status_code=status_code,
            msg_id=msg_id,
            accepted_at=accepted_at or created_at,
            scheduled_at=scheduled_at,
            lacks_parts=channel == MessageChannel.SMS and parts is None,
        )
        for pk, reference, state, status_code, msg_id, accepted_at, created_at, scheduled_at, channel, parts in rows
    ]


def _ask_package(client: Gateway, asked: Sequence[Asked], report: Report) -> None:
    answer = query.ask(client, [item.reference for item in asked], report)
    if isinstance(answer, health.Failure):
        _ask_later(asked, timedelta(seconds=answer.wait_seconds))
        return
    now = timezone.now()
    found = [change_of(item, answer.results.get(item.reference), now) for item in asked]
    moves = by_move(filter(None, found))
    mark = uuid.uuid4() if signals.message_status_changed.has_listeners(Message) else None
    parts = _parts(asked, answer.results)
    moved, ours, queued_sms = _save(asked, moves, _next_interval(asked), mark, parts)
    report.moved.update(moved)
    report.note_sms(queued_sms)
    for previous, pks in ours:
        announcements.announce(signals.message_status_changed, pks, previous_state=previous)


@retried
def _save(
    asked: Sequence[Asked],
    moves: Moves,
    wait: timedelta,
    mark: uuid.UUID | None,
    parts: Mapping[int, int | None],
) -> tuple[Counter[MessageState], list[Ours], int]:
    """Write each message once; for those still on their way, also when to ask again.

    Return how many messages reached each state and, if a mark is given, the marked messages that this process moved
    itself; another process announces those that it moved. Return also how many SMS were queued instead of messages.
    """
    moved, ours = Counter[MessageState](), list[Ours]()
    with tables.atomic():
        for move, changes in moves.items():
            if move.is_wait:
                _postpone([change.pk for change in changes], wait, status_code=move.status_code, **_noted(move))
                continue
            count = _move(move, changes, mark)
            if move.is_new:
                marked = _marked(changes, mark)
                moved[move.state] += max(count, len(marked))  # rows that an earlier try committed are not counted again
                ours.append((move.previous, marked))
        _postpone(_left_waiting(asked, moves), wait)
        _leave_due(asked)
        part_counts.save(parts)
        queued_sms = fallback.insert(_ended(moves))
    return moved, ours, queued_sms


def _ended(moves: Moves) -> list[int]:
    """Return the messages that were not delivered, or deleted: an SMS may go instead of them."""
    return [change.pk for move, changes in moves.items() if move.state in REPLACEABLE_STATES for change in changes]


def _parts(asked: Sequence[Asked], results: Mapping[int, StatusResult]) -> dict[int, int | None]:
    """Return the numbers of parts that the answer has for SMS that lack theirs."""
    lacking = (item for item in asked if item.lacks_parts and item.reference in results)
    return {item.pk: results[item.reference].sms_count for item in lacking}


def _marked(changes: Sequence[Change], mark: uuid.UUID | None) -> list[int]:
    if mark is None:
        return []
    ours = tables.messages().filter(pk__in=[change.pk for change in changes], claim_token=mark)
    return list(ours.order_by("pk").values_list("pk", flat=True))


@retried
def _ask_later(asked: Sequence[Asked], wait: timedelta) -> None:
    with tables.atomic():
        _postpone([item.pk for item in asked], wait)
        _leave_due(asked)


def _left_waiting(asked: Sequence[Asked], moves: Moves) -> list[int]:
    """Return the messages that are still without ``next_attempt_at``."""
    settled = [changes for move, changes in moves.items() if move.is_wait or move.state != MessageState.ACCEPTED]
    pks = {change.pk for changes in settled for change in changes}
    return [item.pk for item in asked if item.pk not in pks]


def _move(move: Move, changes: Sequence[Change], mark: uuid.UUID | None) -> int:
    own: dict[str, list[Any]] = {}
    if move.is_numbered:
        own["msg_id"] = [change.msg_id for change in changes]
    if move.is_new:
        own["completed_at"] = [change.completed_at for change in changes]
    return update_messages.update([change.pk for change in changes], move.previous, _shared(move, mark), own)


def _noted(move: Move) -> dict[str, Any]:
    return {} if move.error is None else {"error": move.error}


def _shared(move: Move, mark: uuid.UUID | None) -> dict[str, Any]:
    fields: dict[str, Any] = {"state": move.state, "status_code": move.status_code, **_noted(move)}
    if move.is_new and mark is not None:
        fields["claim_token"] = mark
    if move.is_new:
        failed = move.state in REFUSED_STATES
        fields["error"] = MessageCode(move.status_code).phrase if failed else ""
        fields["next_attempt_at"] = None
        if move.state == MessageState.ACCEPTED:
            fields["accepted_at"] = timezone.now()
    return fields


def _postpone(pks: Sequence[int], wait: timedelta, **changes: Any) -> None:
    """Ask again after ``wait``."""
    if pks:
        asked = tables.messages().filter(pk__in=pks).still(MessageState.ACCEPTED)
        asked.update(next_attempt_at=timezone.now() + wait, **changes)


def _leave_due(asked: Sequence[Asked]) -> None:
    """Keep the gateway's scheduled messages to people who opted out due, so that they are called back without a wait.

    This needs a separate statement: one that had waited for the opt-out's commit would not see it.
    """
    now = timezone.now()
    pks = [item.pk for item in asked if item.scheduled_at is not None and item.scheduled_at > now]
    if pks:
        held = consent.unwanted(tables.messages().filter(pk__in=pks, scheduled_at__gt=now))
        held.still(MessageState.ACCEPTED).update(next_attempt_at=None)


def _next_interval(asked: Sequence[Asked]) -> timedelta:
    """Ask again when the message is twice as old: soon at first, then less and less often."""
    now = timezone.now()
    age = min(abs(now - item.awaited_at) for item in asked)
    return min(max(age, SHORTEST_INTERVAL), LONGEST_INTERVAL)
