"""The functions for developers: send messages, run campaigns, record opt-outs, erase a person, ask for the balance."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from viber_messaging.conf import conf
from viber_messaging.delivery import consent
from viber_messaging.delivery.campaign import lifecycle
from viber_messaging.delivery.campaign.lifecycle import Cancelled
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.people import personal_data, resolver
from viber_messaging.delivery.people.erasure import Erasure, MessagesInFlight
from viber_messaging.delivery.queue import keys, moves, single_claim
from viber_messaging.delivery.queue.keys import KeyReused
from viber_messaging.delivery.runs import forget_person
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.tables import TransactionOpen
from viber_messaging.gateway.entities import Balance
from viber_messaging.gateway.errors import (
    AccountRefused,
    GatewayError,
    Misdirected,
    NotSent,
    OutcomeUnknown,
    PackageRefused,
    Throttled,
    Unreachable,
    Untrusted,
)
from viber_messaging.logs.tracebacks import awaitable, without_locals
from viber_messaging.models import Campaign, ConsentChange, ConsentSource, Message, MessageChanged, Recipient
from viber_messaging.models.connection import StaleSnapshot
from viber_messaging.models.message import POINTERS
from viber_messaging.nudges import nudge_after_commit, nudge_due
from viber_messaging.states import MessageState, MessageType

__all__ = [
    "AccountRefused",
    "Balance",
    "Cancelled",
    "Erasure",
    "GatewayError",
    "KeyReused",
    "Message",
    "MessageChanged",
    "MessageState",
    "MessageType",
    "MessagesInFlight",
    "Misdirected",
    "NotSent",
    "OutcomeUnknown",
    "PackageRefused",
    "StaleSnapshot",
    "Throttled",
    "TransactionOpen",
    "Unreachable",
    "Untrusted",
    "aget_balance",
    "asend_message",
    "asend_messages",
    "cancel_campaign",
    "export_person",
    "forget",
    "get_balance",
    "opt_in",
    "opt_out",
    "pause_campaign",
    "resume_campaign",
    "send_message",
    "send_messages",
    "start_campaign",
]


@without_locals
def send_message(
    phone: Any,
    text: str,
    *,
    key: str | None = None,
    sender: Any = None,
    type: MessageType | str | None = None,  # noqa: A002 (the wire's name)
    image: str | None = "",
    button: str | None = "",
    url: str | None = "",
    scheduled_at: datetime | None = None,
    sms_text: str | None = "",
    sms_sender: Any = "",
    sms_after: int | None = None,
    recipient: Recipient | None = None,
    created_by: Any = None,
    metadata: Mapping[str, Any] | None = None,
    about: models.Model | None = None,
) -> Message:
    """Queue one message and, after the commit, send it according to DISPATCH; return it.

    ``key`` is your own name for what to send, such as "order-42-shipped": there is only ever one message with a key,
    until ``viber_prune`` deletes it. A task that is retried, or a form that is submitted twice, calls with the same key
    and content, and gets that message in its current state. Without a key, each call creates a new message.

    ``phone`` may have any usual spelling, or be an object of the site that RECIPIENT_RESOLVER supports. ``sender`` is a
    name or a Sender; by default, the default sender or the only active one. ``metadata`` stores the site's own data,
    ``about`` links to an object of the site. Without ``type``, the fields decide: "button" with a button, "image" with
    a picture, otherwise "text". With DISPATCH "inline" and outside a transaction, the returned message already has
    ``msg_id`` and ``status_code``. A message to a recipient who opted out is returned as cancelled, and ``error`` says
    so.

    ``sms_text`` is sent by SMS if Viber does not reach the recipient: under ``sms_sender``, by default the same name,
    and if the gateway says so or, with ``sms_after``, after so many minutes without a delivery, provided that the
    gateway still deletes the Viber message. An SMS is a message of its own, in ``message.sms``.

    Raises ValidationError, by field, if the message breaks the gateway's rules; KeyReused, a ValidationError, if the
    message with this key has another phone, time or content; StaleSnapshot, a database error, if another transaction
    has just used the key and this one cannot see it. Nothing is saved then.
    """
    address = resolver.resolve(phone)
    message = Message(
        phone=address.phone,
        text=text,
        sender=_name_of(sender),
        type=type or _type_of(image, button),
        image=image or "",
        button=button or "",
        url=url or "",
        scheduled_at=scheduled_at,
        sms_text=sms_text or "",
        sms_sender=sms_sender or "",
        sms_after=sms_after,
        recipient=recipient or address.recipient,
        created_by=created_by,
        metadata=dict(metadata) if isinstance(metadata, Mapping) else metadata or {},
        state=MessageState.QUEUED,
        key=key,
    )
    message.about = about
    message.clean_fields(exclude=POINTERS)
    message.clean()
    if key is not None:
        return _send_once(message)
    message.save(using=tables.alias())
    return message


def _send_once(message: Message) -> Message:
    """Save and send a message that has a key; return the stored message with that key.

    If the stored one is still queued, it is sent now, because the process that saved it may have died.
    """
    stored, is_new = keys.save_once(message)
    if not is_new and stored.state == MessageState.QUEUED:
        nudge_after_commit([stored.pk], announced=True, then=partial(single_claim.read_again, stored))
    return stored


def _name_of(sender: Any) -> str:
    """Return the sender's name. Raises ValidationError if none is given and there is no default."""
    name = tables.senders().default_name() if sender is None else str(sender)
    if sender is None and not name:
        sentence = _("Name a sender, or mark one as the default in the admin.")
        raise ValidationError({"sender": ValidationError(sentence, code="required")})
    return name


