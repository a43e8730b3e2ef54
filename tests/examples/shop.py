"""A site that uses us: what its tests test."""

from viber_messaging.api import send_message
from viber_messaging.models import Message


def order_is_ready(number: int, phone: str) -> Message:
    return send_message(phone, f"Order {number} is ready", sender="Kvitka")
