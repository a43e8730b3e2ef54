"""The phones that may be reached, for staging: a message to any other phone is cancelled and never sent.

Every claim asks here. The setting is ONLY_PHONES; without it, every phone may be reached.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.db.models import Q
from django.utils.translation import gettext_noop

from viber_messaging.delivery.decisions.cancellation import cancelled
from viber_messaging.models.message_queries import MessageQuerySet

Beginnings: TypeAlias = Sequence[str] | None
"""The value of ONLY_PHONES: phones and prefixes; None for every phone."""

NOT_ALLOWED = gettext_noop("The setting ONLY_PHONES does not allow this phone, so the message was not sent.")


def allowed(messages: MessageQuerySet, only: Beginnings) -> MessageQuerySet:
    """Narrow to the messages that may be sent."""
    return messages if only is None else messages.filter(_begins_with(only))


def forbidden(messages: MessageQuerySet, only: Beginnings) -> MessageQuerySet:
    """Narrow to the messages that may not be sent."""
    return messages.none() if only is None else messages.filter(~_begins_with(only))


def cancellation(now: datetime) -> dict[str, Any]:
    """Return the field changes that cancel a message because its phone may not be reached."""
    return cancelled(NOT_ALLOWED, now)


def _begins_with(only: Sequence[str]) -> Q:
    return reduce(or_, (Q(phone__startswith=beginning) for beginning in only))
