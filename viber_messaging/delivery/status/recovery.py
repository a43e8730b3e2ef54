"""Resolving unknown outcomes: the claims of dead workers, and messages that may have been sent."""

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from django.db.models import F
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery import announcements
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.decisions import outcomes
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.sms import fallback, part_counts
from viber_messaging.delivery.status import query, unknown_outcomes
from viber_messaging.delivery.status.query import always
from viber_messaging.delivery.status.resolution import Changes, Settlements
from viber_messaging.delivery.status.unknown_outcomes import Doubt
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import persist, retried
from viber_messaging.delivery.storage.sql import update_messages
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import StatusResult
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.logs.facts import facts
from viber_messaging.models import SendAttempt
from viber_messaging.models.message_queries import MessageQuerySet, is_abandoned
from viber_messaging.states import REPLACEABLE_STATES, AttemptOutcome, MessageState

logger = logging.getLogger(__name__)

Settled: TypeAlias = tuple[Doubt, Changes]
"""A message and the changes that an answer makes to it."""

BATCH_SIZE = 500
_OWN = ("msg_id", "completed_at")
"""The fields with a separate value for each message."""


def release_abandoned(report: Report) -> None:
    """Mark messages that a worker claimed and never recorded as unconfirmed; write the missing attempts."""
    while count := _release_batch():
        report.moved[MessageState.UNCONFIRMED] += count
        extra = facts("worker_died", count=count)
        logger.warning(
            "A worker stopped while it was sending %s messages; the gateway will be asked about them.",
            count,
            extra=extra,
        )


def _release_batch() -> int:
    now = timezone.now()
    pks = _abandoned(now)
    if not pks:
        return 0
    return persist(lambda: _release(pks, now), found=lambda: _count_released(pks, now) or None)


@retried
def _abandoned(now: datetime) -> list[int]:
    abandoned = tables.messages().abandoned(now, timedelta(seconds=conf.CLAIM_TIMEOUT))
    return list(abandoned.order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE])


def _count_released(pks: Sequence[int], now: datetime) -> int:
    """Return how many an earlier try released if the answer to its COMMIT was lost."""
    return int(tables.attempts().filter(message__in=pks, finished_at=now, error=outcomes.WORKER_DIED).count())


def _release(pks: Sequence[int], now: datetime) -> int:
    token, claim_timeout = uuid.uuid4(), timedelta(seconds=conf.CLAIM_TIMEOUT)
    with tables.atomic():
        named = tables.messages().filter(pk__in=pks)
        named.still(MessageState.SENDING).filter(is_abandoned(now, claim_timeout)).update(
            state=MessageState.UNCONFIRMED,
            claim_token=token,
            next_attempt_at=None,
            error=outcomes.WORKER_DIED,
            status_code=None,
            worker_deaths=F("worker_deaths") + 1,
        )
        ours = named.filter(claim_token=token)
        tables.attempts().bulk_create(_attempt_of_the_dead(row, now) for row in ours.values())
        return ours.update(claim_token=None, claimed_at=None)


def _attempt_of_the_dead(row: Mapping[str, Any], now: datetime) -> SendAttempt:
    return SendAttempt(
        message_id=row["id"],
        number=row["attempt_count"],
        started_at=row["claimed_at"],
        finished_at=now,
        outcome=AttemptOutcome.UNKNOWN,
        account_mark=row["account_mark"],
        error=outcomes.WORKER_DIED,
    )


def are_due() -> bool:
    """Return whether a message with an unknown outcome is due to be asked about."""
    return tables.messages().unconfirmed(timezone.now()).exists()


def settle_unconfirmed(
    client: Gateway,
    report: Report,
    *,
    limit: int,
    should_stop: Callable[[], bool],
    may_ask: Callable[[], bool] = always,
    pks: Sequence[int] | None = None,
    total_timeout_seconds: float | None = None,
) -> int:
    """Ask the gateway, by our reference, about messages that may have been sent, and act on the answer.

    Ask about at most ``limit`` messages: those that are due, or all of ``pks``. ``may_ask`` is called before each
    request; asking ends when it returns False. Return how many were asked about; less than ``limit`` if no more are
    due. ``total_timeout_seconds`` is that of a new connection.
    """
    tables.assert_no_transaction()
    last_pk = asked = 0
    while asked < limit and not report.problem and not should_stop():
        found = unknown_outcomes.read(_in_doubt(pks), after_pk=last_pk, limit=min(limit - asked, conf.PACKAGE_SIZE))
        if not found or not may_ask():
            break
        last_pk, asked = found[-1].pk, asked + len(found)
        _ask(client, found, report, may_ask, total_timeout_seconds)
    return asked


def _in_doubt(pks: Sequence[int] | None) -> MessageQuerySet:
    if pks is None:
        return tables.messages().unconfirmed(timezone.now())
    return tables.messages().filter(pk__in=pks).still(MessageState.UNCONFIRMED)


