"""Writing down what an attempt came to: the attempts and the messages, in one transaction."""

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from viber_messaging.delivery import announcing, storage
from viber_messaging.delivery.claims import Claim, ClaimedPackage
from viber_messaging.delivery.outcomes import Verdict
from viber_messaging.delivery.retrying import retried
from viber_messaging.models import SendAttempt
from viber_messaging.states import FINAL_STATES, AttemptOutcome, MessageState

logger = logging.getLogger(__name__)


def record(
    package: ClaimedPackage, verdicts: Mapping[Claim, Verdict], *, started_at: datetime
) -> Counter[MessageState]:
    """Save one attempt a message and move each message on; return how many came to which state.

    A message whose claim was lost meanwhile is left as it is: its answer is kept in the attempt and logged.
    """
    try:
        moved = _save(package, verdicts, started_at)
    except IntegrityError:
        verdicts = _of_those_left(verdicts)
        moved = _save(package, verdicts, started_at)
    _log_lost(package, len(verdicts) - moved.total())
    _announce(verdicts)
    return moved


@retried
def _of_those_left(verdicts: Mapping[Claim, Verdict]) -> Mapping[Claim, Verdict]:
    """Leave out messages that somebody deleted while they were being sent; the others are recorded."""
    left = set(storage.messages().filter(pk__in=[claim.pk for claim in verdicts]).values_list("pk", flat=True))
    logger.warning("%s messages were deleted while they were being sent.", len(verdicts) - len(left))
    return {claim: verdict for claim, verdict in verdicts.items() if claim.pk in left}


@retried
def _save(package: ClaimedPackage, verdicts: Mapping[Claim, Verdict], started_at: datetime) -> Counter[MessageState]:
    now = timezone.now()
    moved: Counter[MessageState] = Counter()
    with storage.atomic():
        storage.attempts().bulk_create(_attempts_of(verdicts, started_at, now))
        for verdict, claims in _grouped(verdicts).items():
            moved[verdict.state] += _move(package, claims, verdict, now)
    return moved


def _grouped(verdicts: Mapping[Claim, Verdict]) -> Mapping[Verdict, list[Claim]]:
    """Return the claims that one update can move."""
    groups: dict[Verdict, list[Claim]] = defaultdict(list)
    for claim, verdict in verdicts.items():
        groups[_without_number(verdict)].append(claim)
    return groups


def _without_number(verdict: Verdict) -> Verdict:
    """Return what the messages of one update share: all but the gateway's number and words."""
    return Verdict(
        outcome=verdict.outcome,
        state=verdict.state,
        status_code=verdict.status_code,
        error=verdict.error,
        wait_seconds=verdict.wait_seconds,
    )


def _attempts_of(verdicts: Mapping[Claim, Verdict], started_at: datetime, finished_at: datetime) -> list[SendAttempt]:
    return [
        SendAttempt(
            message_id=claim.pk,
            number=claim.number,
            started_at=started_at,
            finished_at=finished_at,
            outcome=verdict.outcome,
            http_status=verdict.http_status,
            status_code=verdict.status_code,
            msg_id=verdict.msg_id,
            error=verdict.error,
            reply=verdict.reply,
        )
        for claim, verdict in verdicts.items()
    ]


def _move(package: ClaimedPackage, claims: list[Claim], verdict: Verdict, now: datetime) -> int:
    """Move the messages that are still ours; the guard is the token."""
    return (
        storage.messages()
        .filter(pk__in=[claim.pk for claim in claims], state=MessageState.SENDING, claim_token=package.token)
        .update(**_changes(verdict, now))
    )


def _changes(verdict: Verdict, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "state": verdict.state,
        "claim_token": None,
        "claimed_at": None,
        "error": verdict.error,
        "next_attempt_at": now + timedelta(seconds=verdict.wait_seconds) if verdict.wait_seconds else None,
    }
    if verdict.status_code is not None:
        changes["status_code"] = verdict.status_code
    if verdict.outcome == AttemptOutcome.ACCEPTED:
        changes |= {"accepted_at": now, "msg_id": _number_from_attempt()}
    if verdict.state in FINAL_STATES:
        changes["completed_at"] = now
    return changes


def _number_from_attempt() -> Subquery:
    """Read the gateway's number from the attempt just inserted: one update serves the whole package."""
    attempts = storage.attempts().filter(message=OuterRef("pk"), number=OuterRef("attempt_count"))
    return Subquery(attempts.order_by("-pk").values("msg_id")[:1])


def _log_lost(package: ClaimedPackage, count: int) -> None:
    if count:
        logger.warning(
            "%s of %s claims were lost before the answer could be saved; it is kept in the attempts.",
            count,
            len(package.claims),
        )


def _announce(verdicts: Mapping[Claim, Verdict]) -> None:
    for verdict, claims in _grouped(verdicts).items():
        announcing.announce_attempt(verdict.outcome, verdict.state, [claim.pk for claim in claims])
