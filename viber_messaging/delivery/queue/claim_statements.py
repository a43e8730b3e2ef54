"""The two SQL statements of a claim: find due messages, and take those that may be sent."""

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections, models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL

from viber_messaging.conf import conf
from viber_messaging.delivery import allowlist, consent
from viber_messaging.delivery.allowlist import Beginnings
from viber_messaging.delivery.connection import account
from viber_messaging.delivery.queue import fallbacks, holds
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.sql import columns
from viber_messaging.delivery.storage.sql.statements import Blank, Rows, Statement, selecting, updating
from viber_messaging.gateway.entities import OutgoingMessage
from viber_messaging.models import Message
from viber_messaging.models.message_queries import MessageQuerySet, is_due
from viber_messaging.states import AttemptOutcome, MessageState
from viber_messaging.time import moments

_PERHAPS_TRIED = models.Value(1)
_NO_CAMPAIGN = models.Value(None, output_field=models.BigIntegerField())
_COLUMNS = {"id": "reference", "date_beg": "scheduled_at"}
"""The columns whose names differ from those in the wire format."""
CLAIM = ("id", "attempt_count", *(_COLUMNS.get(field.name, field.name) for field in fields(OutgoingMessage)))
_SCHEDULED_AT = CLAIM.index("scheduled_at")

# Typed Any, because the ORM accepts a blank like a value.
_NOW: Any = Blank("now", models.DateTimeField())
_TOKEN: Any = Blank("token", models.UUIDField())
_MARK: Any = Blank("mark", models.CharField())
_AFTER: Any = Blank("after", models.BigIntegerField())
_PKS: Any = Blank("pks", models.Field())

_SETS: dict[str, tuple[str, Callable[[Sequence[int]], Any]]] = {
    "sqlite": ("IN (SELECT value FROM json_each(%s))", json.dumps),
    "postgresql": ("= ANY(%s::bigint[])", columns.array),
}
"""For databases with UPDATE … RETURNING: how to match a key against many keys passed as one parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which of the due messages to take."""

    pks: Sequence[int] | None = None
    after_pk: int = 0
    """Among all messages, take only those created later."""
    singles_after_pk: int = 0
    """Among messages outside campaigns, take only those created later."""
    singles_only: bool = False
    only_if_few: bool = False
    """Take none if more are due than may be taken."""


@dataclass(slots=True, eq=False)
class Claim:
    """One message taken for sending."""

    pk: int
    number: int
    """The number of the attempt, from 1."""
    outgoing: OutgoingMessage


class _Look(NamedTuple):
    """The parameters that shape the search for due messages."""

    alias: str
    limit: int
    locked: bool
    held: Sequence[int] = ()
    singles_only: bool = False


def look(limit: int, now: datetime, after_pk: int, *, locked: bool) -> Rows:
    """Return key, worker deaths, campaign, attempts and replaced message of up to ``limit`` due messages, oldest first.

    If rows are not locked, they are not read: an attempt is assumed, because the index of due messages lacks the count.
    """
    kind = _Look(tables.alias(), limit, locked, held=tuple(holds.held_campaigns(now)))
    return _looking(kind).fetch(now=now, after=after_pk)


def look_for_singles(limit: int, now: datetime, after_pk: int, *, locked: bool) -> Rows:
    """Return the same for messages outside campaigns, from a small index, however much else is queued."""
    kind = _Look(tables.alias(), limit, locked, singles_only=True)
    return _looking(kind).fetch(now=now, after=after_pk)


def look_among(limit: int, now: datetime, choice: Choice, *, locked: bool) -> Rows:
    """Return the same for messages given by their keys."""
    held = () if choice.singles_only else tuple(holds.held_campaigns(now))
    kind = _Look(tables.alias(), limit, locked, held=held, singles_only=choice.singles_only)
    due = _still_due(tables.messages().filter(pk__in=choice.pks or ()), now)
    return list(map(list, _narrowed(due, choice.after_pk, kind)))


@lru_cache(maxsize=32)
def _looking(kind: _Look) -> Statement:
    due = MessageQuerySet(Message, using=kind.alias).due(_NOW)
    return selecting(_narrowed(due, _AFTER, kind))


