"""The simulation runs, replays to the byte, and sees a broken promise."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
MISTAKEN = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.simulation.settings"
import django
django.setup()
from tests.moments import original, plant
from tests.simulation.run import prepared, run
attempt_of_the_dead = original("the attempt of the dead")
plant("the attempt of the dead", lambda row, now: attempt_of_the_dead({**row, "attempt_count": 7}, now))
with prepared() as empty:
    print(next(outcome.broken for seed in range(40) if (outcome := run(seed, empty)).broken))
"""
"""A mistake that the simulation must find: what a dead worker left behind is written down as another attempt."""


def simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_few_worlds_keep_every_promise():
    done = simulate("--seeds", "6", "--from", "1", "--processes", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^6 worlds, \d+ steps, \d+ s: 0 broke a promise$", done.stdout, re.MULTILINE)


def test_a_seed_gives_the_same_world_in_another_process():
    first, second = simulate("--seed", "3"), simulate("--seed", "3")
    assert first.returncode == 0, first.stdout + first.stderr
    assert first.stdout == second.stdout
    assert first.stdout.count("\n") > 500


def test_a_mistake_is_found_within_a_few_worlds():
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-c", MISTAKEN]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert "counts 1 attempts, and 1 up to 7 are kept" in done.stdout, done.stdout + done.stderr
