"""What a person decides about messages that may have been sent, where nothing is done by itself."""

from typing import Any

from django.db.models import F, QuerySet

from viber_messaging.delivery.connection import account
from viber_messaging.delivery.queue import moves
from viber_messaging.delivery.queue.claims import TOO_OLD_TO_RESEND
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import batches
from viber_messaging.models import Message
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.states import MessageState

UNDECIDED = (TOO_OLD_TO_RESEND, account.OTHER_ACCOUNT)
"""Why nothing is done by itself for a message that may have been sent."""


def undecided(messages: MessageQuerySet) -> MessageQuerySet:
    """Return those of these messages that wait for the word of a person."""
    return messages.filter(state=MessageState.UNCONFIRMED, error__in=UNDECIDED)


def mark_sent(messages: "QuerySet[Message]") -> list[int]:
    """Take the word of a person that the unconfirmed ones of these were sent; return their keys.

    Their status is asked from now on.
    """
    return moves.move(messages, frozenset({MessageState.UNCONFIRMED}), MessageState.ACCEPTED)


def send_again(messages: "QuerySet[Message]") -> list[int]:
    """Queue the unconfirmed ones of these once more, under their old references; return their keys.

    As long as the account remembers the reference, it answers 208 and sends nothing twice; another account would send.
    """
    _vouch(messages)
    return moves.move(messages, frozenset({MessageState.UNCONFIRMED}), MessageState.QUEUED)


def trust_account(messages: "QuerySet[Message]") -> list[int]:
    """Take the word of a person that the account in use is the one that had these; return the keys of those in doubt.

    They are asked for at once, and what the account does not know is sent again.
    """
    return _vouch(messages, next_attempt_at=None, status_code=None, error="")


def _vouch(messages: "QuerySet[Message]", **changes: Any) -> list[int]:
    """Let the account in use settle the doubt about all attempts until now."""
    pks = list(messages.filter(state=MessageState.UNCONFIRMED).order_by("pk").values_list("pk", flat=True))
    for batch in batches(pks):
        in_doubt = tables.messages().filter(pk__in=batch).still(MessageState.UNCONFIRMED)
        in_doubt.update(vouched_mark=account.mark(), vouched_count=F("attempt_count"), **changes)
    return pks
