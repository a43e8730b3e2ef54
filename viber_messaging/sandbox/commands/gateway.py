"""The desk of the stand-in gateway: it carries out a request's body on the book, and returns the answer."""

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from viber_messaging.gateway.codes import RequestCode
from viber_messaging.sandbox.commands.query import answer_delete, answer_status
from viber_messaging.sandbox.commands.send import Sending, require_real_dates
from viber_messaging.sandbox.faults.planned import Plans
from viber_messaging.sandbox.faults.scenarios import BY_PHONE, Fault, Oddity, Scenario
from viber_messaging.sandbox.ledger.clock import Clock
from viber_messaging.sandbox.ledger.ledger import Book
from viber_messaging.sandbox.ledger.messages import SMS, VIBER
from viber_messaging.sandbox.wire import parser, responses
from viber_messaging.sandbox.wire.parser import SEND, SEND_SMS, SENDS, Command, FormatError, Item
from viber_messaging.sandbox.wire.responses import Answer, Result

CURRENCY = "UAH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Settings in which gateways differ."""

    key: str
    answer_wrapper: str = SEND
    is_balance_bare: bool = False
    unregistered_senders: frozenset[str] = frozenset()
    without_viber: Callable[[str], bool] = lambda phone: False
    """Whether Viber cannot reach a phone."""


class Desk:
    """One account of the stand-in gateway."""

    def __init__(self, book: Book, clock: Clock, plans: Plans, habits: Habits) -> None:
        self._book = book
        self._clock = clock
        self._plans = plans
        self._habits = habits

    def answer(self, body: bytes) -> tuple[Answer, Sequence[Command]]:
        """Carry out a request; return the answer, and the commands if they could be read."""
        try:
            root = parser.read_root(body)
            if not hmac.compare_digest(root.get("key", "").encode(), self._habits.key.encode()):
                return responses.error(RequestCode.ERR_AUTHORIZATION), ()
            commands = parser.read_commands(root)
            require_real_dates(commands, self._clock)
        except FormatError:
            return responses.error(RequestCode.ERR_FORMAT), ()
        return self._answer_commands(commands), commands

    def _answer_commands(self, commands: Sequence[Command]) -> Answer:
        planned = self._plans.draw({command.name for command in commands})
        with self._book.lock:
            met = self._submit(commands)
            fault = planned or next((one for one in met.values() if isinstance(one.behaviour, Fault)), None)
            if fault is None or not isinstance(fault.behaviour, Fault):
                return responses.package([self._carry_out(command, planned, met) for command in commands])
            answer = Answer()
            if fault.behaviour.accepts:
                answer = responses.package([self._carry_out(command, planned, met) for command in commands])
        return fault.behaviour.rewrite(answer)

    def _submit(self, commands: Sequence[Command]) -> Mapping[int, Scenario]:
        """Count the submissions; return the scenarios that apply to them, by our ID."""
        met = {}
        for item in (item for command in commands if command.name in SENDS for item in command.items):
            if item.id is not None:
                scenario = BY_PHONE.get(item.phone)
                if scenario and (scenario.is_persistent or self._is_new(item.id)):
                    met[item.id] = scenario
                self._book.submissions[item.id] += 1
        return met

    def _is_new(self, id: int) -> bool:  # noqa: A002 (the wire's name)
        return not self._book.submissions[id] and id not in self._book.accepted

    def _carry_out(self, command: Command, planned: Scenario | None, met: Mapping[int, Scenario]) -> str:
        if command.name == "balance":
            return self._write_balance()
        if command.name == "prices":
            return self._write_prices(command)
        rows = self._rows(command, planned)
        rows = _rearrange(rows, command.items, planned, met)
        if command.name == SEND:
            return responses.results(self._habits.answer_wrapper, "msg_id", rows)
        return responses.results(command.name, "sms_id", rows)

    def _rows(self, command: Command, planned: Scenario | None) -> list[Result]:
        if command.name in SENDS:
            return self._sending(command, planned).send(command.items)
        answer_one = {"status": answer_status, "delete": answer_delete}[command.name]
        return [answer_one(item, self._book, self._clock) for item in command.items]

    def _sending(self, command: Command, planned: Scenario | None) -> Sending:
        senders, channel = self._habits.unregistered_senders, SMS if command.name == SEND_SMS else VIBER
        return Sending(
            book=self._book,
            clock=self._clock,
            planned=planned,
            unregistered_senders=senders,
            channel=channel,
            without_viber=self._habits.without_viber,
        )

    def _write_prices(self, command: Command) -> str:
        """Write the price of one part to each phone; the price of some is unknown."""
        phones = [item.phone for item in command.items if item.phone not in BY_PHONE or BY_PHONE[item.phone].has_price]
        return responses.prices([(phone, str(self._book.prices[SMS])) for phone in phones], CURRENCY)

    def _write_balance(self) -> str:
        amount = str(self._book.balance.quantize(Decimal("0.001")))
        return responses.balance(amount, CURRENCY, is_bare=self._habits.is_balance_bare)


def _rearrange(
    rows: list[Result], items: Sequence[Item], planned: Scenario | None, met: Mapping[int, Scenario]
) -> list[Result]:
    if planned is not None:
        everyone = {row.id for row in rows}
        return planned.behaviour.rearrange(rows, everyone) if isinstance(planned.behaviour, Oddity) else rows
    for scenario in {scenario.name: scenario for scenario in met.values()}.values():
        if isinstance(scenario.behaviour, Oddity):
            rows = scenario.behaviour.rearrange(rows, _ids_of(items, scenario, met))
    return rows


def _ids_of(items: Sequence[Item], scenario: Scenario, met: Mapping[int, Scenario]) -> Collection[str]:
    """Return the IDs, as written, of the messages that this scenario applies to."""
    return {item.attributes["id"] for item in items if item.id is not None and met.get(item.id) is scenario}
