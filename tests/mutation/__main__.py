"""Make small mistakes at random and see how many the tests notice: ``python -m tests.mutation --sample 600``.

The first run notes which tests run which lines, which takes as long as all tests do; ``--notice`` notes them anew.
"""

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Sequence

import pytest

from tests.mutation import coverage_map, mutants
from tests.mutation.mutants import Mutant
from tests.mutation.trials import Trial, Trials, report, score

QUIET = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider")


def main() -> int:
    """Try a sample, or what is named; return 1 if fewer than the floor are noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=60, help="how many mistakes, 60 by default")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="what draws them")
    parser.add_argument("--only", action="append", default=[], metavar="PATH:LINE[#N]", help="try these instead")
    parser.add_argument(
        "--within", action="append", metavar="PATH", help="draw from this folder or file of the package"
    )
    parser.add_argument("--floor", type=float, default=0, help="the least score in percent, or the command fails")
    parser.add_argument("--minutes", type=float, default=600, help="begin no mistake after this many minutes")
    parser.add_argument("--notice", action="store_true", help="note anew which tests run which lines")
    parser.add_argument("tests", nargs="*", default=["tests"], help="the tests that may notice; all by default")
    options = parser.parse_args()
    if options.notice or not coverage_map.DATA.exists():
        notice(options.tests)
    if options.only:
        chosen = [mutant for name in options.only for mutant in mutants.named(name)]
    else:
        print(f"--sample {options.sample} --seed {options.seed}", flush=True)
        chosen = list(mutants.sample(options.sample, options.seed, options.within or mutants.PLACES))
    trials = tried(chosen, options.tests, options.minutes)
    print("\n".join(report(trials)))
    return int(score(trials) < options.floor)


def notice(tests: Sequence[str]) -> None:
    """Run the tests once, and note which lines each runs."""
    command = [sys.executable, "-m", "pytest", *QUIET, "-n", "auto", "-p", "tests.mutation.coverage_map", *tests]
    subprocess.run(command, check=True)
    coverage_map.combine()


def tried(chosen: Sequence[Mutant], tests: Sequence[str], minutes: float) -> Sequence[Trial]:
    """Try these one after another, as far as the time goes."""
    trials: list[Trial] = []
    end = time.monotonic() + minutes * 60

    def tell(trial: Trial) -> bool:
        trials.append(trial)
        outcome = trial.killer or ("survived" if trial.tests else "run by no test")
        print(f"{trial.seconds:6.1f} s  {trial.mutant.name}  {outcome}", flush=True)
        return time.monotonic() < end

    pytest.main([*QUIET, "-p", "no:xdist", *tests], plugins=[Trials(chosen, tell)])
    return trials


if __name__ == "__main__":
    sys.exit(main())
