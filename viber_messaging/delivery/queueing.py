"""Into the queue and out of it again, before anything is sent."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from viber_messaging import phones, signals
from viber_messaging.delivery import announcing, consent, storage
from viber_messaging.delivery.batches import BATCH_SIZE, batches
from viber_messaging.models import Message
from viber_messaging.models.message import DRAWS, MessageQuerySet, draw_reference
from viber_messaging.states import RETRYABLE_STATES, MessageState


def retry(messages: "QuerySet[Message]") -> list[int]:
    """Queue again those that failed, were rejected or cancelled, under their old references; return their keys."""
    return move(messages, RETRYABLE_STATES, MessageState.QUEUED)


def cancel(messages: "QuerySet[Message]") -> list[int]:
    """Cancel those that no worker has taken yet; return their keys."""
    return move(messages, frozenset({MessageState.DRAFT, MessageState.QUEUED}), MessageState.CANCELLED)


def move(messages: "QuerySet[Message]", sources: frozenset[MessageState], target: MessageState) -> list[int]:
    """Move messages one batch at a time by a conditional update; return the keys of those that moved.

    None is queued to someone who opted out, or whose phone was erased: it stays as it is.
    """
    moved: list[int] = []
    pks = messages.filter(state__in=sources).order_by("pk").values_list("pk", flat=True)
    for batch in batches(list(pks)):
        moved.extend(_move_batch(batch, sources, target))
    return moved


def _move_batch(pks: list[int], sources: frozenset[MessageState], target: MessageState) -> list[int]:
    """Write first and read what was written by its mark: a read that turns into a write locks SQLite."""
    mark = uuid.uuid4()
    movable = storage.messages().filter(pk__in=pks, state__in=sources)
    if target == MessageState.QUEUED:
        movable = consent.wanted(movable).exclude(phone__startswith=phones.ERASED_PREFIX)
    with storage.atomic():
        movable.update(
            state=target, claim_token=mark, error="", next_attempt_at=None, **_changes(target, timezone.now())
        )
        ours = storage.messages().filter(claim_token=mark)
        moved = list(ours.order_by("pk").values_list("pk", flat=True))
        ours.update(claim_token=None)
    return moved


def _changes(target: MessageState, now: datetime) -> dict[str, Any]:
    if target == MessageState.QUEUED:
        return {"queued_at": now, "completed_at": None, "worker_deaths": 0}
    return {"accepted_at": now} if target == MessageState.ACCEPTED else {"completed_at": now}


def enqueue(messages: Iterable[Message], *, keep: int) -> tuple[int, list[int]]:
    """Insert unsaved messages as queued, all or none; return how many wait now, and the keys of the first ``keep``.

    Those to people who opted out are inserted as cancelled, and not counted. Reads the iterable as a stream.
    Raises ValidationError naming the first wrong message by its place, from 1.
    """
    count, first = 0, list[int]()
    with storage.atomic():
        for batch in batches(_validated(messages)):
            count += insert_queued(batch)
            first.extend(message.reference for message in batch[: keep - len(first)])
        waiting = storage.messages().filter(reference__in=first, state=MessageState.QUEUED)
        pks = list(waiting.order_by("pk").values_list("pk", flat=True))
    return count, pks


def _announce_after_commit(batch: list[Message]) -> None:
    if not signals.message_queued.has_listeners(Message):
        return
    pks = _stored(batch).exclude(state=MessageState.CANCELLED).values_list("pk", flat=True)
    transaction.on_commit(lambda: announce_queued(pks), using=storage.alias(), robust=True)


def _stored(batch: list[Message]) -> MessageQuerySet:
    """Return the rows of messages that were inserted in bulk, of which some databases do not tell the keys."""
    return storage.messages().filter(reference__in=[message.reference for message in batch])


def _validated(messages: Iterable[Message]) -> Iterator[Message]:
    for place, message in enumerate(messages, start=1):
        try:
            message.clean_fields()
            message.clean()
        except ValidationError as error:
            raise ValidationError({**error.message_dict, NON_FIELD_ERRORS: [_of_those_given(place)]}) from error
        message.state = MessageState.QUEUED
        yield message


def _of_those_given(place: int) -> str:
    return _("Message %(place)s of those given is wrong; none was saved.") % {"place": place}


def insert_queued(batch: list[Message]) -> int:
    """Insert queued messages of which each is valid, announce them after the commit; return how many wait."""
    insert(batch)
    cancelled = consent.cancel_unwanted(_stored(batch))
    _announce_after_commit(batch)
    return len(batch) - cancelled


def insert(batch: list[Message]) -> None:
    """Insert a batch; where one of its random references is taken already, draw new ones."""
    for _draw in range(DRAWS - 1):
        try:
            with storage.atomic():
                _insert_once(batch)
        except IntegrityError:
            for message in batch:
                message.pk, message.reference = None, draw_reference()
        else:
            return
    _insert_once(batch)


def _insert_once(batch: list[Message]) -> None:
    storage.messages().bulk_create(batch, batch_size=BATCH_SIZE)


def announce_queued(pks: Iterable[int]) -> None:
    """Tell the site that these messages wait to be sent."""
    announcing.announce(signals.message_queued, pks)
