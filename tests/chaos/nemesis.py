"""What goes wrong: workers killed and frozen, answers lost and spoilt."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from viber_messaging.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]

FAULTS = (
    "dropped", "lost-answer", "reset", "silence", "drip", "cut", "half", "garbage", "empty", "broken-gzip", "doctype",
    "bom", "other-wrapper", "left-out", "other-order", "spaces", "strange-code", "stranger", "twice", "http-500",
    "http-502", "http-503", "http-429", "error-212", "error-200",
)  # fmt: skip
"""Faults that end by themselves; those of the account would only pause the run."""

REQUESTS_A_FAULT = 3

FREEZE_SECONDS = 4.0
"""Longer than the claim's time, so that a frozen worker wakes up to find its messages taken."""

_NOT_BEGUN_YET = -signal.SIGTERM
"""The exit of a worker that was asked to end before it had begun to listen."""


class Workers:
    """Real worker processes, started anew whenever one ends."""

    def __init__(self, count: int, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self.processes = [self._start() for _ in range(count)]

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.worker"], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )

    def revive(self) -> int:
        """Start a new worker for each that ended; return how many."""
        ended = [index for index, process in enumerate(self.processes) if process.poll() is not None]
        for index in ended:
            self.processes[index] = self._start()
        return len(ended)

    def become_immortal(self) -> None:
        """Let those started from now on die only when they are killed."""
        self._environment = {**self._environment, "CHAOS_CRASH_CHANCE": "0"}

    def stop(self) -> list[int]:
        """End all as an operator does; return the exit codes of those that did not end well."""
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        codes = [process.wait(timeout=30) for process in self.processes]
        return [code for code in codes if code not in (0, _NOT_BEGUN_YET)]


class Nemesis(threading.Thread):
    """Kills and freezes workers and spoils answers, until it has done its share of each or nothing is left to spoil."""

    def __init__(
        self, workers: Workers, sandbox: Sandbox, is_over: Callable[[], bool], *, kills: int, faults: int, seed: int
    ) -> None:
        super().__init__(daemon=True)
        self._workers = workers
        self._sandbox = sandbox
        self._is_over = is_over
        self._random = random.Random(seed)
        self._left = Counter(kills=kills, faults=faults)
        self.done = Counter[str]()
        self._next_fault_at = 0
        self._next_strike_at = time.monotonic() + 1.0
        self._thaws: list[tuple[float, subprocess.Popen[bytes]]] = []

    def run(self) -> None:
        while self._left.total() > 0 and not self._is_over():
            self._plan_fault()
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
        if self._left["kills"] <= 0:
            return
        victim = self._random.choice(self._workers.processes)
        if self._random.random() < 0.15:
            victim.send_signal(signal.SIGSTOP)
            self._thaws.append((time.monotonic() + FREEZE_SECONDS, victim))
            self.done["frozen"] += 1
        else:
            victim.kill()
            victim.wait()
        self._left["kills"] -= 1

    def _thaw(self, *, everyone: bool = False) -> None:
        now = time.monotonic()
        for moment, process in list(self._thaws):
            if everyone or moment <= now:
                process.send_signal(signal.SIGCONT)
                self._thaws.remove((moment, process))

    def _count_deaths(self, count: int) -> None:
        self.done["killed"] += count
