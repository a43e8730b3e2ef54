"""What developers call: send a message, send many, ask for the balance."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from viber_messaging.conf import conf
from viber_messaging.delivery import connection, queueing, storage
from viber_messaging.gateway.entities import Balance
from viber_messaging.models import Message, Recipient
from viber_messaging.nudges import nudge_after_commit
from viber_messaging.states import MessageState, MessageType

__all__ = ["get_balance", "send_message", "send_messages"]


def send_message(
    phone: str,
    text: str,
    *,
    sender: Any,
    type: MessageType | str | None = None,  # noqa: A002 (the wire's name)
    image: str = "",
    button: str = "",
    url: str = "",
    scheduled_at: datetime | None = None,
    recipient: Recipient | None = None,
    created_by: Any = None,
) -> Message:
    """Queue one message and, after the commit, send it as DISPATCH says; return it.

    ``phone`` may be written in any usual way, ``sender`` be a name or a Sender. Without ``type`` the fields given
    decide: a button makes it a button, a picture an image, else a text. With DISPATCH "inline" and outside a
    transaction the returned message already bears ``msg_id`` and ``status_code``.

    Raises ValidationError, by field, when the gateway's rules are not met; nothing is saved then.
    """
    message = Message(
        phone=phone,
        text=text,
        sender=str(sender),
        type=type or _type_of(image, button),
        image=image,
        button=button,
        url=url,
        scheduled_at=scheduled_at,
        recipient=recipient,
        created_by=created_by,
        state=MessageState.QUEUED,
    )
    message.clean_fields()
    message.clean()
    message.save(using=storage.alias())
    return message


def _type_of(image: str, button: str) -> MessageType:
    if button:
        return MessageType.BUTTON
    return MessageType.IMAGE if image else MessageType.TEXT


def send_messages(messages: Iterable[Message]) -> int:
    """Queue any number of unsaved messages, all or none, and return how many; memory stays flat.

    Raises ValidationError naming the first wrong message by its place, counted from 1; nothing is saved then.
    With DISPATCH "inline" at most INLINE_LIMIT of them are sent at once; the rest wait for the worker.
    """
    with storage.atomic():
        count, pks = queueing.enqueue(messages, keep=conf.INLINE_LIMIT)
        nudge_after_commit(pks, announced=True)
    return count


def get_balance() -> Balance:
    """Ask the gateway what is left on the account.

    Raises GatewayError (see ``viber_messaging.gateway.errors``) when there is no answer, and
    ImproperlyConfigured when the settings do not do.
    """
    with connection.open_client() as client:
        balance = client.balance()
    connection.note_balance(balance)
    return balance
