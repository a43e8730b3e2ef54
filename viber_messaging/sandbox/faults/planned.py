"""Faults planned by scenario name, whatever the phone."""

import threading
from collections.abc import Collection
from dataclasses import dataclass

from viber_messaging.sandbox.faults.scenarios import Fate, Refusal, Scenario, find_scenario
from viber_messaging.sandbox.wire.parser import SENDS


@dataclass(slots=True)
class Plan:
    """A scenario for a number of the next requests, with one command or any."""

    scenario: Scenario
    times: float
    command: str | None

    def fits(self, commands: Collection[str]) -> bool:
        """Return whether the plan applies to a request with these commands; refusals and fates are only for sending."""
        if isinstance(self.scenario.behaviour, Refusal | Fate) and not SENDS & set(commands):
            return False
        return self.command is None or self.command in commands


class Plans:
    """The plans, in the order in which they were made; a plan for all requests comes last. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: list[Plan] = []
        self._all: Plan | None = None

    def fail_next(self, scenario_name: str, times: int, command: str | None) -> None:
        """Plan a scenario for the next ``times`` requests that it applies to."""
        plan = Plan(find_scenario(scenario_name), times, command)
        with self._lock:
            self._next.append(plan)

    def fail_all(self, scenario_name: str | None, command: str | None) -> None:
        """Plan a scenario for every request, or for none."""
        plan = Plan(find_scenario(scenario_name), float("inf"), command) if scenario_name else None
        with self._lock:
            self._all = plan

    def clear(self) -> None:
        """Remove all plans."""
        with self._lock:
            self._next.clear()
            self._all = None

    def draw(self, commands: Collection[str]) -> Scenario | None:
        """Return the scenario planned for a request with these commands, and count it as used."""
        with self._lock:
            for plan in self._next:
                if plan.fits(commands):
                    self._use(plan)
                    return plan.scenario
            return self._all.scenario if self._all and self._all.fits(commands) else None

    def _use(self, plan: Plan) -> None:
        plan.times -= 1
        if plan.times <= 0:
            self._next.remove(plan)
