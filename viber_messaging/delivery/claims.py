"""Taking messages to send, so that no other worker takes them too.

The claim is committed before the first byte leaves: it is also the write-ahead record of the attempt.
"""

import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

from django.db import Error, connections
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.conf import conf
from viber_messaging.delivery import account, consent, departure, holding, storage
from viber_messaging.delivery.retrying import persist, retried
from viber_messaging.delivery.sql import taking
from viber_messaging.delivery.sql.taking import Choice, Claim, Doubts
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.states import MessageState

TOO_OLD_TO_RESEND = gettext_noop(
    "An earlier attempt may have reached the gateway too long ago to send again safely. A person must decide."
)

_SUSPECTS_IN_A_PACKAGE = {1: 10}
"""By the number of workers that died over them; one where it is not named."""


class Candidate(NamedTuple):
    """A message that could be taken."""

    pk: int
    worker_deaths: int
    campaign: int | None
    attempt_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedPackage:
    """The messages taken at once, under one token."""

    token: uuid.UUID
    account_mark: str
    """Of the account that they are to be sent with."""
    claimed_at: datetime
    claimed_monotonic: float
    """The same time by the clock that nobody sets, noted before a locked database was waited for."""
    last_pk: int
    """Of those that were looked at, taken or not."""
    claims: Sequence[Claim]

    def has_time_to_post(self) -> bool:
        """Tell whether a request begun now would end, whatever happens, while the claim is still ours."""
        age_seconds = time.monotonic() - self.claimed_monotonic
        return age_seconds + conf.TOTAL_TIMEOUT < conf.CLAIM_TIMEOUT


def claim(
    limit: int, *, pks: Sequence[int] | None = None, after_pk: int = 0, singles_only: bool = False
) -> ClaimedPackage | None:
    """Take up to ``limit`` due messages, oldest first; None when there are none.

    ``pks`` narrows it to these, ``after_pk`` to those made later: a long run never walks over what it has sent.
    ``singles_only`` leaves out the messages of campaigns.
    """
    choice, claimer = Choice(pks=pks, after_pk=after_pk, singles_only=singles_only), Claimer()
    try:
        return persist(lambda: _take_some(limit, choice, claimer), found=claimer.find)
    except Exception:
        with suppress(Error):
            _give_back(_taken_by(claimer.token))
        raise


class Claimer:
    """Who claims once, and when: the same at each try, so that what an earlier one took is found."""

    def __init__(self) -> None:
        self.token = uuid.uuid4()
        self.account_mark = account.mark()
        self.at = timezone.now()
        self.monotonic = time.monotonic()

    def package(self, claims: Sequence[Claim], last_pk: int) -> ClaimedPackage:
        """Return what was taken as a package."""
        return ClaimedPackage(
            token=self.token,
            account_mark=self.account_mark,
            claimed_at=self.at,
            claimed_monotonic=self.monotonic,
            last_pk=last_pk,
            claims=claims,
        )

    def find(self) -> ClaimedPackage | None:
        """Return what was taken by an earlier try, the answer to whose COMMIT was lost; None if it took nothing."""
        claims = taking.taken_by(self.token)
        return self.package(claims, claims[-1].pk) if claims else None


def _take_some(limit: int, choice: Choice, claimer: Claimer) -> ClaimedPackage | None:
    """Mark due messages as ours and read them; None if nothing was due."""
    now, token = claimer.at, claimer.token
    if connections[storage.alias()].features.has_select_for_update_skip_locked:
        with storage.atomic():
            candidates = _candidates(limit, now, choice, locked=True)
            holding.lock_campaigns(_campaigns_of(candidates))
            taken = _take(candidates, now, token)
    else:
        candidates = _candidates(limit, now, choice, locked=False)
        taken = _take(candidates, now, token)
    if not candidates:
        return None
    return claimer.package(taken, candidates[-1].pk)


def _candidates(limit: int, now: datetime, choice: Choice, *, locked: bool) -> list[Candidate]:
    return _of_one_kind([Candidate(*row) for row in taking.look(limit, now, choice, locked=locked)])


def _campaigns_of(candidates: Sequence[Candidate]) -> set[int]:
    return {candidate.campaign for candidate in candidates if candidate.campaign is not None}


def _of_one_kind(found: Sequence[Candidate]) -> list[Candidate]:
    """Return the first as far as they may share a package: suspects of having killed a worker travel apart.

    After one death a package of ten, after two each message alone: the third death then names the one at fault.
    """
    if not found:
        return []
    deaths = found[0].worker_deaths
    alike = list(takewhile(lambda candidate: candidate.worker_deaths == deaths, found))
    return alike[: _SUSPECTS_IN_A_PACKAGE.get(deaths, 1)] if deaths else alike


def _take(candidates: Sequence[Candidate], now: datetime, token: uuid.UUID) -> list[Claim]:
    """Mark the candidates that are still free, and may still be sent, as ours: one conditional update.

    Only where it passed some over it is looked why.
    """
    if not candidates:
        return []
    pks = [candidate.pk for candidate in candidates]
    tried_before = any(candidate.attempt_count for candidate in candidates)
    doubts = Doubts(of_campaigns=bool(_campaigns_of(candidates)), tried_before=tried_before)
    taken = taking.take(pks, now, token, doubts)
    if len(taken) < len(candidates):
        _set_aside(candidates, now)
    return taken


def _set_aside(candidates: Sequence[Candidate], now: datetime) -> None:
    """Keep back what must not be sent any more: to who opted out or was deleted, of a cancelled campaign, too late."""
    pks = [candidate.pk for candidate in candidates]
    named = storage.messages().filter(pk__in=pks)
    consent.cancel(consent.unwanted(named))
    queued = named.still(MessageState.QUEUED)
    queued.filter(is_recipient_gone=True).update(**departure.cancellation(now))
    if _campaigns_of(candidates):
        queued.filter(holding.is_of_cancelled()).update(
            state=MessageState.CANCELLED, error=holding.CAMPAIGN_CANCELLED, completed_at=now
        )
    for_a_person = {"state": MessageState.UNCONFIRMED, "status_code": None, "next_attempt_at": now + timedelta(days=1)}
    queued.filter(taking.is_too_old(now)).update(error=TOO_OLD_TO_RESEND, **for_a_person)
    queued.filter(account.is_in_doubt_elsewhere(account.marks())).update(error=account.OTHER_ACCOUNT, **for_a_person)


@retried
def release(package: ClaimedPackage, claims: Sequence[Claim]) -> int:
    """Give back messages that were never in a request; return how many were still ours."""
    return _give_back(_taken_by(package.token).filter(pk__in=[claim.pk for claim in claims]))


def _taken_by(token: uuid.UUID) -> MessageQuerySet:
    return storage.messages().filter(claim_token=token).still(MessageState.SENDING)


def _give_back(taken: MessageQuerySet) -> int:
    return taken.update(
        state=MessageState.QUEUED, claim_token=None, claimed_at=None, attempt_count=F("attempt_count") - 1
    )
