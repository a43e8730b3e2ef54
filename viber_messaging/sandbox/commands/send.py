"""The commands ``message-viber`` and ``message``: one result for each message.

Source: docs/api/xml/send_viber.md, docs/api/xml/send_sms.md.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from viber_messaging.gateway.codes import MessageCode
from viber_messaging.sandbox.faults.scenarios import BY_NAME, BY_PHONE, Behaviour, Fate, Refusal, Scenario
from viber_messaging.sandbox.ledger.clock import Clock
from viber_messaging.sandbox.ledger.ledger import Book
from viber_messaging.sandbox.ledger.messages import SMS, AcceptedMessage
from viber_messaging.sandbox.wire import sms, validation
from viber_messaging.sandbox.wire.parser import Command, FormatError, Item
from viber_messaging.sandbox.wire.responses import Result

NO_VIBER = BY_NAME["no-viber"]


def require_real_dates(commands: Sequence[Command], clock: Clock) -> None:
    """Raise FormatError if a ``date_beg`` or ``date_end`` has a day or an hour that does not exist."""
    try:
        for item in (item for command in commands for item in command.items):
            for name in item.attributes.keys() & {"date_beg", "date_end"}:
                clock.read(item.attributes[name])
    except (ValueError, OverflowError) as error:
        raise FormatError("date_beg is not a date") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Enters messages into the book. Call it with the book's lock held."""

    book: Book
    clock: Clock
    planned: Scenario | None
    unregistered_senders: Collection[str]
    channel: str
    without_viber: Callable[[str], bool]

    def send(self, items: Sequence[Item]) -> list[Result]:
        """Accept or refuse each message, save the accepted ones, and return the rows in their order."""
        now = self.clock()
        outcomes = [self._take(item, now) for item in items]
        self.book.save(one for one in outcomes if isinstance(one, AcceptedMessage))
        return [self._row(item, outcome) for item, outcome in zip(items, outcomes, strict=True)]

    def _take(self, item: Item, now: float) -> AcceptedMessage | int:
        """Accept a message, or return the code of its refusal; a message with a known ID is not examined again."""
        if item.id is None:
            return MessageCode.ERR_ID
        if item.id in self.book.accepted:
            return MessageCode.ERR_DUPLICATE
        scenario, judge = self._scenario_of(item), sms.judge if self._is_sms else validation.judge
        refusal = judge(item.fields, self.unregistered_senders) or self._refusal_by(scenario)
        if refusal is None and not self.book.can_pay(self.channel, self._count_parts(item)):
            return MessageCode.ERR_BILLING
        return refusal or self._accept(item, item.id, now, scenario)

    @property
    def _is_sms(self) -> bool:
        return self.channel == SMS

    def _count_parts(self, item: Item) -> int:
        return sms.count_parts(item.fields["text"]) if self._is_sms else 1

    def _behaviour_of(self, scenario: Scenario | None) -> Behaviour | None:
        """Return what a scenario does to a message; a plan does the same to an SMS and to a Viber message."""
        if scenario is None:
            return None
        return scenario.behaviour if scenario is self.planned else scenario.behaviour_by(is_sms=self._is_sms)

    def _refusal_by(self, scenario: Scenario | None) -> int | None:
        behaviour = self._behaviour_of(scenario)
        return behaviour.code if isinstance(behaviour, Refusal) else None

    def _scenario_of(self, item: Item) -> Scenario | None:
        """A planned refusal or fate overrides the phone's scenario; a plan for the whole request does not."""
        if self.planned is not None and isinstance(self.planned.behaviour, Refusal | Fate):
            return self.planned
        is_out_of_reach = not self._is_sms and self.without_viber(item.phone)
        return BY_PHONE.get(item.phone) or (NO_VIBER if is_out_of_reach else None)

    def _accept(self, item: Item, id: int, now: float, scenario: Scenario | None) -> AcceptedMessage:  # noqa: A002
        date_beg = item.attributes.get("date_beg", "")
        content: Any = item.fields
        message = AcceptedMessage(
            id=id,
            **content,
            date_beg=date_beg,
            msg_id=self.book.draw_msg_id(),
            received_at=now,
            due_at=max(now, self.clock.read(date_beg)) if date_beg else now,
            scenario=scenario.name if scenario and isinstance(self._behaviour_of(scenario), Fate) else "",
            channel=self.channel,
            sms_count=self._count_parts(item),
        )
        self.book.enter(message)
        return message

    def _row(self, item: Item, outcome: AcceptedMessage | int) -> Result:
        written_id = item.attributes.get("id", "")
        if isinstance(outcome, AcceptedMessage):
            parts = str(outcome.sms_count) if self._is_sms else ""
            return Result(id=written_id, number=str(outcome.msg_id), code="1", sms_count=parts)
        self.book.refusals[outcome] += 1
        return Result(id=written_id, number="0", code=str(int(outcome)), sms_count="1" if self._is_sms else "")
