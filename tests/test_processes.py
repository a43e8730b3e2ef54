"""The default run starts no process, and a test that fails leaves none behind."""

import subprocess
import sys

import pytest

from tests.processes import watched_processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def test_a_test_without_the_marker_starts_no_process():
    with pytest.raises(pytest.fail.Exception, match=r"mark it with @pytest\.mark\.processes"):
        subprocess.run(SLEEP, check=False)


@pytest.mark.processes
def test_what_a_test_started_ends_with_it():
    with watched_processes(allowed=True):
        process = subprocess.Popen(SLEEP, stdout=subprocess.PIPE)
    assert process.returncode is not None
    assert process.stdout is not None
    assert process.stdout.closed
