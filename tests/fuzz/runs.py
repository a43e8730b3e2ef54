"""Runs of the fuzzer, each in a process of its own, and readings of one kept input without it."""

import subprocess
import sys
from pathlib import Path

from tests.fuzz.bounds import read_in_time
from tests.fuzz.database import empty_database, quiet
from tests.fuzz.target import Target


def fuzz(target: Target, seconds: float) -> int:
    """Run the fuzzer, and print how to replay what it found; return its exit code, 0 if it found nothing."""
    print(f"=== {target.name}: {seconds:.0f} seconds", flush=True)
    before = set(target.inputs())
    command = [sys.executable, "-m", "tests.fuzz.engine", target.name, str(max(1, round(seconds)))]
    code = subprocess.run(command, check=False).returncode
    for path in sorted(set(target.inputs()) - before):
        print(f"FAILED; again: {replay_command(target, path)}", flush=True)
    return code


def replay_command(target: Target, path: Path) -> str:
    """Return what reads a kept input again."""
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"python -m tests.fuzz {target.name} --replay {shown}"


def replay(target: Target, path: Path) -> None:
    """Read one input; raise what that raises."""
    make_ready(target)
    read_in_time(target, path.read_bytes())
    print(f"{path}: read, or refused as documented")


def make_ready(target: Target) -> None:
    """Prepare this process, which no test does."""
    quiet()
    if target.prepare:
        empty_database()
        target.prepare()
