"""Live through worlds made from seeds: ``python -m tests.simulation --seed 7``, or ``--seeds 100 --from 0``.

The same seed gives the same world, to the byte. Each one that breaks a promise is told with the end of its trace, and
with the command that plays it again. ``--minutes`` goes on with fresh seeds for so long.
"""

import argparse
import os
import random
import sys
import time
from itertools import count

if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is part of the world
    os.execve(
        sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"}
    )
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.simulation.settings"

import django

from tests.simulation.fleet import Fleet, every_case, found_before


def main() -> int:
    """Run what the arguments ask for; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="Live through this one world, and print its trace.")
    parser.add_argument("--seeds", type=int, default=0, help="How many worlds.")
    parser.add_argument("--from", type=int, default=0, dest="first", help="The first of their seeds.")
    parser.add_argument("--minutes", type=float, default=0.0, help="Go on for so long.")
    parser.add_argument("--found", action="store_true", help="First the seeds that found something once.")
    parser.add_argument(
        "--crashes", type=int, default=0, help="How many deeds, each ended at each of its steps; -1: all."
    )
    parser.add_argument("--crash", nargs=4, metavar=("DEED", "WEATHER", "BESIDE", "STEP"), help="One of them.")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    django.setup()
    fleet = Fleet(options.processes)
    if options.seed is not None:
        return fleet.show(options.seed)
    if options.crash:
        return fleet.show_crash(*options.crash)
    if options.found:
        fleet.run(found_before())
    if options.minutes:
        fleet.run(count(options.first), time.monotonic() + options.minutes * 60)
    else:
        fleet.run(range(options.first, options.first + options.seeds))
    if options.crashes:
        cases = every_case()
        random.Random(options.first).shuffle(cases)
        fleet.crash(cases[: options.crashes] if options.crashes > 0 else cases)
    return fleet.tell()


if __name__ == "__main__":
    sys.exit(main())
