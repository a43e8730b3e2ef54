"""A list that stands where the gateway would, and answers like it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any, Self
from unittest import mock

from viber_messaging import tasks
from viber_messaging.conf import conf
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.runs import worker
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import Balance, OutgoingMessage, Reply, SendResult, StatusResult
from viber_messaging.gateway.errors import GatewayError, OutcomeUnknown
from viber_messaging.testing.plans import Plans
from viber_messaging.text import phones

FIRST_MSG_ID = 1234568


class Outbox(list[OutgoingMessage]):
    """What would have been sent, in order: each with ``phone``, ``text``, ``sender`` and the other fields of the wire.

    Phones are given in any usual spelling.
    """

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[int, int] = {}
        self._deleted = set[int]()
        self._next_number = count(FIRST_MSG_ID)
        self._balance = Balance(amount=Decimal("1000.00"), currency="UAH")
        self._plans = Plans()

    def to(self, phone: str) -> list[OutgoingMessage]:
        """Return what went to this phone."""
        wanted = _e164(phone)
        return [message for message in self if message.phone == wanted]

    def refuse(self, phone: str, code: MessageCode | int) -> None:
        """Refuse every message to this phone with this code. Raises ValueError for a code that refuses nothing."""
        if code < MessageCode.ERR_UNKNOWN:
            raise ValueError(f"The gateway refuses no message with {int(code)}; with 203, for instance, it does.")
        self._plans.refusals[_e164(phone)] = int(code)

    def tell(self, phone: str, code: MessageCode | int) -> None:
        """Answer this code, such as 105 or 116, whenever the status of a message to this phone is asked."""
        self._plans.statuses[_e164(phone)] = int(code)

    def lose_answer(self, phone: str | None = None, *, times: int = 1) -> None:
        """Take what the next requests carry (those with a message to this phone), and lose the answers."""
        self._plans.lose(None if phone is None else _e164(phone), times)

    def fail(self, error: GatewayError, *, times: int = 1) -> None:
        """Let the next requests fail as a whole, with an error of ``viber_messaging.gateway.errors``.

        Raises TypeError for another error: the real client raises none.
        """
        if not isinstance(error, GatewayError):
            raise TypeError(f"{error!r} is no instance of an error of viber_messaging.gateway.errors.")
        self._plans.failures.extend([error] * times)

    def set_balance(self, amount: Decimal | int | str, currency: str = "UAH") -> None:
        """Let this be left on the account."""
        self._balance = Balance(amount=Decimal(amount), currency=currency)

    def work(self) -> Report:
        """Do what ``viber_worker`` would, without waiting: send what is queued, ask what became of the rest."""
        health.resume()
        tables.messages().exclude(next_attempt_at=None).update(next_attempt_at=None)
        return worker.run_due()

    def send(self, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        """Take messages as the gateway does. Raises what was planned."""
        self._plans.fail()
        results = {message.id: self._take(message) for message in messages}
        if self._plans.loses({message.phone for message in messages}):
            raise OutcomeUnknown
        return Reply(results=results, http_status=200)

    def _take(self, message: OutgoingMessage) -> SendResult:
        if message.id in self._numbers:
            return SendResult(id=message.id, code=MessageCode.ERR_DUPLICATE)
        if message.phone in self._plans.refusals:
            return SendResult(id=message.id, code=self._plans.refusals[message.phone])
        self.append(message)
        self._numbers[message.id] = next(self._next_number)
        return SendResult(id=message.id, code=MessageCode.RECEIVED, msg_id=str(self._numbers[message.id]))

    def status(self, ids: Sequence[int]) -> Reply[StatusResult]:
        """Say what was planned of each message; else that it was delivered, is scheduled or deleted, or never came."""
        self._plans.fail()
        return Reply(results={id_: self._status_of(id_, self._code_of(id_)) for id_ in ids}, http_status=200)

    def _code_of(self, id_: int) -> int:
        if id_ in self._deleted:
            return MessageCode.DELETED
        phone = next((message.phone for message in self if message.id == id_), "")
        usual = MessageCode.SCHEDULED if self._holds(id_) else MessageCode.DELIVERED
        return self._plans.statuses.get(phone, usual)

    def _holds(self, id_: int) -> bool:
        now = datetime.now(UTC)
        return any(message.id == id_ and message.date_beg is not None and message.date_beg > now for message in self)

    def delete(self, ids: Sequence[int]) -> Reply[StatusResult]:
        """Give back what is scheduled for later; of the others it is too late."""
        self._plans.fail()
        self._deleted.update(id_ for id_ in ids if self._holds(id_))
        codes = {id_: MessageCode.DELETED if id_ in self._deleted else MessageCode.ERR_DELETE for id_ in ids}
        return Reply(results={id_: self._status_of(id_, codes[id_]) for id_ in ids}, http_status=200)

    def _status_of(self, id_: int, code: int) -> StatusResult:
        if id_ not in self._numbers:
            return StatusResult(id=id_, code=MessageCode.ERR_ID)
        return StatusResult(id=id_, code=code, sms_id=str(self._numbers[id_]))

    def balance(self) -> Balance:
        """Return what was set; enough, where nothing was."""
        self._plans.fail()
        return self._balance

    def close(self) -> None:
        """Close nothing: there is no connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


@contextmanager
def outbox() -> Iterator[Outbox]:
    """Send into a list instead of to the gateway, whatever the settings: no key is needed, no broker is asked.

    Sending happens after the commit. In a Django ``TestCase``, which never commits, wrap the code under test in
    ``self.captureOnCommitCallbacks(execute=True)``, or call ``work()`` after it; that both run inside the test's
    transaction is allowed here. With DISPATCH "tasks" or "celery" the task runs at once and in this process.
    """
    box = Outbox()

    def open_client(**kwargs: Any) -> Outbox:
        return box

    with (
        mock.patch.object(health, "open_client", open_client),
        mock.patch.object(tables, "assert_no_transaction"),
        tasks_at_once(),
    ):
        yield box


@contextmanager
def tasks_at_once() -> Iterator[None]:
    """Run what would be enqueued at once and in this process, whatever the broker: it may be that of a live site."""
    with (
        mock.patch.object(tasks, "enqueue_with_django", worker.run_due),
        mock.patch.object(tasks, "enqueue_with_celery", worker.run_due),
    ):
        yield


def _e164(phone: str) -> str:
    return phones.normalize(phone, conf.DEFAULT_REGION)
