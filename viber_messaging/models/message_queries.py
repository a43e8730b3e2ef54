"""Messages by what has to be done about them, and by what they are about."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, In, LessThanOrEqual

from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models.database.indexes import without_index
from viber_messaging.models.mixins.linked import link_to
from viber_messaging.states import (
    DELETABLE_STATES,
    MOVING_STATES,
    REACHED_STATES,
    UNREACHED_STATES,
    AttemptOutcome,
    MessageChannel,
    MessageState,
)
from viber_messaging.text.phones import ERASED_PREFIX

if TYPE_CHECKING:
    from viber_messaging.models.message import Message

LONGEST_WAIT = timedelta(days=2)
"""Longer than any wait for ``next_attempt_at``: a later time was recorded by a clock that has been set back since."""

_IS_TAKEN = (
    Q(accepted_at__isnull=False)
    | ~Q(msg_id="")
    | Q(state=MessageState.FAILED, status_code=MessageCode.ERR_DUPLICATE)
    | Q(attempts__outcome=AttemptOutcome.ACCEPTED)
)
"""The condition that the gateway has had the message, or says that it had one with this reference."""


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by what has to be done about them, and by what they are about."""

    def still(self, *states: str) -> "MessageQuerySet":
        """Narrow messages given by their keys to those in one of these states.

        Written so that no index on the state is used: with outdated statistics that show hardly any messages in that
        state, PostgreSQL would scan the million that are there now instead of the few that are given.
        """
        return self.filter(In(without_index("state"), states))

    def due(self, now: datetime) -> "MessageQuerySet":
        """Return the queued messages whose time to be sent has come."""
        return self.filter(is_due(now), state=MessageState.QUEUED)

    def abandoned(self, now: datetime, claim_timeout: timedelta) -> "MessageQuerySet":
        """Return the messages whose worker claimed them so long ago that it must be dead."""
        return self.filter(is_abandoned(now, claim_timeout), state=MessageState.SENDING)

    def unconfirmed(self, now: datetime) -> "MessageQuerySet":
        """Return the messages that may have been sent and are due to be asked about."""
        return self.filter(is_due(now), state=MessageState.UNCONFIRMED)

    def pollable(self, now: datetime, accepted_after: datetime) -> "MessageQuerySet":
        """Return the accepted messages whose status is due to be requested; scheduled ones count from that time."""
        is_young = Q(accepted_at__gte=accepted_after) | Q(scheduled_at__gte=accepted_after)
        return self.filter(is_due(now), is_young, state=MessageState.ACCEPTED)

    def held(self, now: datetime) -> "MessageQuerySet":
        """Return the messages that the gateway holds for later and that are due to be checked."""
        return self.filter(is_due(now), state=MessageState.ACCEPTED, scheduled_at__gt=now)

    def of_intents(self) -> "MessageQuerySet":
        """Return the messages whose reference is derived from an intent, so that no other message has the same."""
        return self.exclude(campaign=None, key=None, channel=MessageChannel.VIBER)

    def untaken(self) -> "MessageQuerySet":
        """Return the messages that the gateway has not had; only these may be sent under their references."""
        return self.exclude(_IS_TAKEN)

    def reached(self) -> "MessageQuerySet":
        """Return the messages that reached their recipients."""
        return self.filter(state__in=REACHED_STATES)

    def unreached(self) -> "MessageQuerySet":
        """Return the messages that ended without reaching their recipients, one for each of them.

        An SMS counts as part of the Viber message that it goes instead of: nobody is included whom the SMS reached, or
        may still reach.
        """
        sms = self._sms_of_each()
        is_deleted_for_sms = Q(Exists(sms), state=MessageState.CANCELLED)
        ended = self.filter(Q(state__in=UNREACHED_STATES) | is_deleted_for_sms, fallback_of=None)
        return ended.exclude(Exists(sms.filter(state__in=REACHED_STATES | MOVING_STATES)))

    def erased(self) -> "MessageQuerySet":
        """Return the messages whose personal data were erased."""
        return self.filter(phone__startswith=ERASED_PREFIX)

    def by_viber(self) -> "MessageQuerySet":
        """Return the messages that go by Viber, so that each person is counted once."""
        return self.filter(channel=MessageChannel.VIBER)

    def awaiting_sms(self) -> "MessageQuerySet":
        """Return the accepted messages whose SMS goes if Viber does not reach the recipient."""
        return self.filter(state=MessageState.ACCEPTED).exclude(sms_text="")

    def by_sms(self) -> "MessageQuerySet":
        """Return the messages that go by SMS."""
        return self.filter(channel=MessageChannel.SMS)

    def has_sms(self) -> bool:
        """Return whether an SMS went, or will go, instead of any of these; one look into a small index."""
        return self.filter(fallback_of__isnull=False).exists()

    def without_waiting_sms(self) -> "MessageQuerySet":
        """Leave out the messages whose SMS is on its way: it must find out whether Viber reached the recipient."""
        return self.exclude(Exists(self._sms_of_each().filter(state__in=MOVING_STATES)))

    def _sms_of_each(self) -> "models.QuerySet[Message]":
        """Return the SMS that goes instead of the message of the outer query."""
        return self.model._base_manager.using(self.db).filter(fallback_of=OuterRef("pk"))

    def deletable(self) -> "MessageQuerySet":
        """Return the messages that may be deleted without losing an outcome."""
        return self.still(*DELETABLE_STATES).without_waiting_sms()

    def about(self, related: models.Model) -> "MessageQuerySet":
        """Return the messages about this object of the site."""
        return self.filter(**link_to(related))


class MessageManager(models.Manager["Message"]):
    """What code of a site calls, written out for type checkers that do not know Django."""

    def about(self, related: models.Model) -> MessageQuerySet:
        """Return the messages about this object of the site."""
        return MessageQuerySet(self.model, using=self._db).about(related)


def is_due(now: datetime) -> Q:
    """Return the condition that the time has come to act on a message.

    Written so that no index is used: without statistics, PostgreSQL would search an index for each case, and then sort
    the whole queue to find the oldest.
    """
    at: Any = Coalesce("next_attempt_at", now)
    return ~(Q(GreaterThan(at, now)) & Q(LessThanOrEqual(at, now + LONGEST_WAIT)))


def is_abandoned(now: datetime, claim_timeout: timedelta) -> Q:
    """Return the condition that a claim is too old, or too far in the future, from a clock that was set back since."""
    is_young = Q(claimed_at__range=(now - claim_timeout, now + claim_timeout))
    return ~is_young & Q(claimed_at__isnull=False)
