"""The SMS that goes instead of a Viber message: inserted in the transaction that writes the outcome which calls for it.

So there is never an outcome without its SMS, and a unique constraint allows only one for each Viber message.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import Q

from viber_messaging.conf import conf
from viber_messaging.delivery import consent
from viber_messaging.delivery.queue import moves
from viber_messaging.delivery.sms.weight import fits, text_of
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models import Message
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import CampaignState, MessageChannel, MessageState, Recall
from viber_messaging.text import phones

NOT_REACHED_CODES = frozenset({
    MessageCode.EXPIRED, MessageCode.UNDELIVERABLE, MessageCode.REJECTED, MessageCode.DISCARDED,
    MessageCode.NOT_SUPPORTED,
})  # fmt: skip
"""The codes that say that Viber did not reach the recipient, although nothing is wrong with the message."""

TRIES = 2
"""Another process may insert the SMS of the same messages at the same time; once it has, it does not do so again."""


MAY_BE_REPLACED = Q(
    ~Q(campaign__state=CampaignState.CANCELLED) | Q(campaign=None),
    ~Q(phone__startswith=phones.ERASED_PREFIX),
    channel=MessageChannel.VIBER,
    sms=None,
    is_recipient_gone=False,
)
"""The condition that an SMS may go instead of a Viber message, unless the recipient opted out."""


def _calls_for_sms() -> Q:
    """Return the condition that the outcome of a Viber message calls for an SMS.

    A deletion calls for one only if it was asked for the sake of the SMS.
    """
    asked = (Recall.ASKED, Recall.LATE)
    is_not_reached = Q(state=MessageState.UNDELIVERED, status_code__in=NOT_REACHED_CODES) & ~Q(recall=Recall.CALLED_OFF)
    is_deleted = Q(state=MessageState.CANCELLED, status_code=MessageCode.DELETED, recall__in=asked)
    may_double = Q(state=MessageState.ACCEPTED, recall=Recall.LATE)
    return is_not_reached | is_deleted | may_double if conf.SMS_MAY_DOUBLE else is_not_reached | is_deleted


def insert(pks: Sequence[int]) -> int:
    """Queue an SMS for each of these Viber messages whose outcome calls for one; return how many.

    Call it in the transaction that writes the outcome.
    """
    if not pks or not conf.SMS:
        return 0
    named = tables.messages().filter(pk__in=pks).exclude(sms_text="")
    return len(_insert_each(named.filter(_calls_for_sms())))


def insert_for_a_person(messages: MessageQuerySet, now: datetime) -> list[int]:
    """Queue an SMS for each of these undelivered messages, because a person says so; return the keys of the SMS.

    The text is that of the SMS that was asked for, otherwise that of the message; one that is too long is left out. It
    is in time from now on.
    """
    if not conf.SMS:
        return []
    with tables.atomic():
        messages.filter(state=MessageState.UNDELIVERED).update(state=MessageState.UNDELIVERED)  # locks before reading
        return _insert_each(messages.filter(state=MessageState.UNDELIVERED), now)


def _insert_each(calling: MessageQuerySet, asked_at: datetime | None = None) -> list[int]:
    possible = consent.wanted(calling.filter(MAY_BE_REPLACED)).order_by("pk")
    for number in range(TRIES):
        parents = [parent for parent in possible.all() if asked_at is None or fits(parent)]
        batch = [_sms(parent, asked_at) for parent in parents]
        try:
            with tables.atomic():
                queued = moves.insert_queued(batch) if batch else []
        except IntegrityError:
            if number == TRIES - 1:
                raise
        else:
            _reopen({parent.campaign_id for parent in parents if parent.campaign_id})
            return queued
    return []


def _sms(parent: Message, asked_at: datetime | None) -> Message:
    return Message(
        channel=MessageChannel.SMS,
        fallback_of=parent,
        phone=parent.phone,
        sender=parent.sms_sender or parent.sender,
        text=text_of(parent),
        recipient_id=parent.recipient_id,
        campaign_id=parent.campaign_id,
        created_by_id=parent.created_by_id,
        metadata=parent.metadata,
        about_model=parent.about_model,
        about_id=parent.about_id,
        state=MessageState.QUEUED,
        expires_at=(asked_at or began_at(parent)) + timedelta(seconds=conf.SMS_EXPIRES),
    )


def began_at(parent: Message) -> datetime:
    """Return when Viber could first deliver a message: from then on the SMS is in time."""
    queued_at = parent.queued_at or parent.created_at
    return max(queued_at, parent.scheduled_at or queued_at)


def _reopen(campaigns: Collection[int]) -> None:
    """Let finished campaigns run again: a message of theirs is queued, and their quiet hours hold for it too."""
    if campaigns:
        finished = tables.campaigns().filter(pk__in=campaigns, state=CampaignState.FINISHED)
        finished.update(state=CampaignState.RUNNING, finished_at=None)
