"""What developers call: send a message, send many, note an opt-out, erase a person, ask for the balance."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from viber_messaging.conf import conf
from viber_messaging.delivery import connection, consent, forgetting, queueing, resolving, storage
from viber_messaging.delivery.erasing import Erasure, MessagesInFlight
from viber_messaging.gateway.entities import Balance
from viber_messaging.models import ConsentChange, ConsentSource, Message, Recipient
from viber_messaging.models.message import POINTERS
from viber_messaging.nudges import nudge_after_commit
from viber_messaging.states import MessageState, MessageType
from viber_messaging.tracebacks import without_locals

__all__ = [
    "Erasure",
    "MessagesInFlight",
    "forget",
    "get_balance",
    "opt_in",
    "opt_out",
    "send_message",
    "send_messages",
]


@without_locals
def send_message(
    phone: Any,
    text: str,
    *,
    sender: Any = None,
    type: MessageType | str | None = None,  # noqa: A002 (the wire's name)
    image: str | None = "",
    button: str | None = "",
    url: str | None = "",
    scheduled_at: datetime | None = None,
    recipient: Recipient | None = None,
    created_by: Any = None,
    metadata: Mapping[str, Any] | None = None,
    about: models.Model | None = None,
) -> Message:
    """Queue one message and, after the commit, send it as DISPATCH says; return it.

    ``phone`` may be written in any usual way, or be an object of the site that RECIPIENT_RESOLVER knows; ``sender`` is
    a name or a Sender; where none is given, the default one or the only one that is active. ``metadata`` keeps the
    site's own ids, ``about`` points to an object of the site. Without ``type`` the fields given decide: a button makes
    it a button, a picture an image, else a text. With DISPATCH "inline" and outside a transaction the returned message
    already bears ``msg_id`` and ``status_code``. One to a recipient who opted out comes back cancelled, and ``error``
    says so.

    Raises ValidationError, by field, when the gateway's rules are not met; nothing is saved then.
    """
    address = resolving.resolve(phone)
    message = Message(
        phone=address.phone,
        text=text,
        sender=_name_of(sender),
        type=type or _type_of(image, button),
        image=image or "",
        button=button or "",
        url=url or "",
        scheduled_at=scheduled_at,
        recipient=recipient or address.recipient,
        created_by=created_by,
        metadata=dict(metadata) if isinstance(metadata, Mapping) else metadata or {},
        state=MessageState.QUEUED,
    )
    message.about = about
    message.clean_fields(exclude=POINTERS)
    message.clean()
    message.save(using=storage.alias())
    return message


def _name_of(sender: Any) -> str:
    """Return the name to send under. Raises ValidationError where none is given and there is no default."""
    name = storage.senders().default_name() if sender is None else str(sender)
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
    """Queue any number of unsaved messages, all or none, and return how many wait to be sent; memory stays flat.

    Those to recipients who opted out are saved as cancelled, and not counted.
    Raises ValidationError naming by its place, counted from 1, the first message that is wrong or saved already;
    nothing is saved then.
    With DISPATCH "inline" at most INLINE_LIMIT of them are sent at once; the rest wait for the worker.
    """
    with storage.atomic():
        count, pks = queueing.enqueue(messages, keep=conf.INLINE_LIMIT)
        nudge_after_commit(pks, announced=True)
    return count


@without_locals
def opt_out(phone: Any, *, source: str = ConsentSource.CODE, by: Any = None) -> bool:
    """Send nothing more to this phone, also of what is queued; return whether that is new.

    ``phone`` is as in ``send_message`` and need not be known; ``source``, of 50 characters at most, says where
    the wish came from, ``by`` which user noted it. Raises ValidationError, by field, for a wrong phone or source.
    """
    return consent.opt_out([_phone_of(phone, source)], source=source, by=by) > 0


@without_locals
def opt_in(phone: Any, *, source: str = ConsentSource.CODE, by: Any = None) -> bool:
    """Take an opt-out back, because the person asked for it; return whether there was one.

    The arguments and errors are those of ``opt_out``.
    """
    return consent.opt_in([_phone_of(phone, source)], source=source, by=by) > 0


@without_locals
def forget(phone: Any, *, even_opt_out: bool = False, dry_run: bool = False) -> Erasure:
    """Erase what is kept of this person, and cancel what was not sent yet; return what was erased, or would be.

    ``phone`` is as in ``send_message``. Numbers, states, codes and times of the messages stay for the accounts; so does
    an opt-out with its phone, unless ``even_opt_out``. What the gateway holds for a later hour is called back first:
    call this outside of a transaction. Raises ValidationError for a wrong phone, and MessagesInFlight, with nothing
    erased, while some messages are being sent or the gateway cannot be asked for those that it holds.
    """
    return forgetting.forget(_phone_of(phone, ConsentSource.CODE), even_opt_out=even_opt_out, is_rehearsal=dry_run)


def _phone_of(phone: Any, source: str) -> str:
    """Return the phone as E.164. Raises ValidationError when it, or the source, cannot be noted."""
    change = ConsentChange(phone=resolving.resolve(phone).phone, source=source, is_opted_out=True)
    change.clean_fields()
    return str(change.phone)


@without_locals
def get_balance() -> Balance:
    """Ask the gateway what is left on the account.

    Raises GatewayError (see ``viber_messaging.gateway.errors``) when there is no answer, and
    ImproperlyConfigured when the settings do not do.
    """
    with connection.open_client() as client:
        balance = client.balance()
    connection.note_balance(balance)
    return balance
