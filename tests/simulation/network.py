"""The way to the gateway and back: every outcome of a POST, late effects, and requests that arrive twice."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from types import SimpleNamespace
from typing import Any

from tests.machine import weather
from tests.machine.weather import ACCEPTED_OR_REFUSED, LOST_BEFORE, NOT_SENT, ODD
from tests.moments import replaced
from tests.simulation.baton import Baton
from tests.simulation.by_sms import came_too_early, intent_of
from tests.simulation.clock import true_time
from viber_messaging.gateway.errors import OutcomeUnknown, Unreachable
from viber_messaging.sandbox import Sandbox
from viber_messaging.sandbox.ledger.messages import SMS
from viber_messaging.sandbox.wire.responses import Answer, Manner

ID = re.compile(rb'<msg id="(\d+)"')
RECEIVED = re.compile(rb">1</msg>")
CODES_AT_ONCE = (b"101", b"102", b"103", b"104", b"105", b"107", b"108", b"116")
"""A gateway may know at the send already what others tell in a status."""
AT_ONCE = "another code at once"
NOBODY_THERE = "nobody there"
LATE = "late"
TWICE = "arrives twice"
LOST_AFTER = (*weather.LOST_AFTER, "broken-gzip")
STORM: Sequence[str] = (
    *(NOBODY_THERE, LATE, LATE, TWICE, TWICE, AT_ONCE),
    *ACCEPTED_OR_REFUSED, *NOT_SENT, *LOST_BEFORE, *LOST_AFTER, *ODD,
)  # fmt: skip

TOTAL_SECONDS = 10.0
LATENESS = (1.0, 20.0, 90.0, 700.0)
KEYS = ("key-of-the-first-account", "key-of-the-second-account")


@dataclass
class Network:
    """The accounts at the gateway, and the weather on the way there."""

    baton: Baton
    storminess: float
    may_repeat: bool = True
    """Whether a request may arrive twice: where the account changes, nobody could tell a copy of what was refused."""
    broken: list[str] = field(default_factory=list)
    accounts: list[Sandbox] = field(default_factory=list)
    arrivals: dict[str, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))
    """By intent: in which account, and under which reference, it was accepted."""
    on_the_way: list[bytes] = field(default_factory=list)
    """The requests that will arrive later."""
    planned: list[str] = field(default_factory=list)
    """What happens to the next requests, the last one first."""
    first_arrival: dict[int, float] = field(default_factory=dict)
    """By reference: when it was first accepted."""

    excused: set[int] = field(default_factory=set)
    """References whose record may tell something else: they arrived when nobody waited any more, or their code lies."""

    def __post_init__(self) -> None:
        clock = partial(true_time, self.baton)
        self.accounts = [Sandbox(key=key, seconds_to_deliver=30.0, clock=clock) for key in KEYS]

    @contextmanager
    def up(self) -> Iterator[None]:
        """Let each POST go this way."""
        with replaced("the post", lambda transport, body: self.post(body)):
            yield

    def post(self, body: bytes) -> Any:
        """Carry a request there, and its answer back."""
        baton = self.baton
        baton.pause("POST")
        kind = self.planned.pop() if self.planned else ""
        if not kind and baton.random.random() < self.storminess:
            kind = baton.random.choice(STORM)
            kind = LATE if kind == TWICE and not self.may_repeat else kind
        baton.note(kind or "well")
        if kind == NOBODY_THERE:
            raise Unreachable("The gateway cannot be reached.")
        if kind == LATE:
            self._deliver_later(body)
            baton.sleep(TOTAL_SECONDS)
            raise OutcomeUnknown("The gateway did not answer in time.")
        if kind == TWICE:
            self._deliver_later(body)
        answer = self.receive(body, kind if kind not in (TWICE, AT_ONCE) else "", is_awaited=True)
        if kind == AT_ONCE:
            answer = self._say_at_once(body, answer)
        baton.pause("answer")
        return self._travel(answer)

    def _deliver_later(self, body: bytes) -> None:
        """Deliver a request when nobody waits for its answer."""

        def arrive() -> None:
            self.on_the_way.remove(body)
            self.receive(body)

        self.on_the_way.append(body)
        self.baton.at(self.baton.random.choice(LATENESS), arrive)

    def _say_at_once(self, body: bytes, answer: Answer) -> Answer:
        """Let the answer tell another code than "received", which the book does not have."""
        self.excused |= {int(reference) for reference in ID.findall(body)}
        code = self.baton.random.choice(CODES_AT_ONCE)
        return replace(answer, body=RECEIVED.sub(b">" + code + b"</msg>", answer.body))

    def _travel(self, answer: Answer) -> Any:
        """Bring an answer back in its manner."""
        if answer.manner in (Manner.SILENT, Manner.DRIPPING):
            self.baton.sleep(TOTAL_SECONDS)
        elif answer.manner == Manner.SLOW:
            self.baton.sleep(TOTAL_SECONDS / 3)
        is_whole = answer.manner in (Manner.WHOLE, Manner.SLOW)
        if not is_whole or "Content-Encoding" in dict(answer.headers):
            raise OutcomeUnknown("The connection broke before the gateway's answer was complete.")
        retry_after = dict(answer.headers).get("Retry-After", "")
        return SimpleNamespace(status=int(answer.status), body=answer.body, retry_after=retry_after)

    def receive(self, body: bytes, scenario: str = "", *, is_awaited: bool = False) -> Answer:
        """Let the account whose key the request has carry it out."""
        account = next((one for one in self.accounts if one.key.encode() in body), self.accounts[0])
        if scenario:
            account.fail_next(scenario)
        answer = account._receive(body, {})
        account._plans.clear()
        self._look_at(account, is_awaited=is_awaited)
        return answer

    def _is_belated(self) -> bool:
        return self.baton.me is not None and self.baton.me.has_frozen

    def _look_at(self, account: Sandbox, *, is_awaited: bool) -> None:
        """See at once if anybody got an intent for the second time."""
        place = self.accounts.index(account)
        for reference in account.requests[-1].ids:
            if times := account.times_accepted(reference):
                intent = intent_of(account.accepted[reference])
                self.arrivals[intent].add((place, reference))
                if reference not in self.first_arrival and (not is_awaited or self._is_belated()):
                    self.excused.add(reference)
                self.first_arrival.setdefault(reference, self.baton.now)
                self.baton.note(f"the gateway has {intent}")
                if times == 1 and account.accepted[reference].channel == SMS:
                    self.broken += filter(
                        None, [came_too_early(account.accepted[reference], self.accounts, self.excused)]
                    )
                if times > 1 or len(self.arrivals[intent]) > 1:
                    self.broken.append(f"{intent} was accepted {times} times, as {sorted(self.arrivals[intent])}")

    def may_have(self, reference: int) -> bool:
        """Return whether an account has accepted it, or a request with it is still on its way."""
        if any(account.times_accepted(reference) for account in self.accounts):
            return True
        return any(str(reference).encode() in body for body in self.on_the_way)
