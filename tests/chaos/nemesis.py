"""What goes wrong: workers killed and frozen, answers lost and spoilt."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.chaos.gateway import FORM_FAULTS
from tests.chaos.person import GATE
from viber_messaging.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]

FAULTS = (
    "dropped", "lost-answer", "reset", "silence", "drip", "cut", "half", "garbage", "empty", "broken-gzip", "doctype",
    "bom", "other-wrapper", "left-out", "other-order", "spaces", "strange-code", "stranger", "twice", "http-500",
    "http-502", "http-503", "http-429", "error-212", "error-200", "error-beside", "slow", *FORM_FAULTS,
)  # fmt: skip
"""Faults that end by themselves; those of the account would only pause the run."""

REQUESTS_A_FAULT = 3

FREEZE_SECONDS = 4.0
"""Longer than the claim's time, so that a frozen worker wakes up to find its messages taken."""

_NOT_BEGUN_YET = -signal.SIGTERM
"""The exit of a worker that was asked to end before it had begun to listen."""
_SWITCHED_OFF = 137
"""The exit at a named point: a worker that was started mortal may still come to one while it is asked to end."""


VIBER_WORKER = (sys.executable, "-m", "tests.chaos.worker")
CELERY_WORKER = (
    sys.executable, "-m", "celery", "-A", "tests.chaos.celery_app", "worker", "--pool=prefork", "--concurrency=1",
    "--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat",
)  # fmt: skip
IMPORTERS = tuple((sys.executable, "-m", "tests.chaos.importer", str(number)) for number in range(2))


class Workers:
    """Real worker processes, each with a group of its own, started anew whenever one ends."""

    def __init__(self, commands: Sequence[tuple[str, ...]], environment: dict[str, str], log: Path) -> None:
        self._commands = commands
        self._environment = environment
        self._log = log
        self.processes = [self._start(command) for command in commands]

    def _start(self, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def revive(self) -> int:
        """Start a new worker for each that ended; return how many."""
        ended = [index for index, process in enumerate(self.processes) if process.poll() is not None]
        for index in ended:
            self.processes[index] = self._start(self._commands[index])
        return len(ended)

    def become_immortal(self) -> None:
        """Let those started from now on die only when they are killed."""
        self._environment = {**self._environment, "CHAOS_CRASH_CHANCE": "0"}

    def tell(self, **environment: str) -> None:
        """Let those started from now on know something else."""
        self._environment = {**self._environment, **environment}

    def kill(self) -> None:
        """End all at once, as when the machine dies."""
        for process in self.processes:
            signal_all(process, signal.SIGKILL)
            process.wait()

    def stop(self) -> list[int]:
        """End all as an operator does; return the exit codes of our own that did not end well."""
        for process in self.processes:
            signal_all(process, signal.SIGCONT)
            process.terminate()
        codes = {process.wait(timeout=30) for process in self.processes if process.args == VIBER_WORKER}
        for process in self.processes:
            process.wait(timeout=30)
        return sorted(codes - {0, _NOT_BEGUN_YET, _SWITCHED_OFF})


def signal_all(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a worker and to what it forked, as when the machine dies."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


class Nemesis(threading.Thread):
    """Kills and freezes workers and spoils answers, until it has done its share of each or nothing is left to spoil.

    It kills as the messages arrive, so that all that is done has its dead.
    """

    def __init__(
        self,
        workers: Workers,
        sandbox: Sandbox,
        is_over: Callable[[], bool],
        *,
        kills: int,
        faults: int,
        messages: int,
        seed: int,
        upsets: Sequence[Any] = (),
    ) -> None:
        super().__init__(daemon=True)
        self._workers = workers
        self._sandbox = sandbox
        self._is_over = is_over
        self._random = random.Random(seed)
        self._left = Counter(kills=kills, faults=faults)
        self._upsets = sorted(upsets, key=lambda upset: upset.arrived)
        self._messages_a_kill = messages / kills if kills else 0
        self._strikes = 0
        self.done = Counter[str]()
        self._next_fault_at = 0
        self._next_strike_at = time.monotonic() + 1.0
        self._thaws: list[tuple[float, subprocess.Popen[bytes]]] = []

    def run(self) -> None:
        while (self._left.total() > 0 or self._upsets) and not self._is_over():
            self._plan_fault()
            self._upset()
            if time.monotonic() > self._next_strike_at:
                self._strike()
                self._next_strike_at = time.monotonic() + self._random.uniform(0.1, 0.6)
            self._thaw()
            self._count_deaths(self._workers.revive())
            time.sleep(0.02)
        self._thaw(everyone=True)

    def _plan_fault(self) -> None:
        """Spoil one answer of every few; were all spoilt, the workers would rightly pause for good."""
        if self._left["faults"] <= 0 or self._sandbox.request_count < self._next_fault_at:
            return
        self._next_fault_at = self._sandbox.request_count + REQUESTS_A_FAULT
        self._sandbox.fail_next(self._random.choice(FAULTS))
        self._left["faults"] -= 1
        self.done["faults"] += 1

    def _strike(self) -> None:
        if self._left["kills"] <= 0 or len(self._sandbox.accepted) < self._strikes * self._messages_a_kill * 0.9:
            return
        victim = self._random.choice(self._workers.processes)
        if self._random.random() < 0.15:
            signal_all(victim, signal.SIGSTOP)
            self._thaws.append((time.monotonic() + FREEZE_SECONDS, victim))
            self.done["frozen"] += 1
        else:
            signal_all(victim, signal.SIGKILL)
            victim.wait()
        self._left["kills"] -= 1
        self._strikes += 1

    def _upset(self) -> None:
        """Kill everybody, and while nobody acts do what befalls the whole site."""
        if not self._upsets or len(self._sandbox.accepted) < self._upsets[0].arrived:
            return
        upset = self._upsets.pop(0)
        upset.prepare()
        with GATE.closed():
            self._workers.kill()
            self._thaws.clear()
            upset.do()
        self.done[upset.name] += 1

    def _thaw(self, *, everyone: bool = False) -> None:
        now = time.monotonic()
        for moment, process in list(self._thaws):
            if everyone or moment <= now:
                signal_all(process, signal.SIGCONT)
                self._thaws.remove((moment, process))

    def _count_deaths(self, count: int) -> None:
        self.done["killed"] += count
