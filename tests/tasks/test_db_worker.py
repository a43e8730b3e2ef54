"""django.tasks with a worker of its own: real processes on a site in a database file."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.commands.test_viber_worker import CREATE, Site, rows, wait_for
from tests.processes import HANG_SECONDS
from viber_messaging.sandbox import Sandbox

pytestmark = pytest.mark.processes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "site.sqlite3"


@pytest.fixture
def site(file: Path, sandbox: Sandbox) -> Site:
    site = Site(file, sandbox)
    site.environment |= {
        "DJANGO_SETTINGS_MODULE": "tests.tasks.settings",
        "SITE_HAS_TASKS": "true",
        "VIBER_DISPATCH": "tasks",
    }
    site.run("migrate", "--verbosity", "0")
    return site


@contextmanager
def db_worker(site: Site) -> Iterator[subprocess.Popen[str]]:
    process = site.start("db_worker", "--interval", "0.1", "--no-startup-delay", "--no-reload")
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=HANG_SECONDS)


def queued_tasks(file: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute("SELECT * FROM django_tasks_database_dbtaskresult").fetchall()


def test_a_saved_message_ends_accepted_by_the_site_s_own_task_worker(site: Site, sandbox: Sandbox):
    with db_worker(site):
        site.python(CREATE.format(count=5, phone="+380971234567"))
        wait_for(lambda: len(sandbox.accepted) == 5)
        wait_for(lambda: all(row[1] in ("accepted", "delivered") for row in rows(site)))
    for reference, _, msg_id, _ in rows(site):
        assert msg_id == str(sandbox.accepted[int(reference)].msg_id)
    assert set(sandbox.submissions.values()) == {1}


def test_a_task_s_row_carries_nothing_and_its_copies_ask_nothing(site: Site, sandbox: Sandbox, file: Path):
    site.python(CREATE.format(count=1, phone="+380971234567"))
    (row,) = queued_tasks(file)
    told = " ".join(map(str, row))
    assert '"args": []' in told
    assert '"kwargs": {}' in told
    for secret in ("380971234567", "SMSTest", sandbox.key, rows(site)[0][0]):
        assert secret not in told
    copies = "from viber_messaging import tasks\nfor n in range(100): tasks.enqueue_with_django()"
    site.python(copies)
    assert len(queued_tasks(file)) == 101
    site.run("db_worker", "--batch", "--no-startup-delay", "--no-reload")
    assert set(sandbox.submissions.values()) == {1}
    assert sandbox.request_count <= 3


def test_lost_tasks_lose_no_message(site: Site, sandbox: Sandbox, file: Path):
    site.python(CREATE.format(count=3, phone="+380971234567"))
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("DELETE FROM django_tasks_database_dbtaskresult")
    site.run("viber_worker", "--once")
    assert len(sandbox.accepted) == 3
    assert set(sandbox.submissions.values()) == {1}


def test_a_site_whose_tasks_do_not_take_ours_starts_saves_and_is_told(site: Site, sandbox: Sandbox):
    site.environment |= {"SITE_QUEUES": "mail"}
    output = site.run("shell", "--verbosity", "0", "-c", CREATE.format(count=1, phone="+380971234567"))
    assert "The nudge failed (" in output
    assert "Queue 'default' is not valid for backend" in output
    assert "Traceback" not in output
    assert [row[1] for row in rows(site)] == ["queued"]
    process = site.start("check")
    complaints, _ = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 1
    assert "viber_messaging.E013" in complaints
    site.run("viber_worker", "--once", "--skip-checks")
    assert len(sandbox.accepted) == 1
