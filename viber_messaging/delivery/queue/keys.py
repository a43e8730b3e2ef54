"""Save one message for each key, however often and however concurrently it is requested."""

import copy
from collections.abc import Callable, Collection, Sequence

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connections
from django.db.models import F
from django.utils.translation import gettext as _

from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.models import Connection, Message
from viber_messaging.models.connection import StaleSnapshot
from viber_messaging.models.intent import Intents
from viber_messaging.models.save_rules import SENT_FIELDS
from viber_messaging.time import moments

TRIES = 3
"""The number of tries for a batch, while others insert messages under the same keys."""


class KeyReused(ValidationError):
    """A message under this key exists with other content; ``fields`` names what differs."""

    def __init__(self, fields: Sequence[str], place: int | None = None) -> None:
        sentence = _("A message with this key already exists, with a different value for: %(fields)s.")
        messages_by_field = {"key": [sentence % {"fields": ", ".join(fields)}]}
        super().__init__(
            messages_by_field if place is None else {**messages_by_field, NON_FIELD_ERRORS: [invalid_at(place)]}
        )
        self.fields = tuple(fields)


def invalid_at(place: int) -> str:
    """Return a sentence saying which message is wrong; places count from 1."""
    return _("Message %(place)s is invalid; no message was saved.") % {"place": place}


@retried
def save_once(message: Message) -> tuple[Message, bool]:
    """Save a message unless one with its key exists; return the stored message, and whether it is new.

    Raises KeyReused if the stored message has other content, and StaleSnapshot if another transaction has just saved
    one that this transaction cannot see.
    """
    _begin_to_write()
    stored = _stored([message]).get(message.key)
    if stored is None:
        fresh = copy.copy(message)  # another try needs it unchanged
        try:
            with tables.atomic():
                fresh.save(using=tables.alias())
        except IntegrityError as error:
            stored = _stored([message]).get(message.key)
            if stored is None:
                raise StaleSnapshot(
                    "Another transaction has just used this key; run this transaction again."
                ) from error
        else:
            return fresh, True
    _refuse_other(message, stored)
    return stored, False


def insert_new(batch: list[Message], insert: Callable[[list[Message]], list[int]], given: int) -> list[int]:
    """Pass the messages whose key has no message yet to ``insert``; return its result.

    ``given`` is how many messages came before this batch. Raises as ``save_once`` does, with the message's place.
    """
    if not any(message.key for message in batch):
        return insert(batch)
    _begin_to_write()
    for _try in range(TRIES):
        new = _new(batch, given)
        try:
            with tables.atomic():
                return insert(new) if new else []
        except IntegrityError as error:
            cause = error
            if not _stored(new):
                break
    raise StaleSnapshot("Another transaction has just used one of these keys; run this transaction again.") from cause


def _begin_to_write() -> None:
    """Write before reading: SQLite aborts a transaction that reads, and then writes after another transaction wrote."""
    connection = connections[tables.alias()]
    if connection.in_atomic_block and not connection.features.has_select_for_update:
        tables.connection_rows().filter(pk=Connection.SINGLETON).update(seed=F("seed"))


def _new(batch: Sequence[Message], given: int) -> list[Message]:
    known, new = _stored(batch), list[Message]()
    for place, message in enumerate(batch, start=given + 1):
        if message.key is not None and message.key in known:
            _refuse_other(message, known[message.key], place)
            continue
        if message.key is not None:
            known[message.key] = message
        new.append(message)
    return new


def _stored(messages: Collection[Message]) -> dict[str, Message]:
    """Return the stored messages by key, including those whose key was erased with the person's data."""
    intents = Intents(tables.alias())
    keys = [message.key for message in messages if message.key is not None]
    originals = {intents.erased(key): key for key in keys}
    rows = tables.messages().filter(key__in=[*keys, *originals])
    return {originals.get(row.key, row.key): row for row in rows}


def _refuse_other(message: Message, stored: Message, place: int | None = None) -> None:
    """Raise KeyReused if the stored message has other content; erased messages cannot be compared."""
    if stored.is_erased:
        return
    fields = [name for name in SENT_FIELDS if _value_of(message, name) != _value_of(stored, name)]
    if fields:
        raise KeyReused(fields, place)


def _value_of(message: Message, name: str) -> object:
    value = getattr(message, name)
    return moments.aware(value) if name == "scheduled_at" and value is not None else value
