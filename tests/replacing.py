"""What a site may put in the place of ours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from viber_messaging.gateway.client import Client
from viber_messaging.gateway.entities import OutgoingMessage, Reply, SendResult

NO_FUNCTION = "not to be called"


class SigningGateway(Client):
    """Puts the shop's name under each text."""

    def send(self, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        return super().send([replace(message, text=f"{message.text} · Kvitka") for message in messages])


class WilfulGateway(Client):
    """Knows its address itself."""

    def __init__(self) -> None:
        super().__init__(url="https://gateway.invalid/", key="key")


class HalfAGateway:
    def __init__(self, **settings: Any) -> None:
        """Take them."""

    def send(self, messages: Any) -> None:
        """Do nothing."""


def phone_of(user: Any) -> str:
    return str(user.last_name)
