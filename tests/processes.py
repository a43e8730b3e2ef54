"""Processes that tests start: only where the marker ``processes`` says so, and none outlives its test."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest

HANG_SECONDS = 120
"""How long a test waits for what should happen at once: a busy machine is slow, and only a hang takes this long."""


@contextmanager
def watched_processes(*, allowed: bool) -> Iterator[None]:
    """End what is started in this block and still runs; if nothing may be started, fail the test that does."""
    started: list[subprocess.Popen[Any]] = []
    start = subprocess.Popen.__init__

    def start_and_remember(process: subprocess.Popen[Any], *args: Any, **options: Any) -> None:
        if not allowed:
            pytest.fail("This test starts a process: mark it with @pytest.mark.processes.")
        start(process, *args, **options)
        started.append(process)

    with mock.patch.object(subprocess.Popen, "__init__", start_and_remember):
        yield
    for process in started:
        _end(process)


def _end(process: "subprocess.Popen[Any]") -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
