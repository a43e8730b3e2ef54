"""Whose data it is: a phone, and the recipients entered under it, whatever phone their messages were written to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from viber_messaging.delivery.storage import tables
from viber_messaging.models import Recipient
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.states import MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, by phone and by the keys of the recipients who have it.

    A recipient's phone can be edited: the messages from before are found by the recipient, those that no recipient
    was named for by the phone.
    """

    phone: str = field(repr=False)
    recipients: Sequence[int]

    @classmethod
    def of(cls, phone: str) -> Self:
        """Return the person who has this phone, E.164, now."""
        keys = tables.recipients().filter(phone=phone).values_list("pk", flat=True)
        return cls(phone=phone, recipients=list(keys))

    def messages(self) -> MessageQuerySet:
        """Return the messages to this phone or this recipient."""
        return tables.messages().filter(Q(phone=self.phone) | Q(recipient__in=self.recipients))

    def held_by_gateway(self) -> MessageQuerySet:
        """Return the messages that the gateway has, and holds for a later hour."""
        return self.messages().filter(state=MessageState.ACCEPTED, scheduled_at__gt=timezone.now())

    def count_others(self) -> int:
        """Return how many recipients of messages to this phone have another phone now."""
        named = tables.messages().filter(phone=self.phone).exclude(recipient__in=self.recipients)
        return named.exclude(recipient=None).values("recipient").distinct().count()


def recipient_matches(condition: Q) -> Q:
    """Return the condition on a message that this holds for a recipient who has its phone, or whom it names.

    Two look-ups, each by a unique index: of one with "or" MariaDB reads the whole table.
    """
    by_phone = Exists(Recipient.objects.filter(condition, phone=OuterRef("phone")))
    return Q(by_phone) | Q(Exists(Recipient.objects.filter(condition, pk=OuterRef("recipient"))))
