"""The operations of the actions: each returns the messages that it changed, and the gateway's answer."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from viber_messaging.delivery.connection import account
from viber_messaging.delivery.queue import moves
from viber_messaging.delivery.runs import worker
from viber_messaging.delivery.sms import fallback, obstacles
from viber_messaging.delivery.status import manual_decisions
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import batches
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.nudges import nudge_after_commit, nudge_due
from viber_messaging.states import REFRESHABLE_STATES, SENDABLE_STATES, MessageState

Deed = tuple[Sequence[int], Any]

REFRESHED_AT_ONCE = 500
"""The most messages to refresh in one web request; the rest is left to the worker, which asks automatically."""


def send(queryset: MessageQuerySet) -> Deed:
    """Queue drafts and failed messages."""
    return moves.move(queryset, SENDABLE_STATES, MessageState.QUEUED), None


def retry(queryset: MessageQuerySet) -> Deed:
    """Queue failed, rejected and cancelled messages again."""
    return moves.retry(queryset), None


def cancel(queryset: MessageQuerySet) -> Deed:
    """Cancel queued messages, and ask the gateway to delete those that it has not passed on."""
    pks = list(queryset.exclude(state=MessageState.CANCELLED).values_list("pk", flat=True))
    return pks, worker.cancel(queryset)


def refresh(queryset: MessageQuerySet) -> Deed:
    """Ask the gateway for the statuses now."""
    askable = queryset.filter(state__in=REFRESHABLE_STATES).order_by("-pk")
    pks = list(askable.values_list("pk", flat=True)[:REFRESHED_AT_ONCE])
    return pks, worker.refresh(tables.messages().filter(pk__in=pks)) if pks else None


def send_by_sms(queryset: MessageQuerySet) -> Deed:
    """Queue an SMS instead of each undelivered message; return the messages, and what is in the way of the others."""
    done: list[int] = []
    for batch in batches(list(queryset.order_by("pk").values_list("pk", flat=True))):
        queued = fallback.insert_for_a_person(tables.messages().filter(pk__in=batch), timezone.now())
        parents = tables.messages().filter(sms__in=queued).order_by("pk")
        done += parents.values_list("pk", flat=True)
    return done, obstacles.count(queryset, len(done))


def mark_sent(queryset: MessageQuerySet) -> Deed:
    """Mark messages as sent, by this user's decision, that nobody can ask about any more."""
    return manual_decisions.mark_sent(manual_decisions.undecided(queryset)), None


def send_again(queryset: MessageQuerySet) -> Deed:
    """Resend, by this user's decision, messages that may have been sent long ago."""
    return manual_decisions.send_again(manual_decisions.undecided(queryset)), None


def trust_account(queryset: MessageQuerySet) -> Deed:
    """Record this user's statement that these may have been sent with the account in use."""
    return manual_decisions.trust_account(queryset.filter(error=account.OTHER_ACCOUNT)), None


def send_queued(pks: Sequence[int]) -> None:
    """Announce that these are queued, according to DISPATCH."""
    if pks:
        nudge_after_commit(list(pks))


def send_sms_of(pks: Sequence[int]) -> None:
    """Announce, according to DISPATCH, the SMS that were just queued instead of these; the site knows of them."""
    queued = sms_of(pks, state=MessageState.QUEUED)
    nudge_after_commit(queued, announced=True)


def sms_of(pks: Sequence[int], **conditions: Any) -> list[int]:
    """Return the keys of the SMS instead of these messages."""
    found = tables.messages().filter(**conditions).order_by("pk").values_list("pk", flat=True)
    return [pk for batch in batches(pks) for pk in found.filter(fallback_of__in=batch)]


def ask_again(pks: Sequence[int]) -> None:
    """Announce that something is due."""
    nudge_due()
