"""Tries mutants in forks of one process, which has imported, collected and migrated everything already."""

import json
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.coverage_map import tests_of
from tests.mutation.mutants import PACKAGE, Mutant
from tests.mutation.swap import swap

CPU_SECONDS, SECONDS = 240, 900
"""What a fork may take until it is ended: a mistake may make a loop that never ends."""
UNTOUCHED = "no function has it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of a mutant: which test failed, or that none of so many did."""

    mutant: Mutant
    killer: str
    tests: int
    seconds: float

    @property
    def is_met(self) -> bool:
        """Tell whether a test runs the mistake."""
        return bool(self.tests) and self.killer != UNTOUCHED

    @property
    def is_dead(self) -> bool:
        return self.is_met and bool(self.killer)


class Trials:
    """As a plugin of pytest, it takes the place of the run."""

    def __init__(self, mutants: Sequence[Mutant], tell: Callable[[Trial], bool]) -> None:
        self.mutants = mutants
        self.tell = tell
        self._green: dict[pytest.Item, bool] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        self._warm_up(session.items)
        for mutant in self.mutants:
            if not self.tell(self._try(mutant, items)):
                break
        return True

    def _warm_up(self, items: Sequence[pytest.Item]) -> None:
        """Let one test make the database, and keep it."""
        first = next(item for item in items if item.nodeid.startswith("tests/delivery/send/test_dispatch.py"))
        other = next(item for item in items if item.nodeid.startswith("tests/text/"))
        reports = runtestprotocol(first, log=False, nextitem=other)
        assert all(report.passed for report in reports), reports

    def _try(self, mutant: Mutant, items: dict[str, pytest.Item]) -> Trial:
        names = tests_of(PACKAGE / mutant.path, mutant.lines) & items.keys()
        ordered = [items[name] for name in sorted(names, key=lambda name: (-nearness(name, mutant.path), name))]
        started = time.monotonic()
        killer = in_a_fork(lambda: verdict(mutant, ordered)) if ordered else ""
        while ordered and killer in items and not self._is_green(items[killer]):
            ordered.remove(items[killer])
            killer = in_a_fork(lambda: verdict(mutant, ordered))
        return Trial(mutant=mutant, killer=killer, tests=len(ordered), seconds=time.monotonic() - started)

    def _is_green(self, item: pytest.Item) -> bool:
        """Tell whether a test passes in a fork without a mistake: one that does not would notice everything."""
        if item not in self._green:
            self._green[item] = not in_a_fork(lambda: first_failure([item]))
        return self._green[item]


def nearness(test: str, path: str) -> int:
    """Tell how much of its place a test has in common with what is mutated."""
    place = path.removesuffix(".py").split("/")
    named = test.partition("::")[0].removeprefix("tests/").removesuffix(".py").replace("test_", "").split("/")
    return sum(part in named for part in place) * 2 - abs(len(named) - len(place))


def verdict(mutant: Mutant, items: Sequence[pytest.Item]) -> str:
    """Return which test notices the mistake, if any."""
    return first_failure(items) if swap(mutant) else UNTOUCHED


def first_failure(items: Sequence[pytest.Item]) -> str:
    """Return which test fails first, if any; what they share beyond a session is kept."""
    for item, following in zip(items, [*items[1:], *items[:1]], strict=True):
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
            return item.nodeid
    return ""


def in_a_fork(work: Callable[[], str]) -> str:
    """Return what this returns in a process of its own; what ends that process is the answer otherwise."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        _be_a_fork(work, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        told = answers.read()
    _pid, status = os.waitpid(pid, 0)
    return str(json.loads(told)) if told else f"ended by {os.waitstatus_to_exitcode(status)}"


def _be_a_fork(work: Callable[[], str], writer: int) -> None:
    """Say nothing, and leave without what pytest would do at its end."""
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
        signal.alarm(SECONDS)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        answer = work()
    except BaseException as error:  # noqa: BLE001
        answer = f"raised {type(error).__name__}"
    os.write(writer, json.dumps(answer).encode())
    os._exit(0)


def score(trials: Sequence[Trial]) -> float:
    """Return how many in a hundred were noticed, of those that a test runs."""
    met = [trial for trial in trials if trial.is_met]
    return 100 * sum(trial.is_dead for trial in met) / max(1, len(met))


def report(trials: Sequence[Trial]) -> Iterator[str]:
    """Yield the survivors, each with the command that tries it again, and the score."""
    met = [trial for trial in trials if trial.is_met]
    for trial in met:
        if not trial.is_dead:
            yield f"\nsurvived {trial.tests} tests: {trial.mutant.name}\n{trial.mutant.diff}"
            yield f"    python -m tests.mutation --only '{trial.mutant.name}'"
    unseen = [trial.mutant.name for trial in trials if not trial.tests]
    yield f"\n{len(unseen)} on lines that no test here runs: {', '.join(unseen)}"
    yield f"{sum(trial.killer == UNTOUCHED for trial in trials)} in functions that run at import only"
    yield f"{sum(trial.is_dead for trial in met)} of {len(met)} noticed: {score(trials):.1f} %"
