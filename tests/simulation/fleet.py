"""Many worlds, in several processes, and what is told of them."""

import math
import multiprocessing
import re
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import ExitStack
from itertools import islice
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
        several = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self._processes, several, initializer=Crew.get_ready) as pool:
            under_way = {pool.submit(Crew.run, seed) for seed in islice(left, 2 * self._processes)}
            while under_way:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for world in done:
                    self._take(world.result())
                if time.monotonic() < ends_at:
                    under_way |= {pool.submit(Crew.run, seed) for seed in islice(left, len(done))}

    def show(self, seed: int) -> int:
        """Live through one world twice, and print its trace."""
        Crew.get_ready()
        outcome, again = Crew.run(seed), Crew.run(seed)
        print(*outcome.lines, sep="\n")
        print(f"seed {seed}: {outcome.steps} steps, digest {outcome.digest}, then {again.digest}")
        for sentence in outcome.broken:
            print(sentence)
        return 1 if outcome.broken or outcome.digest != again.digest else 0

    def tell(self) -> int:
        """Print the figures; return 1 if a promise was broken."""
        from viber_messaging.states import LEGAL_MOVES

        seconds = time.monotonic() - self._began_at
        print(f"{self._count} worlds, {self._steps} steps, {seconds:.0f} s: {len(self._broken)} broke a promise")
        legal = {(str(left), str(reached)) for left, several in LEGAL_MOVES.items() for reached in several}
        unseen = ", ".join(sorted(" to ".join(edge) for edge in legal - self._edges))
        print(f"{len(legal & self._edges)} of {len(legal)} moves of a message were seen; not seen: {unseen or 'none'}")
        return 1 if self._broken else 0

    def _take(self, outcome: Outcome) -> None:
        self._count += 1
        self._steps += outcome.steps
        self._edges |= outcome.edges
        if outcome.broken:
            self._broken.append(outcome)
            print(f"seed {outcome.seed}:", *outcome.broken[:5], sep="\n  ")
            print(*[line for line in outcome.lines if not DULL.search(line)][-LINES_SHOWN:], sep="\n    ")
            print(f"  again: python -m tests.simulation --seed {outcome.seed}", flush=True)


def found_before() -> list[int]:
    """Return the seeds that once found something."""
    lines = FOUND.read_text(encoding="utf-8").splitlines()
    return [int(line.split()[0]) for line in lines if line and not line.startswith("#")]
