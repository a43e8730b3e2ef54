"""Save the outcomes of a package: its attempts and messages, in one transaction."""

import itertools
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from django.db import Error, IntegrityError
from django.db.models import Q
from django.utils import timezone

from viber_messaging.delivery import announcements
from viber_messaging.delivery.decisions.outcomes import Verdict
from viber_messaging.delivery.queue.claim_statements import Claim
from viber_messaging.delivery.queue.claims import ClaimedPackage
from viber_messaging.delivery.sms import fallback, part_counts
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.delivery.storage.sql import write_answers
from viber_messaging.delivery.storage.sql.write_answers import Changes
from viber_messaging.logs.facts import facts
from viber_messaging.states import FINAL_STATES, AttemptOutcome, MessageState

logger = logging.getLogger(__name__)

Verdicts: TypeAlias = Mapping[Verdict, Sequence[Claim]]
"""The messages of a package, grouped by verdict."""
Numbers: TypeAlias = Mapping[int, str]
"""The gateway IDs by message key, for those that the gateway gave."""

Parts: TypeAlias = Mapping[int, int | None]
"""The number of parts by message key, for each SMS that the gateway took."""

NO_NUMBERS: Numbers = MappingProxyType({})
NO_PARTS: Parts = MappingProxyType({})


class Written(NamedTuple):
    """What one transaction wrote."""

    counts: Counter[Verdict]
    """How many messages each verdict moved."""
    queued_sms: int = 0
    """How many SMS were queued instead of undelivered messages."""


def record(
    package: ClaimedPackage,
    verdicts: Verdicts,
    *,
    started_at: datetime,
    numbers: Numbers = NO_NUMBERS,
    parts: Parts = NO_PARTS,
) -> Counter[MessageState]:
    """Save one attempt for each message and update its state; return how many reached each state.

    An undelivered message that asks for an SMS gets it in the same transaction.

    A message whose claim was lost meanwhile is left as it is; its answer is saved in the attempt, and logged.
    """
    now = timezone.now()
    try:
        written = _save(package, verdicts, numbers, parts, started_at, now)
    except IntegrityError:
        verdicts = _of_those_left(verdicts)
        written = _save(package, verdicts, numbers, parts, started_at, now)
    moved = _by_state(written.counts)
    _log_lost(package, sum(map(len, verdicts.values())) - moved.total())
    _log_recorded(moved)
    _announce(verdicts, written.counts, now)
    return moved + Counter({MessageState.QUEUED: written.queued_sms})


@retried
def _of_those_left(verdicts: Verdicts) -> Verdicts:
    """Leave out messages that were deleted while being sent, so that the others can be recorded."""
    pks = [claim.pk for claims in verdicts.values() for claim in claims]
    left = set(tables.messages().filter(pk__in=pks).values_list("pk", flat=True))
    count = len(pks) - len(left)
    extra = facts("messages_deleted", count=count)
    logger.warning("%s messages were deleted while they were being sent.", count, extra=extra)
    kept = {verdict: [claim for claim in claims if claim.pk in left] for verdict, claims in verdicts.items()}
    return {verdict: claims for verdict, claims in kept.items() if claims}


def _save(
    package: ClaimedPackage, verdicts: Verdicts, numbers: Numbers, parts: Parts, started_at: datetime, now: datetime
) -> Written:
    """Write everything exactly once, and return what was written."""
    tries = itertools.count()

    @retried
    def write() -> Written:
        if next(tries) and _is_written(verdicts, now):
            return Written(Counter({verdict: len(claims) for verdict, claims in verdicts.items()}))
        return _write(package, verdicts, numbers, parts, started_at, now)

    try:
        return write()
    except Error:
        raise
    except Exception:
        # A task's time limit interrupted the write. Save the answer before the run ends.
        write()
        raise


def _is_written(verdicts: Verdicts, now: datetime) -> bool:
    """Return whether an earlier try was committed after all, and only the answer to its COMMIT was lost."""
    first = next((claim for claims in verdicts.values() for claim in claims), None)
    if first is None:
        return False
    return bool(tables.attempts().filter(message=first.pk, number=first.number, finished_at=now).exists())


