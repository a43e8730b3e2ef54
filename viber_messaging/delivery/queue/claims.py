"""Claim messages for sending, so that no other worker takes them too.

The claim is committed before the first byte leaves: it also serves as the write-ahead record of the attempt.
"""

import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, connections
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.conf import conf
from viber_messaging.delivery import allowlist, consent
from viber_messaging.delivery.connection import account
from viber_messaging.delivery.decisions.cancellation import cancelled
from viber_messaging.delivery.people import departure
from viber_messaging.delivery.queue import candidates, claim_statements, fallbacks, holds
from viber_messaging.delivery.queue.candidates import Found
from viber_messaging.delivery.queue.claim_statements import Choice, Claim, Doubts
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import persist, retried
from viber_messaging.delivery.storage.sql import index_order
from viber_messaging.gateway.http import deadlines
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageState

TOO_OLD_TO_RESEND = gettext_noop(
    "An earlier attempt may have reached the gateway, and it is too late to resend safely. A person must decide."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedPackage:
    """The messages claimed together, under one token."""

    token: uuid.UUID
    account_mark: str
    """The mark of the account to send them with."""
    claimed_at: datetime
    claimed_monotonic: float
    """The same time by the monotonic clock, taken before any wait for a locked database."""
    last_pk: int
    """The last key examined, taken or not; 0 if messages outside campaigns filled the package."""
    claims: Sequence[Claim]
    last_single_pk: int = 0
    """The last key examined among messages outside campaigns, taken or not; 0 if there were none."""
    are_more_singles: bool = False

    def has_time_to_post(self) -> bool:
        """Return whether a request that begins now is sure to end while the claim is still ours."""
        age_seconds = time.monotonic() - self.claimed_monotonic
        return age_seconds + conf.TOTAL_TIMEOUT < conf.CLAIM_TIMEOUT and not deadlines.is_late()


def claim(
    limit: int,
    *,
    pks: Sequence[int] | None = None,
    after_pk: int = 0,
    singles_after_pk: int = 0,
    singles_only: bool = False,
    only_if_few: bool = False,
) -> ClaimedPackage | None:
    """Claim up to ``limit`` due messages, those outside campaigns first, then the oldest; None if there are none.

    ``pks`` limits the claim to these messages, ``after_pk`` to later ones, and ``singles_after_pk`` to later ones
    outside campaigns, so that a long run never scans again what it has sent. ``singles_only`` leaves out the messages
    of campaigns; ``only_if_few`` takes none if more than ``limit`` messages outside campaigns are due.
    """
    choice = Choice(
        pks=pks,
        after_pk=after_pk,
        singles_after_pk=singles_after_pk,
        singles_only=singles_only,
        only_if_few=only_if_few,
    )
    claimer = Claimer()
    try:
        return persist(lambda: _take_some(limit, choice, claimer), found=claimer.find)
    except Exception:
        claimer.give_back()
        raise


def are_singles_due() -> bool:
    """Return whether a message outside campaigns is due, by one look into a small index."""
    return bool(claim_statements.look_for_singles(1, timezone.now(), 0, locked=False))


class Claimer:
    """The identity and time of one claim: the same for each try, so that what an earlier try took is found."""

    def __init__(self) -> None:
        self.token = uuid.uuid4()
        self.account_mark = account.mark()
        self.at = timezone.now()
        self.monotonic = time.monotonic()
        self.has_begun = False
        """Whether an earlier try outside a transaction may have taken messages before the database failed."""

    def package(self, claims: Sequence[Claim], found: Found) -> ClaimedPackage:
        """Return the claimed messages as a package."""
        return ClaimedPackage(
            token=self.token,
            account_mark=self.account_mark,
            claimed_at=self.at,
            claimed_monotonic=self.monotonic,
            last_pk=found.last_pk,
            claims=claims,
            last_single_pk=found.last_single_pk,
            are_more_singles=found.are_more_singles,
        )

    def find(self) -> ClaimedPackage | None:
        """Return what an earlier try took if the answer to its COMMIT was lost; None if it took nothing.

        How far that try had come is unknown, so the next claim starts where it started.
        """
        claims = claim_statements.taken_by(self.token)
        return self.package(claims, candidates.NOWHERE) if claims else None

    def give_back(self) -> None:
        """Give back the messages of a claim that failed after its commit."""
        with suppress(Error):
            _give_back(_taken_by(self.token))


def _take_some(limit: int, choice: Choice, claimer: Claimer) -> ClaimedPackage | None:
    """Claim due messages and read them; None if nothing was due."""
    now, token = claimer.at, claimer.token
    if connections[tables.alias()].features.has_select_for_update_skip_locked:
        with tables.atomic():
            index_order.sort_nothing()
            found = candidates.find(limit, now, choice, locked=True)
            holds.lock_campaigns(found.campaigns)
            taken = _take(found, now, token)
    else:
        if claimer.has_begun and (earlier := claimer.find()) is not None:
            return earlier
        claimer.has_begun = True
        found = candidates.find(limit, now, choice, locked=False)
        taken = _take(found, now, token)
    if not found.candidates:
        return None
    return claimer.package(taken, found)


def _take(found: Found, now: datetime, token: uuid.UUID) -> list[Claim]:
    """Claim the candidates that are still free and may still be sent, by one conditional update.

    Only if it skipped some, look for the reason.
    """
    if not found.candidates:
        return []
    pks = [candidate.pk for candidate in found.candidates]
    tried_before = any(candidate.attempt_count for candidate in found.candidates)
    are_fallbacks = any(candidate.fallback_of for candidate in found.candidates)
    doubts = Doubts(of_campaigns=bool(found.campaigns), tried_before=tried_before, of_fallbacks=are_fallbacks)
    taken = claim_statements.take(pks, now, token, doubts)
    if len(taken) < len(pks):
        _set_aside(found, now)
    return _in_order_of(pks, taken) if found.last_single_pk and found.campaigns else taken


def _in_order_of(pks: Sequence[int], taken: Sequence[Claim]) -> list[Claim]:
    """Return the claims in the order found, because a gateway may process the messages of a package in order."""
    places = {pk: place for place, pk in enumerate(pks)}
    return sorted(taken, key=lambda claim: places[claim.pk])


def _set_aside(found: Found, now: datetime) -> None:
    """Set aside what must no longer be sent: opted out, deleted, not allowed, campaign cancelled, or too late.

    An SMS is not sent either if Viber has reached its recipient.
    """
    pks = [candidate.pk for candidate in found.candidates]
    named = tables.messages().filter(pk__in=pks)
    consent.cancel(consent.unwanted(named))
    queued = named.still(MessageState.QUEUED)
    queued.filter(is_recipient_gone=True).update(**departure.cancellation(now))
    allowlist.forbidden(queued, conf.ONLY_PHONES).update(**allowlist.cancellation(now))
    if found.campaigns:
        queued.filter(holds.is_of_cancelled()).update(**cancelled(holds.CAMPAIGN_CANCELLED, now))
    fallbacks.cancel_unwanted(queued, now)
    for_a_person = {"state": MessageState.UNCONFIRMED, "status_code": None, "next_attempt_at": now + timedelta(days=1)}
    queued.filter(claim_statements.is_too_old(now)).update(error=TOO_OLD_TO_RESEND, **for_a_person)
    queued.filter(account.is_in_doubt_elsewhere(account.marks())).update(error=account.OTHER_ACCOUNT, **for_a_person)


@retried
def release(package: ClaimedPackage, claims: Sequence[Claim]) -> int:
    """Give back messages that were never in a request; return how many were still claimed by us."""
    return _give_back(_taken_by(package.token).filter(pk__in=[claim.pk for claim in claims]))


def _taken_by(token: uuid.UUID) -> MessageQuerySet:
    return tables.messages().filter(claim_token=token).still(MessageState.SENDING)


def _give_back(taken: MessageQuerySet) -> int:
    return taken.update(
        state=MessageState.QUEUED, claim_token=None, claimed_at=None, attempt_count=F("attempt_count") - 1
    )
