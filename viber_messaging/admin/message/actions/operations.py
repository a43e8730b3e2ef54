"""What the actions do: each returns the messages that it was done to, and what the gateway answered."""

from collections.abc import Sequence
from typing import Any

from viber_messaging.delivery.connection import account
from viber_messaging.delivery.queue import moves
from viber_messaging.delivery.runs import worker
from viber_messaging.delivery.status import manual_decisions
from viber_messaging.delivery.storage import tables
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.nudges import nudge_after_commit, nudge_due
from viber_messaging.states import REFRESHABLE_STATES, SENDABLE_STATES, MessageState

Deed = tuple[Sequence[int], Any]

REFRESHED_AT_ONCE = 500
"""A web request must end: more than these are left to the worker, which asks by itself."""


def send(queryset: MessageQuerySet) -> Deed:
    """Queue the drafts and the failed ones."""
    return moves.move(queryset, SENDABLE_STATES, MessageState.QUEUED), None


def retry(queryset: MessageQuerySet) -> Deed:
    """Queue again what failed, was rejected or cancelled."""
    return moves.retry(queryset), None


def cancel(queryset: MessageQuerySet) -> Deed:
    """Cancel what waits here, and ask the gateway to delete what it has not handed on."""
    pks = list(queryset.exclude(state=MessageState.CANCELLED).values_list("pk", flat=True))
    return pks, worker.cancel(queryset)


def refresh(queryset: MessageQuerySet) -> Deed:
    """Ask the gateway now what became of these."""
    askable = queryset.filter(state__in=REFRESHABLE_STATES).order_by("-pk")
    pks = list(askable.values_list("pk", flat=True)[:REFRESHED_AT_ONCE])
    return pks, worker.refresh(tables.messages().filter(pk__in=pks)) if pks else None


def mark_sent(queryset: MessageQuerySet) -> Deed:
    """Take this person's word that messages which nobody can ask about any more were sent."""
    return manual_decisions.mark_sent(manual_decisions.undecided(queryset)), None


def send_again(queryset: MessageQuerySet) -> Deed:
    """Send once more, on this person's word, messages which may have been sent long ago."""
    return manual_decisions.send_again(manual_decisions.undecided(queryset)), None


def trust_account(queryset: MessageQuerySet) -> Deed:
    """Take this person's word that the account in use is the one that these may have been sent with."""
    return manual_decisions.trust_account(queryset.filter(error=account.OTHER_ACCOUNT)), None


def send_queued(pks: Sequence[int]) -> None:
    """Say that these are queued, in the way of DISPATCH."""
    if pks:
        nudge_after_commit(list(pks))


def ask_again(pks: Sequence[int]) -> None:
    """Say that something is due."""
    nudge_due()