def _write(
    package: ClaimedPackage, verdicts: Verdicts, numbers: Numbers, parts: Parts, started_at: datetime, now: datetime
) -> Written:
    counts: Counter[Verdict] = Counter()
    with tables.atomic():
        for verdict, claims in verdicts.items():
            answers = [(claim.pk, claim.number, numbers.get(claim.pk, "")) for claim in claims]
            write_answers.insert_attempts(answers, _attempt(package, verdict, started_at, now))
            counts[verdict] = _move(package, answers, verdict, now)
        part_counts.save(parts)
        return Written(counts, fallback.insert(_undelivered(verdicts)))


def _undelivered(verdicts: Verdicts) -> list[int]:
    """Return the keys of the messages that the gateway could not deliver."""
    return [
        claim.pk
        for verdict, claims in verdicts.items()
        if verdict.state == MessageState.UNDELIVERED
        for claim in claims
    ]


def _by_state(counts: Mapping[Verdict, int]) -> Counter[MessageState]:
    moved: Counter[MessageState] = Counter()
    for verdict, count in counts.items():
        moved[verdict.state] += count
    return moved


def _attempt(package: ClaimedPackage, verdict: Verdict, started_at: datetime, finished_at: datetime) -> Changes:
    return {
        "account_mark": package.account_mark,
        "started_at": started_at,
        "finished_at": finished_at,
        "outcome": verdict.outcome,
        "http_status": verdict.http_status,
        "status_code": verdict.status_code,
        "error": verdict.error,
        "reply": verdict.reply,
    }


def _move(package: ClaimedPackage, answers: Sequence[write_answers.AnswerRow], verdict: Verdict, now: datetime) -> int:
    """Move the messages that are still ours, as their claim token shows."""
    is_accepted = verdict.outcome == AttemptOutcome.ACCEPTED
    return write_answers.move(answers, _changes(verdict, now), package.token, with_number=is_accepted)


def _changes(verdict: Verdict, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "state": verdict.state,
        "claim_token": None,
        "claimed_at": None,
        "error": verdict.error,
        "next_attempt_at": now + timedelta(seconds=verdict.wait_seconds) if verdict.wait_seconds else None,
    }
    if verdict.status_code is not None or verdict.state == MessageState.UNCONFIRMED:
        # For an unconfirmed message, keep only the code of this attempt, not that of an earlier one.
        changes["status_code"] = verdict.status_code
    if verdict.outcome == AttemptOutcome.ACCEPTED:
        changes["accepted_at"] = now
    if verdict.state in FINAL_STATES:
        changes["completed_at"] = now
    return changes


def _log_lost(package: ClaimedPackage, count: int) -> None:
    if count:
        logger.warning(
            "%s of %s claims were lost before the answer could be saved; the answer is kept in the attempts.",
            count,
            len(package.claims),
            extra=facts("claims_lost", count=count),
        )


def _log_recorded(moved: Mapping[MessageState, int]) -> None:
    states = {str(state): count for state, count in moved.items() if count}
    extra = facts("package_recorded", states=states, count=sum(states.values()))
    logger.info("The answers for %s messages were saved: %s.", sum(states.values()), states, extra=extra)


def _announce(verdicts: Verdicts, counts: Mapping[Verdict, int], now: datetime) -> None:
    """Announce the messages that moved. If a claim was lost, the run that settled the message announces it."""
    for verdict, claims in verdicts.items():
        pks = [claim.pk for claim in claims]
        ours = pks if counts[verdict] == len(pks) else _moved_at(now, pks)
        announcements.announce_attempt(verdict.outcome, verdict.state, ours)


def _moved_at(now: datetime, pks: Sequence[int]) -> list[int]:
    """Return the messages accepted or completed at exactly this time, which only we could have written."""
    at_that_moment = Q(accepted_at=now) | Q(completed_at=now)
    return list(tables.messages().filter(at_that_moment, pk__in=pks).values_list("pk", flat=True))
