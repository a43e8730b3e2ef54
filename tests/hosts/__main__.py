"""All host sites in one command: ``python -m tests.hosts``, or one with ``--only fresh --django 5.2 --python 3.12``."""

import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

from tests.hosts.decade import visit_decade, visit_with_celery
from tests.hosts.environments import Environment, Failed, Missing, build, make
from tests.hosts.fresh import visit_fresh
from tests.hosts.mistakes import visit_mistakes
from tests.hosts.tutorial import visit_tutorial
from tests.hosts.variations import VARIATIONS, visit_variation
from tests.hosts.visits import visit_typed

DJANGOS = ("5.2", "6.0", "6.1")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
OLDEST_PYTHON = {"5.2": "3.10", "6.0": "3.12", "6.1": "3.12"}
"""Django's own: other pairs cannot be installed."""

Visit = Callable[[Environment, Path], str]
VISITS: dict[str, Visit] = {
    "fresh": visit_fresh,
    "tutorial": visit_tutorial,
    "decade": visit_decade,
    "decade-mariadb": partial(visit_decade, database="mariadb"),
    "decade-celery": visit_with_celery,
    "typed": visit_typed,
    "mistakes": visit_mistakes,
    **{name: partial(visit_variation, variation=variation) for name, variation in VARIATIONS.items()},
}


def main() -> int:
    """Visit the sites asked for; return how many failed."""
    options = _options()
    work = Path(options.work or tempfile.mkdtemp(prefix="viber-hosts-")).resolve()
    work.mkdir(parents=True, exist_ok=True)
    wheel, failures, left_out = build(work / "wheel"), 0, 0
    for name, python, django in _matrix(options):
        began, title = time.monotonic(), f"{name}, Django {django}, Python {python}"
        try:
            environment = make(work, python=python, django=django, wheel=wheel)
            told = VISITS[name](environment, work / f"{name}-{python}-{django}")
        except Missing as missing:
            left_out += 1
            told = f"left out. {missing}"
        except Failed as failure:
            failures += 1
            told = f"FAILED\n{failure}"
        print(f"{title} ({time.monotonic() - began:.0f} s): {told}", flush=True)
    print(f"{failures} failed, {left_out} left out." if failures or left_out else "Every site is at home.")
    return failures + (left_out if options.complete else 0)


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=VISITS, action="append", help="Which sites; all, left out.")
    parser.add_argument("--django", choices=DJANGOS, action="append")
    parser.add_argument("--python", choices=PYTHONS, action="append")
    parser.add_argument("--complete", action="store_true", help="Fail where this machine lacks what a site needs.")
    parser.add_argument("--work", help="A directory that keeps the environments for the next time.")
    return parser.parse_args()


def _matrix(options: Namespace) -> Iterator[tuple[str, str, str]]:
    """Yield the fresh site with every pair, the others with the oldest and the newest one."""
    for django, python in product(options.django or DJANGOS, options.python or PYTHONS):
        if tuple(map(int, python.split("."))) < tuple(map(int, OLDEST_PYTHON[django].split("."))):
            continue
        is_end = (django, python) in {(DJANGOS[0], PYTHONS[0]), (DJANGOS[-1], PYTHONS[-1])}
        for name in options.only or VISITS:
            if name == "fresh" or is_end or options.django or options.python:
                yield name, python, django


if __name__ == "__main__":
    sys.exit(main())
