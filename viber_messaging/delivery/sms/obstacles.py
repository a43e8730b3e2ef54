"""Why a person cannot send some messages by SMS."""

from dataclasses import dataclass

from django.db.models import Q

from viber_messaging.conf import conf
from viber_messaging.delivery import consent
from viber_messaging.delivery.sms import weight
from viber_messaging.delivery.sms.fallback import MAY_BE_REPLACED
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageState

IS_POSSIBLE = MAY_BE_REPLACED & Q(state=MessageState.UNDELIVERED)
"""The condition that an SMS is possible instead, if the recipient has not opted out and the text is short enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """How many messages were not sent by SMS, and why; each is counted once."""

    replaced: int
    """These had an SMS already."""
    opted_out: int
    too_long: int
    switched_off: int
    """The site sends no SMS."""


def count(messages: MessageQuerySet, done: int) -> Obstacles:
    """Count why the others among these messages were not sent by SMS, after ``done`` were."""
    possible = messages.filter(IS_POSSIBLE)
    opted_out, wanted = consent.unwanted(possible).count(), consent.wanted(possible)
    return Obstacles(
        replaced=messages.filter(sms__isnull=False).count() - done,
        opted_out=opted_out,
        too_long=weight.weigh(wanted).too_long if conf.SMS else 0,
        switched_off=0 if conf.SMS else wanted.count(),
    )
