"""The book: which IDs were accepted, how often, and the account's balance."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from viber_messaging.gateway.codes import MessageCode
from viber_messaging.sandbox.ledger.messages import DELETABLE_CODES, SMS, VIBER, AcceptedMessage, Status, status_of
from viber_messaging.sandbox.ledger.storage import Storage

FIRST_MSG_ID = 1234568


class Book:
    """Hold ``lock`` while calling any method that changes the book, and while iterating over ``accepted``."""

    def __init__(self, *, balance: Decimal, price: Decimal, sms_price: Decimal, seconds_to_deliver: float) -> None:
        self.lock = threading.RLock()
        self.prices = {VIBER: price, SMS: sms_price}
        self.seconds_to_deliver = seconds_to_deliver
        self._initial_balance = balance
        self._storage: Storage | None = None
        self._empty()

    def _empty(self) -> None:
        self.accepted: dict[int, AcceptedMessage] = {}
        self.acceptances: Counter[int] = Counter()
        self.submissions: Counter[int] = Counter()
        self.refusals: Counter[int] = Counter()
        self.balance = self._initial_balance
        self._ids_by_msg_id: dict[int, int] = {}
        self._next_msg_id = FIRST_MSG_ID

    def open(self, storage: Storage) -> None:
        """Keep the book on disk from now on, and load what is stored there."""
        self._storage = storage
        self._empty()
        for message, is_forgotten in storage.load():
            self._enter(message)
            if is_forgotten:
                del self.accepted[message.id]

    def close(self) -> None:
        """Stop keeping the book on disk."""
        if self._storage is not None:
            self._storage.close()
            self._storage = None

    def clear(self) -> None:
        """Forget everything, counts too."""
        self._empty()
        if self._storage is not None:
            self._storage.clear()

    def forget(self, id: int) -> None:  # noqa: A002 (the wire's name)
        """Forget an ID as the gateway may: it would be accepted and counted again. Raise KeyError if it is unknown."""
        message = self.accepted.pop(id)
        if self._storage is not None:
            self._storage.forget(message.msg_id)

    def draw_msg_id(self) -> int:
        """Return the next gateway ID."""
        self._next_msg_id += 1
        return self._next_msg_id - 1

    def can_pay(self, channel: str, parts: int = 1) -> bool:
        """Return whether the balance suffices for one more message of this channel."""
        return self.balance >= self.prices[channel] * parts

    def enter(self, message: AcceptedMessage) -> None:
        """Accept a message: from here on it counts as sent. Call ``save`` before answering."""
        self._enter(message)

    def save(self, messages: Iterable[AcceptedMessage]) -> None:
        """Write these messages to disk, if the book is kept there."""
        if self._storage is not None:
            self._storage.write(messages)

    def find(self, *, id: int | None, msg_id: int | None) -> AcceptedMessage | None:  # noqa: A002 (the wire's name)
        """Return the message with our ID or with the gateway ID."""
        if id is None and msg_id is not None:
            id = self._ids_by_msg_id.get(msg_id)  # noqa: A001
        message = None if id is None else self.accepted.get(id)
        return None if message and msg_id is not None and message.msg_id != msg_id else message

    def status(self, message: AcceptedMessage, now: float) -> Status:
        """Return the status of a message."""
        return status_of(message, now, self.seconds_to_deliver)

    def delete(self, message: AcceptedMessage, now: float) -> bool:
        """Delete a message; return False if it is too late."""
        code = self.status(message, now).code
        if code in DELETABLE_CODES:
            message = replace(message, deleted_at=now)
            self.accepted[message.id] = message
            self.save([message])
        return code in DELETABLE_CODES or code == MessageCode.DELETED

    def _enter(self, message: AcceptedMessage) -> None:
        self.accepted[message.id] = message
        self.acceptances[message.id] += 1
        self._ids_by_msg_id[message.msg_id] = message.id
        self._next_msg_id = max(self._next_msg_id, message.msg_id + 1)
        self.balance -= self.prices[message.channel] * message.sms_count
