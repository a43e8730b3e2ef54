"""The fast path for the one message that a web request has just saved: claim it and read it by its key.

``claims`` handles any number of messages and every reason to hold them back; this covers what most requests save.
"""

from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Exists
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery import allowlist, consent
from viber_messaging.delivery.allowlist import Beginnings
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.queue import claim_statements
from viber_messaging.delivery.queue.candidates import NOWHERE
from viber_messaging.delivery.queue.claims import ClaimedPackage, Claimer
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import persist
from viber_messaging.delivery.storage.sql.statements import Blank, Statement, selecting, updating
from viber_messaging.models import Message
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageState

# Typed Any, because the ORM accepts a blank like a value.
_PK: Any = Blank("pk", models.BigIntegerField())
_NOW: Any = Blank("now", models.DateTimeField())
_TOKEN: Any = Blank("token", models.UUIDField())

_MARK: Any = Blank("mark", models.CharField())

_SETTLED_BY_SENDING = (
    "state", "attempt_count", "claim_token", "claimed_at", "queued_at", "next_attempt_at",
    "accepted_at", "completed_at", "error", "msg_id", "status_code",
)  # fmt: skip


def claim(pk: int) -> ClaimedPackage | None:
    """Claim this message and commit; None if it needs the full checks of ``claims.claim``.

    A single conditional update, so that only one of several claimers gets it.
    """
    if not claim_statements.can_return_claims():
        return None
    claimer = Claimer()
    try:
        return persist(lambda: _take(pk, claimer), found=claimer.find)
    except Exception:
        claimer.give_back()
        raise


def _take(pk: int, claimer: Claimer) -> ClaimedPackage | None:
    statement, mark = _taking(tables.alias(), conf.ONLY_PHONES), claimer.account_mark
    taken = claim_statements.claims_of(statement.fetch(pk=pk, now=claimer.at, token=claimer.token, mark=mark))
    return claimer.package(taken, NOWHERE) if taken else None


@lru_cache(maxsize=8)
def _taking(alias: str, only: Beginnings) -> Statement:
    changes = {
        "state": MessageState.SENDING,
        "claim_token": _TOKEN,
        "claimed_at": _NOW,
        "attempt_count": 1,
        "account_mark": _MARK,
    }
    return updating(_fresh(_this(alias), only), changes, returning=claim_statements.CLAIM)


def _this(alias: str) -> MessageQuerySet:
    return MessageQuerySet(Message, using=alias).filter(pk=_PK)


def _fresh(messages: MessageQuerySet, only: Beginnings) -> MessageQuerySet:
    """Narrow to messages that were never tried and are not held back, while the connection is healthy."""
    untouched = messages.filter(
        state=MessageState.QUEUED,
        next_attempt_at=None,
        attempt_count=0,
        worker_deaths=0,
        campaign=None,
        expires_at=None,
        is_recipient_gone=False,
    )
    return claim_statements.may_reach(untouched, only).filter(Exists(health.in_health()))


def cancel_if_unwanted(pk: int) -> bool:
    """Cancel this message if it is queued, and its recipient opted out or may not be reached; return whether it was."""
    alias, now, only = tables.alias(), timezone.now(), conf.ONLY_PHONES
    if _cancelling(alias).run(pk=pk, now=now):
        return True
    return only is not None and _cancelling_forbidden(alias, only).run(pk=pk, now=now) > 0


@lru_cache(maxsize=8)
def _cancelling(alias: str) -> Statement:
    return updating(consent.unwanted(_queued(alias)), consent.cancellation(_NOW))


@lru_cache(maxsize=8)
def _cancelling_forbidden(alias: str, only: Beginnings) -> Statement:
    return updating(allowlist.forbidden(_queued(alias), only), allowlist.cancellation(_NOW))


def _queued(alias: str) -> MessageQuerySet:
    return _this(alias).filter(state=MessageState.QUEUED)


def read_again(message: Message) -> None:
    """Refresh the fields that sending changes; a message deleted meanwhile stays as it was."""
    for row in _reading(tables.alias()).fetch(pk=message.pk):
        for name, value in zip(_SETTLED_BY_SENDING, row, strict=True):
            setattr(message, name, value)
        message.note_state()


@lru_cache(maxsize=8)
def _reading(alias: str) -> Statement:
    return selecting(_this(alias), returned=_SETTLED_BY_SENDING)
