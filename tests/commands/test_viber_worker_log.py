"""What a worker logs where nobody looks at a terminal: in a container, or under systemd."""

import logging
import logging.config
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests import doors
from tests.commands.test_viber_worker import CREATE, Site, wait_for
from tests.moments import Moments
from tests.processes import HANG_SECONDS
from viber_messaging.management.commands import viber_worker
from viber_messaging.sandbox import Sandbox

MONITOR = Path(__file__).parents[2] / "docs" / "howto" / "monitor.md"
LOGGER = "viber_messaging.management.worker_log"


@contextmanager
def logging_of_the_page() -> Iterator[None]:
    """Load the LOGGING block that people copy, and put back what was there."""
    (block,) = re.findall(r"^```python\n(LOGGING = .*?)^```$", MONITOR.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(block, names)
    ours = logging.getLogger("viber_messaging")
    before = ours.handlers[:], ours.level, ours.propagate
    logging.config.dictConfig(names["LOGGING"])
    try:
        yield
    finally:
        ours.handlers[:], ours.level, ours.propagate = before


@pytest.fixture
def rounds(moments: Moments) -> viber_worker.Command:
    """A command that ends after two rounds."""
    command, started, count = viber_worker.Command(), moments.original("a run"), 0

    def run_and_count(**options: Any) -> doors.Report:
        nonlocal count
        count += 1
        if count == 2:
            command._stop.set()
        return started(**options)

    moments.replace("a run", run_and_count)
    return command


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.name == LOGGER]


def test_its_start_each_round_with_work_and_its_end_are_logged(
    gateway: Sandbox, make_message: Any, rounds: viber_worker.Command, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, LOGGER)
    make_message()
    call_command(rounds, interval=0)
    start, *done, end = logged(caplog)
    assert re.match(r"Worker started: checks for due messages every 0 s, version \d+\.\d+\.\d+, database ", start)
    assert start.endswith("DISPATCH 'worker'.")
    assert done[0] == "Round done: 1 accepted."
    assert end.startswith("Worker ended: 1 ")
    events = [record.viber_event for record in caplog.records if record.name == LOGGER]
    assert (events[0], events[1], events[-1]) == ("worker_started", "round_done", "worker_ended")


def test_rounds_without_work_are_not_logged(
    gateway: Sandbox, rounds: viber_worker.Command, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, LOGGER)
    call_command(rounds, interval=0)
    assert [message.partition(":")[0] for message in logged(caplog)] == ["Worker started", "Worker ended"]


def test_a_terminal_gets_no_log(
    gateway: Sandbox,
    rounds: viber_worker.Command,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    caplog.set_level(logging.INFO, LOGGER)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    call_command(rounds, interval=0)
    assert logged(caplog) == []


def test_cron_is_told_of_work_only(gateway: Sandbox, make_message: Any, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, LOGGER)
    call_command("viber_worker", once=True)
    assert logged(caplog) == []
    make_message()
    call_command("viber_worker", once=True)
    assert logged(caplog) == ["Round done: 1 accepted."]


def test_the_block_on_the_page_shows_these_lines(
    gateway: Sandbox, make_message: Any, capsys: pytest.CaptureFixture[str]
):
    make_message()
    with logging_of_the_page():
        call_command("viber_worker", once=True)
    shown = capsys.readouterr().err
    assert re.search(rf"^\S+ \S+ INFO {re.escape(LOGGER)} Round done: 1 accepted\.$", shown, re.MULTILINE), shown


@pytest.mark.processes
def test_a_worker_whose_site_shows_no_log_says_so_at_its_start(tmp_path: Path, sandbox: Sandbox):
    site = Site(tmp_path / "db.sqlite3", sandbox)
    site.environment["LOG_LEVEL"] = "WARNING"
    site.run("migrate", "--verbosity", "0")
    process = site.start("viber_worker")
    assert process.stdout is not None
    line = next(line for line in process.stdout if line.startswith("Worker"))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=HANG_SECONDS)
    assert line.startswith("Worker started: ")
    assert line.endswith("let LOGGING show the logger viber_messaging at the level INFO.\n")


@pytest.mark.processes
def test_a_worker_in_a_container_logs_while_it_works(tmp_path: Path, sandbox: Sandbox):
    site = Site(tmp_path / "db.sqlite3", sandbox)
    site.environment["LOG_LEVEL"] = "INFO"
    site.run("migrate", "--verbosity", "0")
    site.python(CREATE.format(count=3, phone="+380971234567"))
    process = site.start("viber_worker")
    wait_for(lambda: len(sandbox.accepted) == 3)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=HANG_SECONDS)
    assert re.search(r"^Worker started: .+, database sqlite, DISPATCH 'worker'\.$", output, re.MULTILINE), output
    assert re.search(r"^Round done: 3 accepted", output, re.MULTILINE), output
    assert re.search(r"^Worker ended: 3 accepted", output, re.MULTILINE), output
    assert "380971234567" not in output
