"""The way home of what nobody knows: dead workers' claims, and messages that may have been sent."""

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.conf import conf
from viber_messaging.delivery import announcing, asking, backoff, connection, outcomes, storage
from viber_messaging.delivery.claims import TOO_OLD_TO_RESEND
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.retrying import retried
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import StatusResult
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.log_facts import facts
from viber_messaging.models import SendAttempt
from viber_messaging.models.message import is_abandoned
from viber_messaging.states import FINAL_STATES, REFUSED_STATES, AttemptOutcome, MessageState

logger = logging.getLogger(__name__)

BATCH_SIZE = 500
DEATHS_OF_POISON = 3
POISON = gettext_noop("Three workers ended while they were sending this message; it is set aside for a person.")
GAVE_UP = gettext_noop("None of the attempts arrived at the gateway; no more are made by themselves.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A message that may have been sent, and its history as far as it matters."""

    pk: int
    reference: int
    number: int
    """Of the last attempt."""
    first_started_at: datetime
    last_started_at: datetime
    burnt: int
    """Attempts that may have reached the gateway."""
    worker_deaths: int


def release_abandoned(report: Report) -> None:
    """Mark as unconfirmed what a worker claimed and never recorded; write the attempt in its place."""
    while count := _release_batch():
        report.moved[MessageState.UNCONFIRMED] += count
        told = facts("worker_died", count=count)
        logger.warning(
            "%s messages were left behind by a worker that ended; the gateway will be asked.", count, extra=told
        )


@retried
def _release_batch() -> int:
    now, token, claim_timeout = timezone.now(), uuid.uuid4(), timedelta(seconds=conf.CLAIM_TIMEOUT)
    abandoned = storage.messages().abandoned(now, claim_timeout)
    pks = list(abandoned.order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE])
    if not pks:
        return 0
    with storage.atomic():
        named = storage.messages().filter(pk__in=pks)
        named.still(MessageState.SENDING).filter(is_abandoned(now, claim_timeout)).update(
            state=MessageState.UNCONFIRMED,
            claim_token=token,
            next_attempt_at=None,
            error=outcomes.WORKER_DIED,
            worker_deaths=F("worker_deaths") + 1,
        )
        ours = named.filter(claim_token=token)
        storage.attempts().bulk_create(_attempt_of_the_dead(row, now) for row in ours.values())
        return ours.update(claim_token=None, claimed_at=None)


def _attempt_of_the_dead(row: Mapping[str, Any], now: datetime) -> SendAttempt:
    return SendAttempt(
        message_id=row["id"],
        number=row["attempt_count"],
        started_at=row["claimed_at"],
        finished_at=now,
        outcome=AttemptOutcome.UNKNOWN,
        error=outcomes.WORKER_DIED,
    )


def settle_unconfirmed(
    client: Gateway, report: Report, *, limit: int, should_stop: Callable[[], bool], pks: Sequence[int] | None = None
) -> None:
    """Ask the gateway, by our reference, for messages that may have been sent, and act on what it knows."""
    storage.assert_no_transaction()
    last_pk = 0
    while limit > 0 and not report.problem and not should_stop():
        doubts = _doubts_after(last_pk, min(limit, conf.PACKAGE_SIZE), pks)
        if not doubts:
            return
        last_pk, limit = doubts[-1].pk, limit - len(doubts)
        _ask(client, doubts, report)


def _doubts_after(last_pk: int, limit: int, pks: Sequence[int] | None) -> list[Doubt]:
    due = storage.messages().unconfirmed(timezone.now()).filter(pk__gt=last_pk)
    if pks is not None:
        due = due.filter(pk__in=pks)
    may_have_arrived = Q(attempts__outcome=AttemptOutcome.UNKNOWN)
    named = storage.messages().filter(pk__in=list(due.order_by("pk").values_list("pk", flat=True)[:limit]))
    rows = (
        named.still(MessageState.UNCONFIRMED)
        .annotate(
            first=Coalesce(Min("attempts__started_at", filter=may_have_arrived), "created_at"),
            last=Coalesce(Max("attempts__started_at"), "created_at"),
            burnt=Count("attempts", filter=may_have_arrived),
        )
        .order_by("pk")
        .values_list("pk", "reference", "attempt_count", "first", "last", "burnt", "worker_deaths")
    )
    return [
        Doubt(
            pk=pk,
            reference=reference,
            number=number,
            first_started_at=first,
            last_started_at=last,
            burnt=burnt,
            worker_deaths=deaths,
        )
        for pk, reference, number, first, last, burnt, deaths in rows
    ]


