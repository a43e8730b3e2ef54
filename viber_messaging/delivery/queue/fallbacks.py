"""What a claim checks again before an SMS is sent instead of a Viber message."""

from datetime import datetime, timedelta

from django.db.models import Case, DateTimeField, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_noop

from viber_messaging.conf import conf
from viber_messaging.delivery.decisions.cancellation import cancelled
from viber_messaging.delivery.storage import tables
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import REACHED_STATES, MessageChannel

REACHED_BY_VIBER = gettext_noop("Viber reached the recipient before this SMS was sent.")
EXPIRED = gettext_noop("It was too late for this SMS (the setting SMS_EXPIRES).")
SWITCHED_OFF = gettext_noop("This site sends no SMS (the setting SMS is False).")


def may_go() -> Q:
    """Return the condition that an SMS is still wanted: Viber has not reached the recipient, and SMS are sent."""
    return ~is_reached_by_viber() if conf.SMS else Q(channel=MessageChannel.VIBER)


def is_reached_by_viber() -> Q:
    """Return the condition that the Viber message turned out to have reached the recipient."""
    return Q(Exists(tables.messages().filter(pk=OuterRef("fallback_of"), state__in=REACHED_STATES)))


def is_in_time(now: datetime) -> Q:
    """Return the condition that it is not too late to send a message; only an SMS is ever too late."""
    return Q(expires_at=None) | Q(expires_at__gt=now)


def in_time_from(now: datetime) -> Case:
    """Return the time until which an SMS is in time if a person queues it now; null for a Viber message."""
    until = Value(now + timedelta(seconds=conf.SMS_EXPIRES), output_field=DateTimeField())
    return Case(When(channel=MessageChannel.SMS, then=until), default=None, output_field=DateTimeField())


def cancel_unwanted(queued: MessageQuerySet, now: datetime) -> None:
    """Cancel the SMS among these queued messages that are not sent any more; each says why."""
    by_sms = queued.by_sms()
    by_sms.exclude(is_in_time(now)).update(**cancelled(EXPIRED, now))
    by_sms.filter(is_reached_by_viber()).update(**cancelled(REACHED_BY_VIBER, now))
    if not conf.SMS:
        by_sms.update(**cancelled(SWITCHED_OFF, now))