def _ask(
    client: Gateway,
    found: Sequence[Doubt],
    report: Report,
    may_ask: Callable[[], bool],
    total_timeout_seconds: float | None,
) -> None:
    """Ask about messages; use a new connection for those that the gateway did not know the first time.

    One address may lead to several servers, and some may learn of a message later than others.
    """
    missed = [doubt for doubt in found if doubt.is_missed]
    fresh = [doubt for doubt in found if not doubt.is_missed]
    if fresh:
        _ask_package(client, fresh, report)
    if missed and not report.problem and (not fresh or may_ask()):
        with health.open_client(total_timeout_seconds=total_timeout_seconds) as other:
            _ask_package(other, missed, report)


def _ask_package(client: Gateway, found: Sequence[Doubt], report: Report) -> None:
    answer = query.ask(client, [doubt.reference for doubt in found], report)
    if isinstance(answer, health.Failure):
        now, wait = timezone.now(), timedelta(seconds=answer.wait_seconds)
        due = [doubt.pk for doubt in found if not doubt.is_early(now)]
        query.postpone(due, MessageState.UNCONFIRMED, wait)
        return
    _settle(found, answer.results, report)


def _settle(found: Sequence[Doubt], results: Mapping[int, StatusResult], report: Report) -> None:
    """Apply the gateway's answers, each only if its message is unchanged since it was read."""
    settlements, mark = Settlements(timezone.now()), uuid.uuid4()
    settled = [(doubt, settlements.of(doubt, results.get(doubt.reference))) for doubt in found]
    parts = {doubt.pk: results[doubt.reference].sms_count for doubt in found if doubt.reference in results}
    moved, queued_sms = _save(list(_alike(settled)), mark, parts)
    report.note_sms(queued_sms)
    ours = [(doubt, changes) for doubt, changes in settled if doubt.pk in moved]
    for doubt, changes in ours:
        _report_settled(doubt, changes["state"], report)
    _log_clashes([doubt.reference for doubt, changes in ours if _is_clash(changes)])
    _announce(ours)


def _alike(settled: Iterable[Settled]) -> Iterator[list[Settled]]:
    """Yield groups that one statement can write."""
    groups = defaultdict[Any, list[Settled]](list)
    for doubt, changes in settled:
        if changes:
            shared = {name: value for name, value in changes.items() if name not in _OWN}
            groups[doubt.asked_about, frozenset(changes), frozenset(shared.items())].append((doubt, changes))
    yield from groups.values()


@retried
def _save(
    groups: Sequence[Sequence[Settled]], mark: uuid.UUID, parts: Mapping[int, int | None]
) -> tuple[set[int], int]:
    """Write each group by one statement; return the keys of the messages that changed state, found by the mark.

    Return also how many SMS were queued instead of messages that were not delivered.
    """
    moving, ended = list[int](), list[int]()
    with tables.atomic():
        for group in groups:
            pks, changes = [doubt.pk for doubt, _changes in group], dict(group[0][1])
            own = {name: [changes[name] for _doubt, changes in group] for name in _OWN if name in changes}
            shared = {name: value for name, value in changes.items() if name not in _OWN}
            if "state" in changes:
                shared["claim_token"] = mark
                moving += pks
            if shared.get("state") in REPLACEABLE_STATES:
                ended += pks
            update_messages.update(pks, MessageState.UNCONFIRMED, shared, own, guard=dict(group[0][0].asked_about))
        part_counts.save(parts)
        queued_sms = fallback.insert(ended)
        moved = tables.messages().filter(pk__in=moving, claim_token=mark)
        return set(moved.values_list("pk", flat=True)), queued_sms


def _report_settled(doubt: Doubt, state: MessageState, report: Report) -> None:
    report.moved[state] += 1
    extra = facts("doubt_settled", reference=doubt.reference, state=str(state))
    logger.info("Message %s was unconfirmed and is now %s.", doubt.reference, state, extra=extra)


def _is_clash(changes: Changes) -> bool:
    return changes["state"] == MessageState.FAILED and changes.get("status_code") == MessageCode.ERR_DUPLICATE


def _log_clashes(references: Sequence[int]) -> None:
    """Log the messages whose references were used by somebody else, so that a person looks at them."""
    if not references:
        return
    logger.error(
        "The gateway already had %s references (208), but not for these messages: another site uses the key, the "
        "database was restored from a backup, or a proxy repeats requests. These messages have failed: %s.",
        len(references),
        ", ".join(map(str, references)),
        extra=facts(
            "references_taken", references=references, count=len(references), code=int(MessageCode.ERR_DUPLICATE)
        ),
    )


def _announce(ours: Iterable[Settled]) -> None:
    changed = defaultdict[tuple[AttemptOutcome, MessageState], list[int]](list)
    for doubt, changes in ours:
        outcome = AttemptOutcome.ACCEPTED if "accepted_at" in changes else AttemptOutcome.REJECTED
        changed[outcome, changes["state"]].append(doubt.pk)
    for (outcome, state), pks in changed.items():
        announcements.announce_attempt(outcome, state, pks)
