"""The files that people copy to their servers."""

import re
import runpy
import shlex
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import celery
import pytest
from django.core.management import load_command_class
from django.utils import timezone

from tests.commands.test_viber_worker import Site
from viber_messaging.conf import Conf
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.tasks import run_due_celery

DEPLOY = Path(__file__).parents[1] / "docs" / "deploy"
UNIT = (DEPLOY / "viber-worker.service").read_text(encoding="utf-8")
CRON = (DEPLOY / "viber.cron").read_text(encoding="utf-8")
MANAGE = re.compile(r"manage\.py (\w+)([^>\n]*)")
CRON_LINE = re.compile(r"(?:[0-9*/,-]+ ){5}www-data cd \$SITE && venv/bin/python manage\.py .+ >/dev/null")


@pytest.mark.parametrize(("command", "arguments"), MANAGE.findall(UNIT + CRON))
def test_each_command_line_is_one_that_the_command_takes(command: str, arguments: str):
    parser = load_command_class("viber_messaging", command).create_parser("manage.py", command)
    assert parser.parse_args(shlex.split(arguments))


def test_each_line_of_the_cron_file_is_a_comment_a_variable_or_a_job():
    lines = [line for line in CRON.splitlines() if not line.startswith("#")]
    jobs = [line for line in lines if not re.fullmatch(r"[A-Z]+=\S+", line)]
    assert len(jobs) == 3
    assert [line for line in jobs if not CRON_LINE.fullmatch(line)] == []


@pytest.mark.processes
def test_the_jobs_of_cron_are_silent_while_all_is_well(tmp_path: Path, sandbox: Sandbox):
    site = Site(tmp_path / "db.sqlite3", sandbox)
    site.environment |= {"VIBER_APIKEY": "misspelt, so that the checks warn", "LOG_LEVEL": "WARNING"}
    assert "viber_messaging.W" in site.run("migrate")
    for command, arguments in MANAGE.findall(CRON):
        assert "viber_messaging.W" not in site.run(command, *shlex.split(arguments), "--no-color")


@pytest.mark.processes
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_the_unit_is_one_that_systemd_takes(tmp_path: Path):
    unit = tmp_path / "viber-worker.service"
    unit.write_text(UNIT.replace("/srv/site/venv/bin/python", sys.executable), encoding="utf-8")
    ran = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert [line for line in ran.stderr.splitlines() if "viber-worker" in line] == []


def test_a_worker_is_given_the_time_to_finish_its_package():
    stop_seconds = int(re.findall(r"TimeoutStopSec=(\d+)", UNIT)[0])
    assert Conf.TOTAL_TIMEOUT.default < stop_seconds < Conf.CLAIM_TIMEOUT.default


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the file for Celery defines, without telling the apps of other tests of its task."""

    def shared_task(name: str, **options: Any) -> Any:
        return lambda function: SimpleNamespace(name=name, run=function)

    monkeypatch.setattr(celery, "shared_task", shared_task)
    return runpy.run_path(str(DEPLOY / "celery_beat.py"))


def test_beat_calls_tasks_that_there_are(example: dict[str, Any]):
    known = {run_due_celery.name, example["prune_viber"].name}
    assert {entry["task"] for entry in example["CELERY_BEAT_SCHEDULE"].values()} == known


@pytest.mark.django_db
def test_beats_task_prunes(make_message: Any, configure: Any, example: dict[str, Any]):
    configure(DISPATCH="worker")
    long_ago = timezone.now() - timedelta(days=400)
    make_message(state="delivered", completed_at=long_ago)
    make_message(state="delivered", completed_at=timezone.now())
    example["prune_viber"].run()
    assert Message.objects.count() == 1
