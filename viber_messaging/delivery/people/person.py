"""A person: a phone and its recipients, whatever phone their messages were written to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from viber_messaging.delivery.storage import tables
from viber_messaging.models import Recipient
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person, given by a phone and the keys of the recipients who have it.

    A recipient's phone can be edited: earlier messages are found by the recipient, and messages without a recipient by
    the phone.
    """

    phone: str = field(repr=False)
    recipients: Sequence[int]

    @classmethod
    def of(cls, phone: str) -> Self:
        """Return the person who has this phone (E.164) now."""
        keys = tables.recipients().filter(phone=phone).values_list("pk", flat=True)
        return cls(phone=phone, recipients=list(keys))

    def messages(self) -> MessageQuerySet:
        """Return the messages to this phone or this recipient."""
        return tables.messages().filter(Q(phone=self.phone) | Q(recipient__in=self.recipients))

    def held_by_gateway(self) -> MessageQuerySet:
        """Return the messages that the gateway holds for later."""
        return self.messages().filter(state=MessageState.ACCEPTED, scheduled_at__gt=timezone.now())

    def count_others(self) -> int:
        """Return how many recipients of messages to this phone now have another phone."""
        named = tables.messages().filter(phone=self.phone).exclude(recipient__in=self.recipients)
        return named.exclude(recipient=None).values("recipient").distinct().count()


def recipient_matches(condition: Q) -> Q:
    """Return the condition that a message's recipient, by key or by phone, meets ``condition``.

    Two lookups, each by a unique index; for one with OR, MariaDB would read the whole table.
    """
    by_phone = Exists(Recipient.objects.filter(condition, phone=OuterRef("phone")))
    return Q(by_phone) | Q(Exists(Recipient.objects.filter(condition, pk=OuterRef("recipient"))))
