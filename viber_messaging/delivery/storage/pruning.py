"""Delete old completed messages, so that the tables do not grow for ever, and forgotten uploads and searches."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connections
from django.db.models import Exists, OuterRef, Q
from django.db.models.signals import post_delete, pre_delete
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.models import Message, SendAttempt
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import FINAL_STATES, MessageState

BATCH_SIZE = 1000
SEARCHES_KEPT = timedelta(hours=24)
"""Searches of staff may contain a phone or a name, so they are kept for at most a day."""
UPLOADS_KEPT = timedelta(hours=24)
"""Spreadsheets that wait for confirmation contain phones, so they are kept for at most a day."""


def prunable(ended_before: datetime) -> MessageQuerySet:
    """Return the messages completed before this time, or accepted before it and no longer asked about.

    The status is no longer requested after STATUS_MAX_AGE.
    """
    asked_since = timezone.now() - timedelta(seconds=conf.STATUS_MAX_AGE)
    has_ended = Q(state__in=FINAL_STATES, completed_at__lt=ended_before)
    given_up_before = min(ended_before, asked_since)
    is_given_up = Q(state=MessageState.ACCEPTED, accepted_at__lt=given_up_before)
    was_handed_on = Q(scheduled_at=None) | Q(scheduled_at__lt=given_up_before)
    return tables.messages().filter(has_ended | is_given_up & was_handed_on).without_waiting_sms()


def prune(ended_before: datetime, *, show_progress: Callable[[int], None] = lambda deleted: None) -> int:
    """Delete prunable messages and their attempts, in batches that each commit; return how many messages.

    ``show_progress`` is called after each batch with the number deleted so far.
    """
    deleted, last_pk = 0, 0
    while pks := _next_pks(ended_before, last_pk):
        deleted += _prune_batch(prunable(ended_before).filter(pk__range=(pks[0], pks[-1])), pks)
        last_pk = pks[-1]
        show_progress(deleted)
    return deleted


def _next_pks(ended_before: datetime, last_pk: int) -> list[int]:
    """Return the batch after the last one, so that messages to keep are scanned once, not once for each batch."""
    ended = prunable(ended_before).filter(pk__gt=last_pk).order_by("pk")
    return list(ended.values_list("pk", flat=True)[:BATCH_SIZE])


@retried
def _prune_batch(ended: MessageQuerySet, pks: list[int]) -> int:
    """Delete the messages that are still completed; one that was queued again meanwhile stays, with its attempts."""
    if _stand_alone() and connections[tables.alias()].features.can_defer_constraint_checks:
        with suppress(IntegrityError), tables.atomic():  # someone made the constraint non-deferrable
            _let_sms_stand_alone(pks)
            deleted = ended._raw_delete(tables.alias())
            _orphans(pks[0], pks[-1]).delete()
            return deleted
    with tables.atomic():
        locked = list(ended.select_for_update().values_list("pk", flat=True))
        tables.attempts().filter(message__in=locked).delete()
        _let_sms_stand_alone(locked)
        return _delete(tables.messages().filter(pk__in=locked))


def _let_sms_stand_alone(pks: Sequence[int]) -> None:
    """Detach the SMS that stay for now from the messages that they went instead of."""
    tables.messages().filter(fallback_of__in=pks).update(fallback_of=None)


def _orphans(first_pk: int, last_pk: int) -> Any:
    """Return the attempts without a message, whose message keys are in this range."""
    stored = tables.messages().filter(pk=OuterRef("message_id"))
    return tables.attempts().filter(~Exists(stored), message__gte=first_pk, message__lte=last_pk)


def _delete(messages: MessageQuerySet) -> int:
    if _stand_alone():
        return messages._raw_delete(tables.alias())
    return messages.delete()[1].get(Message._meta.label, 0)


def _stand_alone() -> bool:
    """Return whether no other models or signal receivers depend on messages, so that a raw delete is safe."""
    ours = (Message, SendAttempt)
    fields = [field for model in ours for field in model._meta.get_fields(include_hidden=True)]
    hanging_on = {field.related_model for field in fields if field.auto_created and not field.concrete} - set(ours)
    is_heard = any(signal.has_listeners(model) for model in ours for signal in (pre_delete, post_delete))
    return not hanging_on and not is_heard


@retried
def prune_uploads() -> int:
    """Delete uploads that are too old, whatever their state; return how many."""
    pks = list(tables.staged_imports().filter(created_at__lte=uploads_kept_since()).values_list("pk", flat=True))
    if pks:
        tables.staged_imports().filter(pk__in=pks).delete()
    return len(pks)


def uploads_kept_since() -> datetime:
    """Return the time before which uploads count as gone."""
    return timezone.now() - UPLOADS_KEPT


@retried
def prune_searches() -> None:
    """Delete searches that are too old."""
    tables.kept_searches().filter(created_at__lte=timezone.now() - SEARCHES_KEPT).delete()


def known_searches() -> Any:
    """Return the searches that are not too old."""
    return tables.kept_searches().filter(created_at__gt=timezone.now() - SEARCHES_KEPT)
