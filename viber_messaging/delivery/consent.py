"""Opting out and in, each time with who, when and whence; and keeping back messages to those who opted out.

``Recipient.opted_out_at`` is the fact that sending looks at; a ConsentChange tells how it came to be.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.delivery.people.person import recipient_matches
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import batches
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.models import ConsentChange, Message, Recipient
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.states import MessageState

MessagesT = TypeVar("MessagesT", bound="QuerySet[Message]")

OPTED_OUT = gettext_noop("The recipient opted out before this message was sent.")


def opt_out(phones: Iterable[str], *, source: str, by: Any = None) -> int:
    """Note that these phones get nothing more; return how many of them could be written to until now.

    ``phones`` are E.164 and may be a stream; each batch of them commits alone. A recipient is made where there is
    none. Who opted out already keeps the first time.
    """
    note = partial(ConsentChange, is_opted_out=True, source=source, created_by=by)
    return sum(_opt_out_batch(sorted(batch), note) for batch in batches(phones))


def opt_in(phones: Iterable[str], *, source: str, by: Any = None) -> int:
    """Note that these phones, E.164, may be written to again; return how many of them could not until now."""
    note = partial(ConsentChange, is_opted_out=False, source=source, created_by=by)
    return sum(_opt_in_batch(batch, note) for batch in batches(phones))


@retried
def _opt_out_batch(phones: list[str], note: "partial[ConsentChange]") -> int:
    """Write before reading: a read that turns into a write locks SQLite."""
    with tables.atomic():
        tables.recipients().bulk_create([Recipient(phone=phone) for phone in phones], ignore_conflicts=True)
        changing = _locked(tables.recipients().filter(phone__in=phones, opted_out_at=None))
        now = timezone.now()
        tables.recipients().filter(phone__in=changing).update(opted_out_at=now)
        _call_back(changing, now)
        return _keep(changing, partial(note, created_at=now))


def _call_back(phones: list[str], now: datetime) -> None:
    """Let the worker look at once at what the gateway holds for a later hour."""
    keys = list(tables.recipients().filter(phone__in=phones).values_list("pk", flat=True))
    for theirs in (Q(phone__in=phones), Q(recipient__in=keys)):
        held = tables.messages().filter(theirs, scheduled_at__gt=now)
        held.still(MessageState.ACCEPTED).update(next_attempt_at=None)


@retried
def _opt_in_batch(phones: list[str], note: "partial[ConsentChange]") -> int:
    """Write before reading: a read that turns into a write locks SQLite."""
    opted_out = tables.recipients().filter(phone__in=phones, opted_out_at__isnull=False)
    with tables.atomic():
        opted_out.update(opted_out_at=F("opted_out_at"))
        changing = _locked(opted_out)
        tables.recipients().filter(phone__in=changing).update(opted_out_at=None)
        return _keep(changing, note)


def _locked(recipients: Any) -> list[str]:
    """Return the phones, held until the commit, so that two people at once make one change."""
    return list(recipients.select_for_update().order_by("pk").values_list("phone", flat=True))


def _keep(phones: list[str], note: "partial[ConsentChange]") -> int:
    tables.consent_changes().bulk_create([note(phone=phone) for phone in phones])
    return len(phones)


def count_opted_out(phones: Iterable[str]) -> int:
    """Return how many of these phones, E.164, may not be written to."""
    recipients = tables.recipients().filter(opted_out_at__isnull=False)
    return sum(recipients.filter(phone__in=batch).count() for batch in batches(phones))


def unwanted(messages: MessagesT) -> MessagesT:
    """Narrow to the messages whose recipients opted out."""
    return messages.filter(recipient_opted_out())


def wanted(messages: MessagesT) -> MessagesT:
    """Narrow to the messages whose recipients did not opt out."""
    return messages.filter(~recipient_opted_out())


def cancel(messages: MessageQuerySet) -> int:
    """Cancel those of these messages that are still queued, because their recipients opted out; return how many."""
    return messages.still(MessageState.QUEUED).update(**cancellation(timezone.now()))


def cancellation(now: datetime) -> dict[str, Any]:
    """Return what changes of a message that is not sent because its recipient opted out."""
    return {"state": MessageState.CANCELLED, "error": OPTED_OUT, "completed_at": now}


def recipient_opted_out() -> Q:
    """Return the condition on a message that its recipient opted out, by whatever phone."""
    return recipient_matches(Q(opted_out_at__isnull=False))
