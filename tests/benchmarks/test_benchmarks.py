"""The benchmarks of the README run, whatever columns the tables have now; what they measure is looked at by people."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

FEW = ["--rounds", "1"]
SHORT = {
    "dispatch": [*FEW, "--messages", "60", "--package", "20", "--peer-messages", "10"],
    "bulk": [*FEW, "--messages", "60", "--only", "expansion"],
    "inline": [*FEW, "--messages", "5"],
    "codes": ["--only", "idle", "--codes", "2"],
    "lists": [*FEW, "--rows", "50", "--keep"],
    "imports": [*FEW, "--rows", "50"],
}


@pytest.mark.processes
@pytest.mark.skipif(connection.vendor != "sqlite", reason="it makes its database itself, and SQLite is everywhere")
@pytest.mark.parametrize("name", SHORT)
def test_it_runs(name: str, tmp_path: Path):
    options = SHORT[name] + (["--database", f"sqlite:///{tmp_path / 'lists.sqlite3'}"] if name == "lists" else [])
    ran = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{name}", *options],
        cwd=Path(__file__).parents[2],
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("\n") > 2