def _type_of(image: str | None, button: str | None) -> MessageType:
    if button:
        return MessageType.BUTTON
    return MessageType.IMAGE if image else MessageType.TEXT


@without_locals
def send_messages(messages: Iterable[Message]) -> int:
    """Queue any number of unsaved messages, all or none, in constant memory; return how many wait to be sent.

    Messages to recipients who opted out are saved as cancelled, and not counted. A message whose ``key`` is already
    used, by a stored message or earlier in this call, is skipped if the content is the same, and not counted. Raises
    ValidationError, naming the place (counted from 1) of the first message that is invalid or already saved, or
    likewise KeyReused if the message with its key has other content. Nothing is saved then. With DISPATCH "inline", at
    most INLINE_LIMIT of them are sent at once; the rest wait for the worker.
    """
    with tables.atomic():
        count, pks = moves.enqueue(messages, keep=conf.INLINE_LIMIT)
        nudge_after_commit(pks, announced=True)
    return count


@without_locals
def start_campaign(campaign: Campaign) -> bool:
    """Start a draft, now or at its start time; return whether this call started it.

    Raises ValidationError, by field, if the campaign as stored cannot be sent: its content breaks a rule, it has no
    groups, or it needs an approval.
    """
    return _nudged(lifecycle.start(campaign))


@without_locals
def pause_campaign(campaign: Campaign) -> bool:
    """Pause a running campaign: none of its messages are sent after this returns. Return whether it was running."""
    return lifecycle.pause(campaign)


@without_locals
def resume_campaign(campaign: Campaign) -> bool:
    """Resume a paused campaign; return whether it was paused. Earlier failures do not pause it again."""
    return _nudged(lifecycle.resume(campaign))


@without_locals
def cancel_campaign(campaign: Campaign) -> Cancelled | None:
    """Cancel a campaign and its messages that are not being sent yet; return how many, or None if it is over."""
    return lifecycle.cancel(campaign)


def _nudged(has_moved: bool) -> bool:
    if has_moved:
        nudge_due()
    return has_moved


@without_locals
def opt_out(phone: Any, *, source: str = ConsentSource.CODE, by: Any = None) -> bool:
    """Send nothing more to this phone, including queued messages; return whether that is new.

    ``phone`` is as in ``send_message`` and need not be known; ``source``, of at most 50 characters, says where the
    opt-out came from, ``by`` which user recorded it. Raises ValidationError, by field, for an invalid phone or source.
    """
    return consent.opt_out([_phone_of(phone, source)], source=source, by=by) > 0


@without_locals
def opt_in(phone: Any, *, source: str = ConsentSource.CODE, by: Any = None) -> bool:
    """Revoke an opt-out because the person asked for it; return whether there was one.

    The arguments and errors are those of ``opt_out``.
    """
    return consent.opt_in([_phone_of(phone, source)], source=source, by=by) > 0


@without_locals
def forget(phone: Any, *, even_opt_out: bool = False, dry_run: bool = False) -> Erasure:
    """Erase everything about this person, and cancel unsent messages; return what was erased, or would be.

    ``phone`` is as in ``send_message``. Numbers, states, codes and times of the messages are kept for accounting, and
    so is an opt-out with its phone, unless ``even_opt_out`` is true. Messages that the gateway holds for later are
    called back first, so call this outside a transaction. Raises ValidationError for an invalid phone, and
    MessagesInFlight, with nothing erased, while messages are being sent or the gateway cannot be asked about those that
    it holds.
    """
    return forget_person.forget(_phone_of(phone, ConsentSource.CODE), even_opt_out=even_opt_out, is_rehearsal=dry_run)


@without_locals
def export_person(phone: Any) -> dict[str, Any]:
    """Return everything stored about this person, for a person who asks for their own data.

    ``phone`` is as in ``send_message``. The values are JSON values and dates, which DjangoJSONEncoder can write. Raises
    ValidationError for an invalid phone.
    """
    return personal_data.export(_phone_of(phone, ConsentSource.CODE))


def _phone_of(phone: Any, source: str) -> str:
    """Return the phone as E.164. Raises ValidationError if the phone or the source is invalid."""
    change = ConsentChange(phone=resolver.resolve(phone).phone, source=source, is_opted_out=True)
    change.clean_fields()
    return str(change.phone)


@without_locals
def get_balance() -> Balance:
    """Ask the gateway for the account's balance.

    Raises GatewayError if there is no usable answer, and ImproperlyConfigured if the settings are invalid.
    """
    with health.open_client() as client:
        balance = client.balance()
    health.note_balance(balance)
    return balance


asend_message = awaitable(send_message)
asend_messages = awaitable(send_messages)
aget_balance = awaitable(get_balance)