def _ask(client: Gateway, doubts: Sequence[Doubt], report: Report) -> None:
    answer = asking.ask(client, [doubt.reference for doubt in doubts], report)
    if isinstance(answer, connection.Failure):
        wait = timedelta(seconds=answer.wait_seconds)
        asking.postpone([doubt.pk for doubt in doubts], MessageState.UNCONFIRMED, wait)
        return
    for doubt in doubts:
        _settle(doubt, answer.results.get(doubt.reference), report)


def _settle(doubt: Doubt, result: StatusResult | None, report: Report) -> None:
    """Move one message to what the gateway knows of it; guarded by the attempt that was asked about."""
    changes = _changes(doubt, result, timezone.now())
    state = changes.get("state")
    if not _move(doubt, changes) or state is None:
        return
    report.moved[state] += 1
    told = facts("doubt_settled", reference=doubt.reference, state=str(state))
    logger.info("Message %s was unconfirmed and is now %s.", doubt.reference, state, extra=told)
    outcome = AttemptOutcome.ACCEPTED if "accepted_at" in changes else AttemptOutcome.REJECTED
    announcing.announce_attempt(outcome, state, [doubt.pk])


@retried
def _move(doubt: Doubt, changes: Mapping[str, Any]) -> int:
    asked_about = storage.messages().filter(pk=doubt.pk, state=MessageState.UNCONFIRMED, attempt_count=doubt.number)
    return asked_about.update(**changes)


def _changes(doubt: Doubt, result: StatusResult | None, now: datetime) -> dict[str, Any]:
    if result is None or result.code == MessageCode.UNKNOWN or result.code not in outcomes.STATE_BY_CODE:
        return _ask_later(doubt, now)
    if result.code == MessageCode.ERR_ID:
        return _never_arrived(doubt, now)
    return _known(result, now)


def _known(result: StatusResult, now: datetime) -> dict[str, Any]:
    """The gateway has it: take its state and its number."""
    state = outcomes.state_from_status(result.code, MessageState.ACCEPTED)
    changes: dict[str, Any] = {
        "state": state,
        "status_code": result.code,
        "error": MessageCode(result.code).phrase if state in REFUSED_STATES else "",
        "next_attempt_at": None,
    }
    if state != MessageState.REJECTED:
        changes |= {"accepted_at": now, "msg_id": result.sms_id}
    if state in FINAL_STATES:
        changes["completed_at"] = outcomes.completed_at(result, now)
    return changes


def _never_arrived(doubt: Doubt, now: datetime) -> dict[str, Any]:
    """The gateway has not got it: send it again, unless that is too early, too late or too often."""
    # After a clock was set back by years, an attempt that lies years ahead is over too.
    if abs(now - doubt.last_started_at) < timedelta(seconds=conf.RETRY_DELAY):
        return {"next_attempt_at": doubt.last_started_at + timedelta(seconds=conf.RETRY_DELAY)}
    if now - doubt.first_started_at > timedelta(seconds=conf.RESEND_WINDOW):
        return {"error": TOO_OLD_TO_RESEND, "next_attempt_at": now + timedelta(days=1)}
    if doubt.worker_deaths >= DEATHS_OF_POISON:
        return _give_up(POISON, now)
    if doubt.burnt >= conf.MAX_ATTEMPTS:
        return _give_up(GAVE_UP, now)
    wait_seconds = backoff.delay_seconds(doubt.burnt - 1, conf.RETRY_DELAY) if doubt.burnt > 1 else 0.0
    return {"state": MessageState.QUEUED, "error": "", "next_attempt_at": now + timedelta(seconds=wait_seconds)}


def _give_up(error: str, now: datetime) -> dict[str, Any]:
    return {"state": MessageState.FAILED, "error": error, "completed_at": now, "next_attempt_at": None}


def _ask_later(doubt: Doubt, now: datetime) -> dict[str, Any]:
    return {"next_attempt_at": now + timedelta(seconds=backoff.delay_seconds(doubt.number, conf.RETRY_DELAY))}
