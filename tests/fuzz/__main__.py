"""Invent inputs for everything that reads untrusted bytes, guided by the code that they reach.

    python -m tests.fuzz xlsx --minutes 5       # one target; --all for all, one after another
    python -m tests.fuzz xlsx --replay FILE     # one input, without the fuzzer

Needs ``pip install atheris``. An input that fails is kept in ``tests/fuzz/found/``, which the ordinary tests replay.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django

NAMES = ("xlsx", "xls", "csv", "answers", "phones", "placeholders", "queries")


def main(arguments: Sequence[str]) -> int:
    """Fuzz or replay; return 1 if an input failed."""
    asked = parsed(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.fuzz.runs import fuzz, replay
    from tests.fuzz.targets import TARGETS

    if asked.replay:
        replay(TARGETS[asked.target], asked.replay)
        return 0
    names = NAMES if asked.all else [asked.target]
    codes = [fuzz(TARGETS[name], asked.minutes * 60 / len(names)) for name in names]
    return int(any(codes))


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("target", nargs="?", choices=NAMES, help="the reader")
    chosen.add_argument("--all", action="store_true", help="every reader, one after another")
    parser.add_argument("--minutes", type=float, default=1, help="of all targets together")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="read this input only")
    asked = parser.parse_args(arguments)
    if asked.replay and asked.all:
        parser.error("an input belongs to one target")
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
