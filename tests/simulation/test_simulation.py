"""The simulation runs, replays to the byte, and sees a broken promise."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
NAIVE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.simulation.settings"
import django
django.setup()
from tests.moments import plant
from tests.simulation.run import prepared, run
from viber_messaging.models.message import MessageQuerySet
MessageQuerySet.unconfirmed = MessageQuerySet.unconfirmed
plant("the request for statuses", {mistake})
with prepared() as empty:
    for seed in range({first}, {first} + 40):
        if broken := run(seed, empty).broken:
            print(seed, broken)
            sys.exit(1)
"""


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