def _narrowed(due: MessageQuerySet, after_pk: int, kind: _Look) -> Any:
    due = due.filter(pk__gt=after_pk)
    if kind.singles_only:
        due = due.filter(campaign=None)
    elif kind.held:
        due = due.exclude(campaign__in=kind.held)
    if kind.locked:
        due = due.select_for_update(skip_locked=True)
    campaign = _NO_CAMPAIGN if kind.singles_only else F("campaign")
    attempts = F("attempt_count") if kind.locked else _PERHAPS_TRIED
    return due.order_by("pk").values_list("pk", "worker_deaths", campaign, attempts, "fallback_of")[: kind.limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Extra conditions to check, needed by at least some of the messages."""

    of_campaigns: bool
    tried_before: bool
    """If False, leave out a condition that PostgreSQL estimates as costly enough to trigger JIT compilation."""
    of_fallbacks: bool


def take(pks: Sequence[int], now: datetime, token: uuid.UUID, doubts: Doubts) -> list[Claim]:
    """Claim the messages among these that are still due and may be sent; return them, oldest first."""
    connection = connections[tables.alias()]
    if not can_return_claims():
        return _take_and_read(pks, now, token, doubts)
    pack = _SETS[connection.vendor][1]
    marks = account.marks()
    only, sends_sms = conf.ONLY_PHONES, conf.SMS
    statement = _taking(connection.alias, doubts, marks, only, resend_window=conf.RESEND_WINDOW, sends_sms=sends_sms)
    return claims_of(sorted(statement.fetch(now=now, token=token, mark=account.mark(), pks=pack(pks))))


def can_return_claims() -> bool:
    """Return whether the database has UPDATE … RETURNING; MariaDB has it only for INSERT, SQLite since 3.35."""
    connection = connections[tables.alias()]
    return connection.vendor in _SETS and bool(connection.features.can_return_columns_from_insert)


def _take_and_read(pks: Sequence[int], now: datetime, token: uuid.UUID, doubts: Doubts) -> list[Claim]:
    sendable = _sendable(tables.messages(), now, doubts, account.marks(), conf.ONLY_PHONES)
    sendable.filter(pk__in=pks).update(**_changes(now, token, account.mark()))
    return _read(tables.messages().filter(pk__in=pks, claim_token=token))


def taken_by(token: uuid.UUID) -> list[Claim]:
    """Return what is claimed under this token, oldest first."""
    return _read(tables.messages().filter(claim_token=token).still(MessageState.SENDING))


def _read(taken: MessageQuerySet) -> list[Claim]:
    return claims_of(list(map(list, taken.order_by("pk").values_list(*CLAIM))))


@lru_cache(maxsize=16)
def _taking(
    alias: str, doubts: Doubts, marks: tuple[str, ...], only: Beginnings, *, resend_window: float, sends_sms: bool
) -> Statement:
    """Compile the claim; the settings are arguments because they are part of the statement."""
    key = f"{columns.table()}.{columns.named('id')}"
    looked_for = f"{key} {_SETS[connections[alias].vendor][0]}"
    is_given: Any = RawSQL(looked_for, [_PKS], models.BooleanField())  # noqa: S611 (made of names that the models give)
    sendable = _sendable(MessageQuerySet(Message, using=alias), _NOW, doubts, marks, only)
    return updating(sendable.filter(is_given), _changes(_NOW, _TOKEN, _MARK), returning=CLAIM)


def _sendable(
    messages: MessageQuerySet, now: datetime, doubts: Doubts, marks: tuple[str, ...], only: Beginnings
) -> MessageQuerySet:
    sendable = may_reach(_still_due(messages, now), only).filter(holds.nobody_stopped())
    if doubts.of_campaigns:
        sendable = sendable.filter(holds.is_of_no_held())
    if doubts.of_fallbacks or not conf.SMS:  # the Viber message of an SMS may have been deleted since
        sendable = sendable.filter(fallbacks.may_go())
    if doubts.tried_before:
        sendable = sendable.exclude(is_too_old(now)).exclude(account.is_in_doubt_elsewhere(marks))
    return sendable


def may_reach(messages: MessageQuerySet, only: Beginnings) -> MessageQuerySet:
    """Narrow to the messages whose recipients did not opt out and may be reached; every claim asks this."""
    return allowlist.allowed(consent.wanted(messages), only)


def _still_due(messages: MessageQuerySet, now: datetime) -> MessageQuerySet:
    due = messages.still(MessageState.QUEUED).filter(is_due(now), is_recipient_gone=False)
    return due.filter(fallbacks.is_in_time(now))


def _changes(now: datetime, token: uuid.UUID, mark: str) -> dict[str, Any]:
    return {
        "state": MessageState.SENDING,
        "claim_token": token,
        "claimed_at": now,
        "attempt_count": F("attempt_count") + 1,
        "account_mark": mark,
    }


def is_too_old(now: datetime) -> Q:
    """Return the condition that an attempt with an unknown outcome is so old that a person must decide."""
    oldest = now - timedelta(seconds=conf.RESEND_WINDOW)
    doubtful = tables.attempts().filter(message=OuterRef("pk"), outcome=AttemptOutcome.UNKNOWN, started_at__lt=oldest)
    # The site's code may have queued it by its own UPDATE, which leaves queued_at empty.
    was_queued = Q(queued_at__lt=oldest) | Q(queued_at=None, created_at__lt=oldest)
    return Q(attempt_count__gt=0) & was_queued & Q(Exists(doubtful))


def claims_of(rows: Rows) -> list[Claim]:
    """Return the claims that these rows of CLAIM describe."""
    for row in rows:
        row[_SCHEDULED_AT] = row[_SCHEDULED_AT] and moments.aware(row[_SCHEDULED_AT])
    return [Claim(row[0], row[1], OutgoingMessage(*row[2:])) for row in rows]
