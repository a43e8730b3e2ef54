"""Move messages into the queue, and out of it before they are sent."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from viber_messaging import signals
from viber_messaging.delivery import announcements, consent
from viber_messaging.delivery.queue import fallbacks, keys
from viber_messaging.delivery.queue.insertion import insert
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import batches
from viber_messaging.logs.tracebacks import without_locals
from viber_messaging.models import Message
from viber_messaging.models.message import POINTERS
from viber_messaging.states import RETRYABLE_STATES, UNSENT_STATES, MessageState
from viber_messaging.text import phones

_OURS = frozenset({
    "state", "attempt_count", "account_mark", "vouched_mark", "vouched_count", "worker_deaths", "is_recipient_gone",
    "claim_token", "claimed_at", "created_at", "queued_at", "next_attempt_at", "accepted_at", "completed_at",
    "status_code",
})  # fmt: skip
"""Internal fields, skipped by validation, because validating them would take as long as everything else."""


def retry(messages: "QuerySet[Message]") -> list[int]:
    """Queue failed, rejected and cancelled messages again, under the same references; return their keys.

    Messages that the gateway has had are left out, because it accepts a reference only once.
    """
    return move(messages, RETRYABLE_STATES, MessageState.QUEUED)


def cancel(messages: "QuerySet[Message]") -> list[int]:
    """Cancel the messages that no worker has claimed yet; return their keys."""
    return move(messages, UNSENT_STATES, MessageState.CANCELLED)


def move(messages: "QuerySet[Message]", sources: frozenset[MessageState], target: MessageState) -> list[int]:
    """Move messages in batches by conditional updates; return the keys of those that moved.

    Messages are not queued if the recipient opted out, the phone was erased, or the gateway has had them: they stay as
    they are.
    """
    moved: list[int] = []
    pks = messages.filter(state__in=sources).order_by("pk").values_list("pk", flat=True)
    for batch in batches(list(pks)):
        moved.extend(_move_batch(batch, sources, target))
    return moved


def _move_batch(pks: list[int], sources: frozenset[MessageState], target: MessageState) -> list[int]:
    """Mark the rows first and then read them by the mark: in SQLite, a write after a read may fail with a lock."""
    mark = uuid.uuid4()
    named = tables.messages().filter(pk__in=pks)
    movable = named.still(*sources)
    if target == MessageState.QUEUED:
        movable = consent.wanted(movable).untaken().exclude(phone__startswith=phones.ERASED_PREFIX)
    with tables.atomic():
        movable.update(
            state=target, claim_token=mark, error="", next_attempt_at=None, **_changes(target, timezone.now())
        )
        ours = named.filter(claim_token=mark)
        moved = list(ours.order_by("pk").values_list("pk", flat=True))
        ours.update(claim_token=None)
    return moved


def _changes(target: MessageState, now: datetime) -> dict[str, Any]:
    if target == MessageState.QUEUED:
        return {
            "queued_at": now,
            "completed_at": None,
            "worker_deaths": 0,
            "is_recipient_gone": False,
            "expires_at": fallbacks.in_time_from(now),
        }
    return {"accepted_at": now} if target == MessageState.ACCEPTED else {"completed_at": now}


def enqueue(messages: Iterable[Message], *, keep: int) -> tuple[int, list[int]]:
    """Insert unsaved messages as queued, all or none; return how many are queued, and the keys of the first ``keep``.

    Messages to people who opted out are inserted as cancelled; those whose key already has a message are skipped.
    Neither are counted. Reads the iterable as a stream. Raises ValidationError, or KeyReused, naming the place (from 1)
    of the first message that is invalid or already saved.
    """
    given, count, first = 0, 0, list[int]()
    with tables.atomic():
        for batch in batches(_validated(messages)):
            _refuse_saved(batch, given)
            _mark_queued(batch)
            waiting = keys.insert_new(batch, insert_queued, given)
            given += len(batch)
            count += len(waiting)
            first.extend(waiting[: keep - len(first)])
    return count, first


def _validated(messages: Iterable[Message]) -> Iterator[Message]:
    for place, message in enumerate(messages, start=1):
        if not isinstance(message, Message):
            name = type(message).__name__
            raise TypeError(
                f"Message {place} is a {name}, not a Message; send_message takes a phone and a text instead."
            )
        try:
            message.clean_fields(exclude=_OURS | POINTERS)
            message.clean()
        except ValidationError as error:
            raise ValidationError({**error.message_dict, NON_FIELD_ERRORS: [keys.invalid_at(place)]}) from error
        yield message


def _refuse_saved(batch: Sequence[Message], given: int) -> None:
    """Refuse messages that are stored, or occur twice in the batch; ``given`` is how many came before the batch.

    A message that only seems saved, because its transaction was rolled back, counts as unsaved.
    """
    seeming = [message.reference for message in batch if not message._state.adding]
    stored = set(tables.messages().filter(reference__in=seeming).values_list("reference", flat=True))
    seen = set[int]()
    for place, message in enumerate(batch, start=given + 1):
        if message.reference in stored or id(message) in seen:
            raise ValidationError([keys.invalid_at(place), _saved_already()], code="saved")
        seen.add(id(message))
        if not message._state.adding:
            message.pk, message._state.adding = None, True


def _saved_already() -> str:
    return _(
        "This message is already saved. To send a draft, set its state to queued and save it. To send the same "
        "content again, create a new message."
    )


def _mark_queued(batch: Sequence[Message]) -> None:
    now = timezone.now()
    for message in batch:
        message.state, message.queued_at = MessageState.QUEUED, message.queued_at or now
        if message.key is not None:
            message.reference = None  # derived from the key again; a try that was rolled back may have set another


def insert_queued(batch: list[Message]) -> list[int]:
    """Insert valid queued messages and announce them after the commit; return the keys of those still queued.

    Messages to people who opted out are cancelled.
    """
    insert(batch)
    waiting, unwanted = _read_back(batch)
    if unwanted:
        consent.cancel(tables.messages().filter(pk__in=unwanted))
    if signals.message_queued.has_listeners(Message):
        transaction.on_commit(without_locals(lambda: announce_queued(waiting)), using=tables.alias(), robust=True)
    return waiting


def _read_back(batch: list[Message]) -> tuple[list[int], list[int]]:
    """Set the keys of inserted messages; return the keys for people who did not opt out, and for those who did."""
    stored = tables.messages().filter(reference__in=[message.reference for message in batch])
    rows = stored.annotate(is_unwanted=consent.recipient_opted_out()).values_list("reference", "pk", "is_unwanted")
    found = {reference: (pk, is_unwanted) for reference, pk, is_unwanted in rows}
    for message in batch:
        message.pk = found[message.reference][0]
        message._state.adding, message._state.db = False, tables.alias()
        message.note_state()
    waiting = [message.pk for message in batch if not found[message.reference][1]]
    return waiting, [message.pk for message in batch if found[message.reference][1]]


def announce_queued(pks: Iterable[int]) -> None:
    """Announce to the site that these messages are queued."""
    announcements.announce(signals.message_queued, pks)
