"""What a person decides about messages that may have been sent long ago, where nothing is done by itself."""

from django.db.models import QuerySet

from viber_messaging.delivery import queueing
from viber_messaging.models import Message
from viber_messaging.states import MessageState


def mark_sent(messages: "QuerySet[Message]") -> list[int]:
    """Take the word of a person that the unconfirmed ones of these were sent; return their keys.

    Their status is asked from now on.
    """
    return queueing.move(messages, frozenset({MessageState.UNCONFIRMED}), MessageState.ACCEPTED)


def send_again(messages: "QuerySet[Message]") -> list[int]:
    """Queue the unconfirmed ones of these once more, under their old references; return their keys.

    As long as the gateway remembers the reference, it answers 208 and sends nothing twice; after that it would.
    """
    return queueing.move(messages, frozenset({MessageState.UNCONFIRMED}), MessageState.QUEUED)
