"""Many worlds, in several processes, and what is told of them."""

import math
import multiprocessing
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice, product
from pathlib import Path
from typing import Any, ClassVar

from tests.simulation.outcome import Outcome

FOUND = Path(__file__).with_name("found.txt")
LINES_SHOWN = 60
DULL = re.compile(r"looks at the clock$|WHERE$|U0$|BEGIN|COMMIT$|committed$|connects$|PRAGMA")
"""What a short trace leaves out."""


class Crew:
    """What one process has ready for its worlds."""

    stack: ClassVar = ExitStack()
    empty: ClassVar[Any] = None

    @classmethod
    def get_ready(cls) -> None:
        """Set Django up, and make an empty site."""
        import django

        django.setup()
        from tests.simulation.run import prepared

        cls.empty = cls.stack.enter_context(prepared())

    @classmethod
    def run(cls, seed: int) -> Outcome:
        """Live through one world."""
        from tests.simulation.run import run

        return run(seed, cls.empty)

    @classmethod
    def crash(cls, name: str, kind: str, is_watched: bool) -> list[Outcome]:
        """Let a deed in one weather end at each of its steps; return how often, and what broke."""
        from tests.simulation.crashes import every_crash

        return [
            replace(outcome, lines=outcome.lines if outcome.broken else ())
            for outcome in every_crash(name, kind, is_watched=is_watched, empty=cls.empty)
        ]


def every_case() -> list[tuple[str, str, bool]]:
    """Return each deed in each weather, with another worker beside it and without."""
    from tests.simulation.crashes import KINDS, SCENES

    return list(product(SCENES, KINDS, (False, True)))


class Fleet:
    """Runs worlds; counts them, and keeps those that broke a promise."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._began_at = time.monotonic()
        self._count = self._steps = 0
        self._broken: list[Outcome] = []
        self._edges: set[tuple[str, str]] = set()

    def run(self, seeds: Iterable[int], ends_at: float = math.inf) -> None:
        """Live through these worlds, several at once, as long as there is time."""
        left = iter(seeds)
        with self._pool() as pool:
            under_way = {pool.submit(Crew.run, seed) for seed in islice(left, 2 * self._processes)}
            while under_way:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for world in done:
                    self._take(world.result())
                if time.monotonic() < ends_at:
                    under_way |= {pool.submit(Crew.run, seed) for seed in islice(left, len(done))}

    def crash(self, cases: Sequence[tuple[str, str, bool]]) -> None:
        """Let each of these deeds end at each of its steps, and print a table."""
        counted: dict[str, Counter[str]] = defaultdict(Counter)
        with self._pool() as pool:
            done = pool.map(Crew.crash, *zip(*cases, strict=True))
            for (name, kind, is_watched), outcomes in zip(cases, done, strict=True):
                for outcome in outcomes:
                    self._take(outcome, again=f"--crash {name!r} {kind!r} {is_watched:d} {outcome.seed}")
                counted[name]["weathers"] += 1
                counted[name]["beside" if is_watched else "alone"] += len(outcomes) - 1
                counted[name]["broken"] += sum(bool(outcome.broken) for outcome in outcomes)
        print("| deed | cases | crashes alone | beside another worker | broken |\n|---|---|---|---|---|")
        for name, of_it in sorted(counted.items()):
            print(f"| {name} | {of_it['weathers']} | {of_it['alone']} | {of_it['beside']} | {of_it['broken']} |")

    def show(self, seed: int) -> int:
        """Live through one world twice, and print its trace."""
        Crew.get_ready()
        outcome, again = Crew.run(seed), Crew.run(seed)
        print(*outcome.lines, sep="\n")
        print(f"seed {seed}: {outcome.steps} steps, digest {outcome.digest}, then {again.digest}")
        for sentence in outcome.broken:
            print(sentence)
        return 1 if outcome.broken or outcome.digest != again.digest else 0

    def show_crash(self, name: str, kind: str, is_watched: str, step: str) -> int:
        """Let a deed end at one of its steps, and print the trace."""
        Crew.get_ready()
        outcome = Crew.crash(name, kind, is_watched == "1")[int(step)]
        print(*outcome.lines, *outcome.broken, sep="\n")
        return 1 if outcome.broken else 0

    def tell(self) -> int:
        """Print the figures; return 1 if a promise was broken."""
        from viber_messaging.states import LEGAL_MOVES

        seconds = time.monotonic() - self._began_at
        print(f"{self._count} worlds, {self._steps} steps, {seconds:.0f} s: {len(self._broken)} broke a promise")
        legal = {(str(left), str(reached)) for left, several in LEGAL_MOVES.items() for reached in several}
        unseen = ", ".join(sorted(" to ".join(edge) for edge in legal - self._edges))
        print(f"{len(legal & self._edges)} of {len(legal)} moves of a message were seen; not seen: {unseen or 'none'}")
        return 1 if self._broken else 0

    def _pool(self) -> ProcessPoolExecutor:
        several = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._processes, several, initializer=Crew.get_ready)

    def _take(self, outcome: Outcome, again: str = "") -> None:
        self._count += 1
        self._steps += outcome.steps
        self._edges |= outcome.edges
        if outcome.broken:
            self._broken.append(outcome)
            print(f"seed {outcome.seed}:", *outcome.broken[:5], sep="\n  ")
            print(*[line for line in outcome.lines if not DULL.search(line)][-LINES_SHOWN:], sep="\n    ")
            print(f"  again: python -m tests.simulation {again or f'--seed {outcome.seed}'}", flush=True)


def found_before() -> list[int]:
    """Return the seeds that once found something."""
    lines = FOUND.read_text(encoding="utf-8").splitlines()
    return [int(line.split()[0]) for line in lines if line and not line.startswith("#")]
