"""The worker as an operator runs it: real processes, real signals, real kills."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests import doors
from tests.doors import Report
from tests.moments import Moments
from tests.processes import HANG_SECONDS
from viber_messaging.management.commands import viber_worker
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome, MessageState

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    return tmp_path / "site.sqlite3"


class Site:
    """A site in a database file of its own, driven by processes of its own."""

    def __init__(self, database_file: Path, sandbox: Sandbox) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("VIBER_")},
            "DJANGO_SETTINGS_MODULE": "project.settings",
            "DATABASE_URL": f"sqlite:///{database_file}",
            "VIBER_API_URL": sandbox.url,
            "VIBER_API_KEY": sandbox.key,
            "VIBER_DISPATCH": "worker",
            "VIBER_CLAIM_TIMEOUT": "2",
            "VIBER_TOTAL_TIMEOUT": "1.5",
            "VIBER_RETRY_DELAY": "0.2",
            "LOG_LEVEL": "DEBUG",
        }

    def start(self, *arguments: str, hangup: signal.Handlers = signal.SIG_DFL) -> subprocess.Popen[str]:
        """Start a command that treats SIGHUP so, however the tests were started: ``nohup`` has it ignored."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=partial(signal.signal, signal.SIGHUP, hangup),
        )  # fmt: skip

    def run(self, *arguments: str) -> str:
        output, code = self.end_of(*arguments)
        assert code == 0, output
        return output

    def end_of(self, *arguments: str) -> tuple[str, int]:
        """Return what a command prints, and its exit status."""
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=HANG_SECONDS)
        return output, process.returncode

    def python(self, code: str) -> str:
        return self.run("shell", "--verbosity", "0", "-c", code)


@pytest.fixture
def site(database_file: Path, sandbox: Sandbox) -> Site:
    site = Site(database_file, sandbox)
    site.run("migrate", "--verbosity", "0")
    return site


CREATE = (
    "from viber_messaging.models import Message\n"
    "for n in range({count}): Message.objects.create(sender='SMSTest', phone='{phone}', text=str(n))"
)
DESCRIBE = (
    "from viber_messaging.models import Message\n"
    "for m in Message.objects.all():\n"
    "    print(m.reference, m.state, m.msg_id or '-', ','.join(m.attempts.values_list('outcome', flat=True)) or '-')"
)


def rows(site: Site) -> list[list[str]]:
    return [line.split() for line in site.python(DESCRIBE).splitlines() if line.count(" ") == 3]


