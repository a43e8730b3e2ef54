"""A short run of the chaos; longer ones are run by hand and by CI."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.processes
def test_killed_workers_and_spoilt_answers_lose_nothing_and_send_nothing_twice():
    arguments = ["--messages", "300", "--workers", "3", "--kills", "4", "--faults", "15", "--seed", "7"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "300 of 300 accepted" in done.stdout
