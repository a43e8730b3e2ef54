"""What a site may put in the place of ours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from viber_messaging.gateway.client import Client
from viber_messaging.gateway.entities import OutgoingMessage, Reply, SendResult
from viber_messaging.gateway.errors import UnsendableText

NO_FUNCTION = "not to be called"


class SigningGateway(Client):
    """Puts the shop's name under each text."""

    def send(self, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        return super().send([replace(message, text=f"{message.text} · Kvitka") for message in messages])


class ParticularGateway(Client):
    """Says itself what leaving the ``with`` does."""

    def __exit__(self, *exc_info: Any) -> None:
        super().__exit__(*exc_info)


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


class BrokenGateway(Client):
    """Sends or asks as Client does, then breaks as ``breaks`` says: it returns or raises that once for each entry."""

    breaks: ClassVar[list[Any]] = []

    def send(self, messages: Sequence[OutgoingMessage]) -> Any:
        return self._broken(super().send(messages))

    def status(self, ids: Sequence[int]) -> Any:
        return self._broken(super().status(ids))

    def _broken(self, reply: Reply[Any]) -> Any:
        if not self.breaks:
            return reply
        planned = self.breaks.pop(0)
        if isinstance(planned, BaseException):
            raise planned
        return planned(reply) if callable(planned) else planned


class PickyGateway(Client):
    """Finds a word unsendable that XML can carry."""

    def send(self, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        if any("бридке" in message.text for message in messages):
            raise UnsendableText
        return super().send(messages)
