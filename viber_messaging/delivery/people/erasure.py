"""Erase one person's data, but keep what accounting and "exactly once" need.

A message keeps its references, numbers, states, codes and times. Its content is erased, and its phone is replaced by a
number that no phone has, the same for all messages to that phone. People who opted out stay opted out, with their
phone, unless that is to be forgotten too: without the phone, nobody could know whom not to write to.
"""

from collections.abc import Collection
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.delivery.decisions.cancellation import cancelled
from viber_messaging.delivery.people import admin_log
from viber_messaging.delivery.people.person import Person
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message
from viber_messaging.models.intent import Intents
from viber_messaging.models.mixins.content import EXTRA_FIELDS
from viber_messaging.states import IN_FLIGHT_STATES, UNSENT_STATES, MessageState, MessageType
from viber_messaging.text import phones

ERASED = gettext_noop("The personal data were erased.")
GONE = "–"
"""Replaces an erased text."""

random = SystemRandom()


class MessagesInFlight(Exception):
    """Raised when messages to this phone are being sent, may have been, or wait at a gateway that cannot be asked.

    Erase the phone once their outcome is known.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Counts of what was erased, or would be."""

    messages: int
    """Messages not sent yet are cancelled."""
    recipients: int
    consent_changes: int
    uploads: int
    """Spreadsheets waiting for confirmation: all of them, because any may contain the phone."""
    searches: int
    """Searches of staff in the last day: all of them, because any may contain the phone or name."""
    log_entries: int
    keeps_opt_out: bool
    """Whether the phone itself is kept, because the person opted out."""
    called_back: int = 0
    """The messages that the gateway held for later, and cancelled."""
    too_late: int = 0
    """The messages that it had already passed on: the person still gets them."""
    other_recipients: int = 0
    """Recipients of these messages who now have another phone; not erased, because they may be other people."""


def erase(phone: str, *, even_opt_out: bool, is_rehearsal: bool, asked_for: Collection[int] = ()) -> Erasure:
    """Erase everything about this phone (E.164), completely or not at all; raises MessagesInFlight.

    ``asked_for`` are the keys of messages that the gateway was asked to cancel, whatever it answered.
    """
    with tables.atomic():
        _lock(phone)
        person = Person.of(phone)
        others = person.count_others()
        messages = _erase_messages(person, asked_for)
        log_entries = admin_log.erase(person, is_rehearsal=is_rehearsal)
        keeps_opt_out = not even_opt_out and _empty_opted_out(phone)
        erasure = Erasure(
            messages=messages,
            recipients=1 if keeps_opt_out else _delete(tables.recipients().filter(phone=phone)),
            consent_changes=0 if keeps_opt_out else _delete(tables.consent_changes().filter(phone=phone)),
            uploads=_delete(tables.staged_imports().filter(pk__in=tables.staged_pieces().values("staged"))),
            searches=_delete(tables.kept_searches().all()),
            log_entries=log_entries,
            keeps_opt_out=keeps_opt_out,
            other_recipients=others,
        )
        transaction.set_rollback(is_rehearsal, using=tables.alias())
    return erasure


def _lock(phone: str) -> None:
    """Lock the recipient's phone until the transaction ends. SQLite requires the write before any read."""
    tables.recipients().filter(phone=phone).update(phone=F("phone"))


def _erase_messages(person: Person, asked_for: Collection[int]) -> int:
    theirs = person.messages()
    theirs.filter(state__in=UNSENT_STATES).update(**cancelled(ERASED, timezone.now()))
    unsettled = IN_FLIGHT_STATES | UNSENT_STATES  # a worker may have released one since, or a person queued one
    refuse_unsettled(theirs, unsettled)
    if person.held_by_gateway().exclude(pk__in=asked_for).exists():
        raise MessagesInFlight(
            "A message for a later time was sent to the gateway just now; nothing was erased. Try again."
        )
    settled = theirs.exclude(state__in=unsettled)
    tables.attempts().filter(message__in=settled).exclude(reply="").update(reply="")
    _erase_keys(settled.exclude(key=None))
    phones_written_to = list(settled.order_by().values_list("phone", flat=True).distinct())
    count = sum(_empty(settled.filter(phone=phone)) for phone in phones_written_to)
    refuse_unsettled(theirs, unsettled)  # an SMS may have been queued meanwhile, instead of a message erased here
    return count


def _empty(messages: "QuerySet[Message]") -> int:
    """Erase the content of messages to one phone."""
    return messages.update(
        phone=_draw_number(),
        type=MessageType.TEXT,
        text=GONE,
        **dict.fromkeys(EXTRA_FIELDS, ""),
        sms_text="",
        recipient=None,
        metadata={},
        about_model="",
        about_id=None,
    )


def _erase_keys(messages: "QuerySet[Message]") -> None:
    """Replace each key by a digest: it reveals nothing, and the same key still sends nothing a second time."""
    intents = Intents(tables.alias())
    for pk, key in messages.values_list("pk", "key"):
        tables.messages().filter(pk=pk).update(key=intents.erased(str(key)))


def refuse_unsettled(messages: "QuerySet[Message]", unsettled: Collection[MessageState] = IN_FLIGHT_STATES) -> None:
    """Raise MessagesInFlight if some of these messages are in such a state."""
    count = messages.filter(state__in=unsettled).count()
    if count:
        raise MessagesInFlight(
            f"{count} messages to this phone are being sent or unconfirmed; nothing was erased. Wait until "
            "viber_worker has settled them, or decide about them in the admin, then try again."
        )


def _draw_number() -> str:
    return f"{phones.ERASED_PREFIX}{random.randrange(10**11):011d}"


def _empty_opted_out(phone: str) -> bool:
    """Erase a recipient who opted out, except for phone and opt-out; return whether there was one."""
    opted_out = tables.recipients().filter(phone=phone, opted_out_at__isnull=False)
    if not opted_out.update(name="", attributes={}):
        return False
    tables.memberships().filter(recipient__in=opted_out).delete()
    return True


def _delete(rows: "QuerySet[Any]") -> int:
    count = rows.count()
    rows.delete()
    return count
