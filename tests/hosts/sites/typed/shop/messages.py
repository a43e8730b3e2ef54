"""A site that uses the API, and the types that it sees."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.dispatch import receiver

from shop.models import Customer, Order
from viber_messaging.api import Erasure, forget, get_balance, opt_in, opt_out, send_message, send_messages
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.entities import OutgoingMessage, Reply, SendResult
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models import Message
from viber_messaging.signals import message_rejected
from viber_messaging.states import MessageState
from viber_messaging.testing import Outbox, outbox

PHONE = "+380971234567"


def tell(order: Order) -> Message:
    message: Message = send_message(order.customer, "Ready", sender="Kvitka", metadata={"order": order.pk}, about=order)
    state: MessageState | str = message.state
    number: str = message.msg_id
    code: int | None = message.status_code
    print(state, number, code)
    return message


def about(order: Order) -> list[Message]:
    return list(Message.objects.about(order))


def tell_all(phones: Iterable[str]) -> int:
    return send_messages(Message(sender="Kvitka", phone=phone, text="Hello") for phone in phones)


def leave(customer: Customer) -> Erasure:
    print(opt_out(customer, source="page"), opt_in(PHONE))
    return forget(customer, even_opt_out=True)


def left_over() -> Decimal:
    return get_balance().amount


class SignedGateway(Client):
    def send(self, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        return super().send(messages)


def is_gateway(client: SignedGateway, box: Outbox) -> list[Gateway]:
    return [client, box]


@receiver(message_rejected)
def note(message: Message, **kwargs: Any) -> None:
    print(message.reference, message.attempts.count())


def try_it() -> str:
    with outbox() as box:
        box.refuse(PHONE, 203)
        return box[0].text
