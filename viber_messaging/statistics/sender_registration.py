"""Whether the gateway takes messages under a sender's name: as it answered, for it can be asked in no other way."""

from collections.abc import Iterable
from typing import Any

from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.states import TAKEN_STATES

LOOKED_AT = 1000
"""Messages of a sender that are looked at on either end: the last ones, then the first ones."""

NAME_REFUSALS = (MessageCode.ERR_SENDER, MessageCode.WRONG_ALPHANAME, MessageCode.WRONG_ALPHANAME_RETURNED)


def last_answer(sender: str) -> MessageCode | None:
    """Return ACCEPTED where the gateway took the last message that tells, or the code by which it refused the name.

    None where no message tells.
    """
    messages = tables.messages().filter(sender=sender).values_list("state", "status_code")
    for order in ("-pk", "pk"):
        if (answer := _first_that_tells(messages.order_by(order)[:LOOKED_AT])) is not None:
            return answer
    return None


def _first_that_tells(messages: Iterable[Any]) -> MessageCode | None:
    for state, code in messages:
        if code in NAME_REFUSALS:
            return MessageCode(code)
        if state in TAKEN_STATES:
            return MessageCode.ACCEPTED
    return None
