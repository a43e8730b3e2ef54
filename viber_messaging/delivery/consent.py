"""Record opt-outs and opt-ins, with who, when and from where; hold back messages to people who opted out.

Sending looks at ``Recipient.opted_out_at``; a ConsentChange records how it came about.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.delivery.decisions.cancellation import cancelled
from viber_messaging.delivery.people.person import recipient_matches
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import batches
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.models import ConsentChange, Message, Recipient
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageState

MessagesT = TypeVar("MessagesT", bound="QuerySet[Message]")

OPTED_OUT = gettext_noop("The recipient opted out before this message was sent.")


def opt_out(phones: Iterable[str], *, source: str, by: Any = None) -> int:
    """Record that these phones opted out; return how many of them had not opted out before.

    ``phones`` are E.164 and may be a stream; each batch commits separately. Missing recipients are created. Recipients
    who had already opted out keep their original time.
    """
    note = partial(ConsentChange, is_opted_out=True, source=source, created_by=by)
    return sum(_opt_out_batch(sorted(batch), note) for batch in batches(phones))


def opt_in(phones: Iterable[str], *, source: str, by: Any = None) -> int:
    """Record that these phones (E.164) opted in again; return how many of them were opted out before."""
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
    """Let the worker check at once the scheduled messages that the gateway already holds."""
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
    """Lock the rows until the commit and return their phones, so that simultaneous requests record one change."""
    return list(recipients.select_for_update().order_by("pk").values_list("phone", flat=True))


def _keep(phones: list[str], note: "partial[ConsentChange]") -> int:
    tables.consent_changes().bulk_create([note(phone=phone) for phone in phones])
    return len(phones)


def count_opted_out(phones: Iterable[str]) -> int:
    """Return how many of these phones (E.164) opted out."""
    recipients = tables.recipients().filter(opted_out_at__isnull=False)
    return sum(recipients.filter(phone__in=batch).count() for batch in batches(phones))


def unwanted(messages: MessagesT) -> MessagesT:
    """Narrow to the messages whose recipients opted out."""
    return messages.filter(recipient_opted_out())


def wanted(messages: MessagesT) -> MessagesT:
    """Narrow to the messages whose recipients did not opt out."""
    return messages.filter(~recipient_opted_out())


def cancel(messages: MessageQuerySet) -> int:
    """Cancel the still queued ones among these messages because their recipients opted out; return how many."""
    return messages.still(MessageState.QUEUED).update(**cancellation(timezone.now()))


def cancellation(now: datetime) -> dict[str, Any]:
    """Return the field changes that cancel a message because its recipient opted out."""
    return cancelled(OPTED_OUT, now)


def recipient_opted_out() -> Q:
    """Return the condition that a message's recipient opted out, by any of their phones."""
    return recipient_matches(Q(opted_out_at__isnull=False))
