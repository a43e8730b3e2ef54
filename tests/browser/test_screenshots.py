"""The pictures of the README can be taken of the pages as they are now."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]


def test_each_picture_is_taken_anew(tmp_path: Path):
    pytest.importorskip("PIL")
    command = [sys.executable, "-m", "tests.browser.screenshots", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kept = ROOT / "docs" / "screenshots"
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in kept.iterdir()}
