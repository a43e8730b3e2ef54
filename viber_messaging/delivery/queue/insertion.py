"""Insert a batch of messages, each under a reference that no message with another intent uses."""

from collections.abc import Sequence

from django.db import IntegrityError

from viber_messaging import references
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.sql import insert_messages
from viber_messaging.models import Message
from viber_messaging.models.intent import Intents

_COMPARED = ("reference", "key", "campaign", "phone", "fallback_of")


def insert(batch: Sequence[Message]) -> None:
    """Insert a batch. If a message with another intent has a reference, try the next reference of the own intent.

    Raises IntegrityError if a message with the same intent is stored, or if a reference chosen by the caller is taken.
    """
    ours = [message for message in batch if message.reference is None]
    try:
        _insert(batch, ours)
    except IntegrityError:
        for message in ours:
            message.reference, message.candidate = None, 0
        raise


def _insert(batch: Sequence[Message], ours: Sequence[Message]) -> None:
    intents, waiting = Intents(tables.alias()), ours
    for number in range(references.CANDIDATES):
        for message in waiting:
            message.reference = intents.reference(message, message.candidate)
        try:
            with tables.atomic():
                insert_messages.insert(batch)
        except IntegrityError:
            waiting = _lost_to_other_intents(batch, ours, intents)
            if not waiting or number == references.CANDIDATES - 1:
                raise
            _try_next(batch, waiting)
        else:
            return


def _lost_to_other_intents(batch: Sequence[Message], ours: Sequence[Message], intents: Intents) -> list[Message]:
    """Return our messages whose reference another message has, either stored or earlier in the batch."""
    rows = tables.messages().filter(reference__in=[message.reference for message in batch])
    stored, own = {row.reference: row for row in rows.only(*_COMPARED)}, set(map(id, ours))
    taken = {message.reference for message in batch if id(message) not in own}
    lost = []
    for message in ours:
        if message.reference in taken or (
            message.reference in stored and not _is_same(message, stored[message.reference], intents)
        ):
            lost.append(message)
        taken.add(message.reference)
    return lost


def _is_same(message: Message, stored: Message, intents: Intents) -> bool:
    """Return whether the stored message has the same intent; its phone and key may have been erased since."""
    if message.fallback_of_id is not None:
        return stored.fallback_of_id == message.fallback_of_id
    if message.campaign_id is not None:
        return stored.campaign_id == message.campaign_id and (stored.is_erased or stored.phone == message.phone)
    return message.key is not None and stored.key in (message.key, intents.erased(message.key))


def _try_next(batch: Sequence[Message], lost: Sequence[Message]) -> None:
    for message in lost:
        message.candidate += 1
    for message in batch:
        message.pk = None