def wait_for(condition: Callable[[], bool], seconds: float = HANG_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.processes
def test_a_worker_killed_between_the_post_and_the_record_loses_nothing_and_sends_nothing_twice(
    site: Site, sandbox: Sandbox
):
    site.python(CREATE.format(count=3, phone="+380971234567"))
    sandbox.fail_next("silence", command="message-viber")
    process = site.start("viber_worker", "--once")
    wait_for(lambda: len(sandbox.accepted) == 3)
    process.kill()
    process.communicate()
    assert {row[1] for row in rows(site)} == {"sending"}
    time.sleep(2.1)
    site.run("viber_worker", "--once")
    for reference, state, msg_id, outcomes in rows(site):
        assert state in ("accepted", "delivered")
        assert msg_id == str(sandbox.accepted[int(reference)].msg_id)
        assert outcomes == "unknown"
        assert sandbox.submissions[int(reference)] == 1


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_worker_that_is_asked_to_stop_finishes_the_package_in_flight(
    site: Site, sandbox: Sandbox, number: signal.Signals
):
    site.environment |= {"VIBER_PACKAGE_SIZE": "1", "VIBER_RATE_LIMIT": "5"}
    site.python(CREATE.format(count=40, phone="+380971234567"))
    process = site.start("viber_worker")
    wait_for(lambda: len(sandbox.accepted) >= 2)
    process.send_signal(number)
    output, _ = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 0, output
    assert output.splitlines()[-1].startswith("Finished:")
    after = rows(site)
    assert {row[1] for row in after} <= {"accepted", "delivered", "queued"}
    assert sum(row[1] != "queued" for row in after) == len(sandbox.accepted) < 40


@pytest.mark.processes
def test_a_message_of_no_campaign_does_not_wait_for_the_next_round(site: Site, sandbox: Sandbox):
    process = site.start("viber_worker", "--interval", "3600")
    site.python(CREATE.format(count=1, phone="+380971234567"))
    wait_for(lambda: len(sandbox.accepted) == 1)
    site.python(CREATE.format(count=1, phone="+380971234567"))
    wait_for(lambda: len(sandbox.accepted) == 2)
    process.send_signal(signal.SIGTERM)
    assert "2 accepted" in process.communicate(timeout=HANG_SECONDS)[0]


def test_a_round_that_met_a_problem_is_not_begun_again_at_once(gateway: Sandbox, make_message: Any, moments: Moments):
    make_message()
    gateway.fail_all("error-202")
    command = viber_worker.Command()
    moments.forbid("the look for single messages")
    moments.set("seconds between looks of the command", 0.01)
    started = moments.original("a run")

    def run_and_end(**kwargs: Any) -> Report:
        report = started(**kwargs)
        threading.Timer(0.2, command._stop.set).start()
        return report

    moments.replace("a run", run_and_end)
    call_command(command)
    assert gateway.request_count == 1


@pytest.mark.processes
def test_a_worker_that_nohup_started_outlives_its_terminal(site: Site, sandbox: Sandbox):
    site.environment |= {"VIBER_PACKAGE_SIZE": "1", "VIBER_RATE_LIMIT": "10"}
    site.python(CREATE.format(count=10, phone="+380971234567"))
    process = site.start("viber_worker", "--once", hangup=signal.SIG_IGN)
    wait_for(lambda: len(sandbox.accepted) >= 2)
    process.send_signal(signal.SIGHUP)
    output, _ = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 0, output
    assert len(sandbox.accepted) == 10


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_stops_at_once(site: Site, sandbox: Sandbox, number: signal.Signals):
    site.environment |= {"VIBER_CLAIM_TIMEOUT": "300", "VIBER_TOTAL_TIMEOUT": "60"}
    site.python(CREATE.format(count=1, phone="+380971234567"))
    sandbox.fail_next("silence", command="message-viber")
    process = site.start("viber_worker")
    wait_for(lambda: len(sandbox.accepted) == 1)
    process.send_signal(number)

    def ends_at_another_signal() -> bool:
        process.send_signal(number)  # Two that come before the process runs again are one.
        return process.poll() is not None

    wait_for(ends_at_another_signal)
    assert process.returncode == 130
    assert [row[1] for row in rows(site)] == ["sending"]


@pytest.mark.processes
def test_four_workers_at_once_send_each_message_once(site: Site, sandbox: Sandbox):
    site.environment |= {"VIBER_PACKAGE_SIZE": "7"}
    site.python(CREATE.format(count=100, phone="+380971234567"))
    processes = [site.start("viber_worker", "--once") for _ in range(4)]
    for process in processes:
        output, _ = process.communicate(timeout=HANG_SECONDS)
        assert process.returncode == 0, output
        assert "locked" not in output
    assert len(sandbox.accepted) == 100
    assert set(sandbox.submissions.values()) == {1}
    assert {row[1] for row in rows(site)} <= {"accepted", "delivered"}


@pytest.mark.processes
def test_the_key_appears_nowhere_whatever_the_gateway_does(site: Site, sandbox: Sandbox, database_file: Path):
    logs = ""
    for scenario in ("error-202", "http-502", "garbage", "dropped", "http-302", "lost-answer"):
        site.python(CREATE.format(count=1, phone="+380971234567"))
        sandbox.fail_next(scenario)
        output, code = site.end_of("viber_worker", "--once")
        assert code in (0, 1), output
        logs += output
        time.sleep(0.5)
    files = b"".join(path.read_bytes() for path in database_file.parent.iterdir())
    assert sandbox.key.encode() not in files
    assert sandbox.key not in logs
    assert "380971234567" not in logs


def test_one_round_prints_one_summary_line(gateway: Sandbox, capsys: pytest.CaptureFixture[str], make_message: Any):
    make_message()
    call_command("viber_worker", once=True)
    assert capsys.readouterr().out == "Finished: 1 accepted.\n"


def test_a_refusal_is_told_in_one_sentence_and_the_command_fails(gateway: Sandbox, make_message: Any):
    make_message()
    gateway.fail_all("error-202")
    refused = "The gateway refused the request: Authorization error (202)."
    with pytest.raises(CommandError) as caught:
        call_command("viber_worker", once=True)
    assert str(caught.value) == f"Finished: 1 queued. {refused}"
    with pytest.raises(CommandError) as caught:
        call_command("viber_worker", once=True)
    assert str(caught.value) == f"Finished: nothing was sent. {refused}"


def test_what_a_person_stopped_is_no_failure(gateway: Sandbox, make_message: Any, capsys: pytest.CaptureFixture[str]):
    doors.stop_all()
    make_message()
    call_command("viber_worker", once=True)
    assert capsys.readouterr().out == (
        "Finished: nothing was sent. A person stopped all sending. The messages wait until a person resumes it.\n"
    )


def test_missing_tables_are_told_with_what_to_do(transactional_db: None, monkeypatch: pytest.MonkeyPatch):
    with connection.schema_editor() as editor:
        editor.alter_db_table(Message, Message._meta.db_table, "elsewhere")
    try:
        with pytest.raises(CommandError, match="run manage\\.py migrate"):
            call_command("viber_worker", once=True)
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(Message, "elsewhere", Message._meta.db_table)


@pytest.mark.parametrize("options", [{"interval": -1}, {"limit": 0}])
def test_senseless_options_are_refused(options: dict[str, Any]):
    with pytest.raises(CommandError):
        call_command("viber_worker", once=True, **options)


def test_outcomes_are_words_of_the_contract():
    assert set(AttemptOutcome.values) == {"accepted", "rejected", "not_sent", "unknown"}
    assert MessageState.UNCONFIRMED == "unconfirmed"
