"""A person's decisions about messages that may have been sent, if nothing happens automatically."""

from typing import Any

from django.db.models import F, Q, QuerySet

from viber_messaging.delivery.connection import account
from viber_messaging.delivery.queue import moves
from viber_messaging.delivery.queue.claims import TOO_OLD_TO_RESEND
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import batches
from viber_messaging.models import Message
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageState

UNDECIDED = (TOO_OLD_TO_RESEND, account.OTHER_ACCOUNT)
"""The errors of unconfirmed messages for which nothing happens automatically."""

IS_UNDECIDED = Q(state=MessageState.UNCONFIRMED, error__in=UNDECIDED)
"""The condition that a message waits for a person's decision."""


def undecided(messages: MessageQuerySet) -> MessageQuerySet:
    """Narrow to the messages that wait for a person's decision."""
    return messages.filter(IS_UNDECIDED)


def mark_sent(messages: "QuerySet[Message]") -> list[int]:
    """Mark the unconfirmed messages as sent, because a person says so; return their keys.

    Their statuses are requested from now on.
    """
    return moves.move(messages, frozenset({MessageState.UNCONFIRMED}), MessageState.ACCEPTED)


def send_again(messages: "QuerySet[Message]") -> list[int]:
    """Queue the unconfirmed messages again, under the same references; return their keys.

    An account that still knows the reference answers 208 and sends nothing twice; another account would send again.
    """
    _vouch(messages)
    return moves.move(messages, frozenset({MessageState.UNCONFIRMED}), MessageState.QUEUED)


def trust_account(messages: "QuerySet[Message]") -> list[int]:
    """Record a person's word that the account in use is the one these were sent with; return the unconfirmed keys.

    The gateway is asked about them at once, and messages that the account does not know are sent again.
    """
    return _vouch(messages, next_attempt_at=None, status_code=None, error="")


def _vouch(messages: "QuerySet[Message]", **changes: Any) -> list[int]:
    """Record that the account in use may resolve all attempts until now."""
    pks = list(messages.filter(state=MessageState.UNCONFIRMED).order_by("pk").values_list("pk", flat=True))
    for batch in batches(pks):
        in_doubt = tables.messages().filter(pk__in=batch).still(MessageState.UNCONFIRMED)
        in_doubt.update(vouched_mark=account.mark(), vouched_count=F("attempt_count"), **changes)
    return pks
