"""A list that replaces the gateway and answers like it."""

from collections.abc import Iterator, Mapping, Sequence
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
from viber_messaging.gateway.entities import Balance, Channel, OutgoingMessage, Price, Reply, SendResult, StatusResult
from viber_messaging.gateway.errors import GatewayError, OutcomeUnknown
from viber_messaging.testing.commits import FOR_OUTBOX, noting_forgotten_commit
from viber_messaging.testing.plans import Plans
from viber_messaging.text import phones, sms

FIRST_MSG_ID = 1234568


class Outbox(list[OutgoingMessage]):
    """The messages that would have been sent, in order, with ``phone``, ``text``, ``sender`` and other fields.

    Its methods accept phones in any usual spelling.
    """

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[int, int] = {}
        self._deleted = set[int]()
        self._next_number = count(FIRST_MSG_ID)
        self._balance = Balance(amount=Decimal("1000.00"), currency="UAH")
        self._price = Price(amount=Decimal("0.95"), currency="UAH")
        self._plans = Plans()

    def to(self, phone: str) -> list[OutgoingMessage]:
        """Return the messages to this phone."""
        wanted = _e164(phone)
        return [message for message in self if message.phone == wanted]

    def refuse(self, phone: str, code: MessageCode | int) -> None:
        """Refuse every message to this phone with this code. Raises ValueError if the code is not a refusal."""
        if code < MessageCode.ERR_UNKNOWN:
            raise ValueError(f"The gateway never refuses a message with {int(code)}; use 203, for instance.")
        self._plans.refusals[_e164(phone)] = int(code)

    def set_status(self, phone: str, code: MessageCode | int, *, channel: str = Channel.VIBER) -> None:
        """Answer with this code, such as 105 or 116, whenever the status of a message to this phone is requested.

        The status of an SMS to this phone is another one: set it with the channel "sms".
        """
        self._plans.statuses[_e164(phone), channel] = int(code)

    def lose_answer(self, phone: str | None = None, *, times: int = 1) -> None:
        """Accept the messages in the next requests (those with a message to this phone), but lose the answers."""
        self._plans.lose(None if phone is None else _e164(phone), times)

    def fail(self, error: GatewayError, *, times: int = 1) -> None:
        """Make the next requests fail as a whole, with an error of ``viber_messaging.api``, such as ``Unreachable()``.

        Raises TypeError for any other error, because the real client raises only these.
        """
        if not isinstance(error, GatewayError):
            raise TypeError(
                f"{error!r} is not an instance of GatewayError. Use one of its family: Unreachable(), for instance."
            )
        self._plans.failures.extend([error] * times)

    def set_balance(self, amount: Decimal | int | str, currency: str = "UAH") -> None:
        """Set the account's balance."""
        self._balance = Balance(amount=Decimal(amount), currency=currency)

    def work(self) -> Report:
        """Do what ``viber_worker`` would, without waiting: send queued messages, and ask for the others' statuses."""
        health.resume()
        tables.messages().exclude(next_attempt_at=None).update(next_attempt_at=None)
        return worker.run_due()

    def send(self, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        """Accept messages as the gateway does. Raises a planned failure."""
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
        parts = sms.count_parts(message.text) if message.channel == Channel.SMS else None
        return SendResult(message.id, MessageCode.RECEIVED, str(self._numbers[message.id]), parts)

    def status(self, ids: Sequence[int]) -> Reply[StatusResult]:
        """Answer with each message's planned status; otherwise delivered, scheduled, deleted or unknown."""
        self._plans.fail()
        return Reply(results={id_: self._status_of(id_, self._code_of(id_)) for id_ in ids}, http_status=200)

    def _code_of(self, id_: int) -> int:
        if id_ in self._deleted:
            return MessageCode.DELETED
        asked = next(((message.phone, message.channel) for message in self if message.id == id_), ("", ""))
        usual = MessageCode.SCHEDULED if self._holds(id_) else MessageCode.DELIVERED
        return self._plans.statuses.get(asked, usual)

    def _holds(self, id_: int) -> bool:
        now = datetime.now(UTC)
        return any(message.id == id_ and message.date_beg is not None and message.date_beg > now for message in self)

    def delete(self, ids: Sequence[int]) -> Reply[StatusResult]:
        """Delete scheduled messages; for others, answer that it is too late."""
        self._plans.fail()
        self._deleted.update(id_ for id_ in ids if self._holds(id_))
        codes = {id_: MessageCode.DELETED if id_ in self._deleted else MessageCode.ERR_DELETE for id_ in ids}
        return Reply(results={id_: self._status_of(id_, codes[id_]) for id_ in ids}, http_status=200)

    def _status_of(self, id_: int, code: int) -> StatusResult:
        if id_ not in self._numbers:
            return StatusResult(id=id_, code=MessageCode.ERR_ID)
        return StatusResult(id=id_, code=code, sms_id=str(self._numbers[id_]))

    def balance(self) -> Balance:
        """Return the balance that was set; ample by default."""
        self._plans.fail()
        return self._balance

    def prices(self, phones: Sequence[str]) -> Mapping[str, Price]:
        """Return the price that was set for each phone."""
        self._plans.fail()
        return dict.fromkeys(phones, self._price)

    def set_price(self, amount: Decimal | int | str, currency: str = "UAH") -> None:
        """Set the price of one part of an SMS."""
        self._price = Price(amount=Decimal(amount), currency=currency)

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


@contextmanager
def outbox() -> Iterator[Outbox]:
    """Send to a list instead of the gateway, whatever the settings: no key or broker is needed.

    Sending happens after the commit. In a Django ``TestCase``, which never commits, wrap the code under test in
    ``self.captureOnCommitCallbacks(execute=True)``, or call ``work()`` after it; both may run inside the test's
    transaction here. A test that fails while messages wait for a commit is told so. With DISPATCH "tasks" or "celery",
    the task runs at once in this process.
    """
    box = Outbox()

    def open_client(**kwargs: Any) -> Outbox:
        return box

    with (
        mock.patch.object(health, "open_client", open_client),
        mock.patch.object(tables, "assert_no_transaction"),
        tasks_at_once(),
        noting_forgotten_commit(FOR_OUTBOX),
    ):
        yield box


@contextmanager
def tasks_at_once() -> Iterator[None]:
    """Run tasks at once in this process instead of enqueueing them, because the broker may be that of a live site."""
    with (
        mock.patch.object(tasks, "enqueue_with_django", worker.run_due),
        mock.patch.object(tasks, "enqueue_with_celery", worker.run_due),
    ):
        yield


def _e164(phone: str) -> str:
    return phones.normalize(phone, conf.DEFAULT_REGION)
