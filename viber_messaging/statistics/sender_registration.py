"""Whether the gateway accepts a sender's name, inferred from its answers, because it cannot be asked directly."""

from collections.abc import Iterable
from typing import Any

from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.states import TAKEN_STATES

LOOKED_AT = 1000
"""The number of a sender's last messages, and then of its first messages, that are examined."""

NAME_REFUSALS = (MessageCode.ERR_SENDER, MessageCode.WRONG_ALPHANAME, MessageCode.WRONG_ALPHANAME_RETURNED)


def last_answer(sender: str) -> MessageCode | None:
    """Return ACCEPTED if the gateway accepted the last conclusive message, or the code with which it refused the name.

    None if no message is conclusive.
    """
    messages = tables.messages().filter(sender=sender).values_list("state", "status_code")
    for order in ("-pk", "pk"):
        if (answer := _first_conclusive(messages.order_by(order)[:LOOKED_AT])) is not None:
            return answer
    return None


def _first_conclusive(messages: Iterable[Any]) -> MessageCode | None:
    for state, code in messages:
        if code in NAME_REFUSALS:
            return MessageCode(code)
        if state in TAKEN_STATES:
            return MessageCode.ACCEPTED
    return None
