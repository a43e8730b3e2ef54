"""One run of one target under Atheris, in a process of its own, because the fuzzer ends its process.

It alone imports Atheris, and before anything else: only what is imported afterwards is watched.
"""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["viber_messaging", "xlrd"]):
    import django

    django.setup()
    import xlrd  # noqa: F401 (imported by the package only when it reads such a file)

    from tests.fuzz.bounds import read_in_time
    from tests.fuzz.runs import make_ready
    from tests.fuzz.target import FOLDER, Target
    from tests.fuzz.targets import TARGETS

LONGEST_SECONDS = 60
"""Of one input, before the fuzzer gives up on it."""
MOST_MEGABYTES = 2048
KEPT = FOLDER.parents[1] / "build" / "fuzz"
"""Where the inputs that led further are kept for the next run."""


def main(name: str, seconds: str) -> None:
    """Read invented inputs until the time is over, or one fails."""
    target = TARGETS[name]
    make_ready(target)
    mutator = {"custom_mutator": partial(mutated, target)} if target.mutate else {}
    atheris.Setup([sys.argv[0], *options(target, seconds)], partial(read_in_time, target), **mutator)
    atheris.Fuzz()


def mutated(target: Target, content: bytes, longest: int, seed: int) -> bytes:
    """Return a changed input that is not too long."""
    found = target.mutate(bytes(content), lambda part: atheris.Mutate(part, max(longest, len(part))), seed)  # type: ignore[misc]
    return found if len(found) <= longest else bytes(content)


def options(target: Target, seconds: str) -> Iterator[str]:
    """Yield the options of libFuzzer: where inputs come from and go to, and the limits."""
    kept = KEPT / target.name
    kept.mkdir(parents=True, exist_ok=True)
    target.found.mkdir(parents=True, exist_ok=True)
    yield from map(str, [kept, *folders_of(target)])
    yield f"-artifact_prefix={target.found}/"
    yield f"-dict={target.words}"
    yield f"-max_total_time={seconds}"
    yield f"-max_len={target.longest}"
    yield "-len_control=10"  # longer inputs sooner
    yield f"-timeout={LONGEST_SECONDS}"
    yield f"-rss_limit_mb={MOST_MEGABYTES}"
    yield "-print_final_stats=1"


def folders_of(target: Target) -> list[Path]:
    """Return the folders with inputs, and copies of those that stand among other files."""
    copies = KEPT / f"{target.name}-others"
    copies.mkdir(parents=True, exist_ok=True)
    for path in target.others:
        (copies / path.name).write_bytes(path.read_bytes())
    return [target.corpus, target.found, copies]


if __name__ == "__main__":
    arguments: Any = sys.argv[1:]
    main(*arguments)
