"""One second of "too many requests" met by six workers, and by a site that sends inside its requests."""

import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.commands.test_viber_worker import CREATE, Site, wait_for
from viber_messaging.sandbox import Sandbox
from viber_messaging.sandbox.wire.parser import SEND

pytestmark = pytest.mark.processes

POSTGRESQL = os.environ.get("POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432")
WORKERS = 6
LONGEST_PAUSE_SECONDS = 30 * 1.2
"""The default RETRY_DELAY with its jitter: with a round each 5 s, sending goes on within 45 s."""

DESCRIBE = (
    "from viber_messaging.models import Connection\n"
    "c = Connection.objects.get()\n"
    "print('ROW', c.failure_count, c.package_limit, (c.paused_until - c.failed_at).total_seconds())"
)
SEND_INLINE = """
import threading
from viber_messaging.api import send_message
def send():
    from django.db import connection
    for n in range(10):
        send_message("+380971234567", str(n), sender="SMSTest")
    connection.close()
threads = [threading.Thread(target=send) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Iterator[Site]:
    """A site with the default RETRY_DELAY."""
    site = Site(tmp_path / "site.sqlite3", sandbox)
    site.environment |= {"VIBER_CLAIM_TIMEOUT": "300", "VIBER_TOTAL_TIMEOUT": "60", "VIBER_PACKAGE_SIZE": "10"}
    del site.environment["VIBER_RETRY_DELAY"]
    if request.param == "sqlite":
        site.run("migrate", "--verbosity", "0")
        yield site
        return
    psycopg = pytest.importorskip("psycopg")
    name = f"viber_outage_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        site.environment["DATABASE_URL"] = f"{POSTGRESQL}/{name}"
        site.run("migrate", "--verbosity", "0")
        yield site
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def throttle_for_a_second(sandbox: Sandbox) -> None:
    """Answer 212 for a second from now on."""
    sandbox.fail_all("error-212")
    time.sleep(1)
    sandbox.fail_all(None)


def assert_it_was_one_outage(site: Site) -> None:
    (line,) = [line for line in site.python(DESCRIBE).splitlines() if line.startswith("ROW")]
    failures, package, pause = line.split()[1:]
    assert (failures, package) == ("1", "5")
    assert float(pause) <= LONGEST_PAUSE_SECONDS


def test_six_workers_count_it_once(site: Site, sandbox: Sandbox):
    site.environment |= {"VIBER_RATE_LIMIT": "50"}
    site.python(CREATE.format(count=1200, phone="+380971234567"))
    workers = [site.start("viber_worker", "--interval", "0.2") for _ in range(WORKERS)]
    try:
        wait_for(lambda: len(sandbox.accepted) >= 150)
        throttle_for_a_second(sandbox)
        assert_it_was_one_outage(site)
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()
    assert set(sandbox.submissions.values()) <= {1, 2}


def test_a_site_that_sends_inside_its_requests_counts_it_once(site: Site, sandbox: Sandbox):
    site.environment |= {"VIBER_DISPATCH": "inline"}
    stop = threading.Event()
    processes: list[Any] = []

    def keep_sending() -> None:
        while not stop.is_set():
            process = site.start("shell", "--verbosity", "0", "-c", SEND_INLINE)
            processes.append(process)
            process.communicate()

    threads = [threading.Thread(target=keep_sending) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: sum(request.command == SEND for request in sandbox.requests) >= 40)
        throttle_for_a_second(sandbox)
        assert_it_was_one_outage(site)
    finally:
        stop.set()
        for process in processes:
            with suppress(ProcessLookupError):
                process.kill()
        for thread in threads:
            thread.join()
