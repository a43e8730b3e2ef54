"""For the tests of sites that use this app: nothing leaves the process, and every answer can be planted."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import count
from typing import Any
from unittest import mock

from viber_messaging.delivery import connection, storage
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import Balance, OutgoingMessage, Reply, SendResult, StatusResult
from viber_messaging.gateway.errors import OutcomeUnknown

__all__ = ["Outbox", "outbox"]

FIRST_MSG_ID = 1234568


class Outbox(list[OutgoingMessage]):
    """What was sent, in order; it stands where the gateway would, and answers like it."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[int, int] = {}
        self._next_number = count(FIRST_MSG_ID)
        self._refusals: dict[str, int] = {}
        self._answers_to_lose = 0

    def refuse(self, phone: str, code: MessageCode | int) -> None:
        """Refuse every message to this phone (E.164) with this code."""
        self._refusals[phone] = int(code)

    def lose_answer(self, times: int = 1) -> None:
        """Accept what the next requests carry, and lose the answers."""
        self._answers_to_lose += times

    def send(self, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        """Take messages as the gateway does. Raises OutcomeUnknown when the answer is to be lost."""
        results = {message.id: self._take(message) for message in messages}
        if self._answers_to_lose:
            self._answers_to_lose -= 1
            raise OutcomeUnknown
        return Reply(results=results, http_status=200)

    def _take(self, message: OutgoingMessage) -> SendResult:
        if message.id in self._numbers:
            return SendResult(id=message.id, code=MessageCode.ERR_DUPLICATE)
        if message.phone in self._refusals:
            return SendResult(id=message.id, code=self._refusals[message.phone])
        self.append(message)
        self._numbers[message.id] = next(self._next_number)
        return SendResult(id=message.id, code=MessageCode.RECEIVED, msg_id=str(self._numbers[message.id]))

    def status(self, ids: Sequence[int]) -> Reply[StatusResult]:
        """Say of each message that it was delivered; 201 of one that never came."""
        return Reply(results={id_: self._status_of(id_, MessageCode.DELIVERED) for id_ in ids}, http_status=200)

    def delete(self, ids: Sequence[int]) -> Reply[StatusResult]:
        """Say of each message that it is too late to delete it."""
        return Reply(results={id_: self._status_of(id_, MessageCode.ERR_DELETE) for id_ in ids}, http_status=200)

    def _status_of(self, id_: int, code: MessageCode) -> StatusResult:
        if id_ not in self._numbers:
            return StatusResult(id=id_, code=MessageCode.ERR_ID)
        return StatusResult(id=id_, code=code, sms_id=str(self._numbers[id_]))

    def balance(self) -> Balance:
        """Return a balance that is enough."""
        return Balance(amount=Decimal("1000.00"), currency="UAH")

    def close(self) -> None:
        """Close nothing: there is no connection."""

    def __enter__(self) -> "Outbox":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


@contextmanager
def outbox() -> Iterator[Outbox]:
    """Send into a list instead of to the gateway.

    Sending happens after the commit. In a Django ``TestCase``, which never commits, wrap the code under test in
    ``self.captureOnCommitCallbacks(execute=True)``; that this runs inside the test's transaction is allowed here.
    """
    box = Outbox()

    def open_client(**kwargs: Any) -> Outbox:
        return box

    with (
        mock.patch.object(connection, "open_client", open_client),
        mock.patch.object(storage, "assert_no_transaction"),
    ):
        yield box
