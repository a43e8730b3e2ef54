"""Workers of a site whose PostgreSQL serializes transactions: what it refuses in passing is no outage."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import pytest

from tests.commands.test_viber_worker import ROOT, Site, wait_for
from tests.processes import HANG_SECONDS
from viber_messaging.sandbox import Sandbox

pytestmark = [pytest.mark.processes, pytest.mark.services]

POSTGRESQL = os.environ.get("POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432")
COUNT = 3000
WORKERS = 4
CREATE = (
    "from viber_messaging.api import send_messages\n"
    "from viber_messaging.models import Message\n"
    f"send_messages(Message(sender='SMSTest', phone='+380971234567', text=str(n)) for n in range({COUNT}))"
)
DESCRIBE = (
    "from collections import Counter\n"
    "from viber_messaging.models import Message\n"
    "print(dict(Counter(Message.objects.values_list('state', flat=True))))"
)


@pytest.fixture(params=["serializable", "repeatable read"])
def site(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Iterator[Site]:
    psycopg = pytest.importorskip("psycopg")
    name = f"viber_isolation_{uuid.uuid4().hex[:12]}"
    site = Site(tmp_path / "unused", sandbox)
    site.environment |= {
        "DATABASE_URL": f"{POSTGRESQL}/{name}",
        "VIBER_PACKAGE_SIZE": "20",
        "VIBER_CLAIM_TIMEOUT": "300",
        "VIBER_TOTAL_TIMEOUT": "60",
        "LOG_LEVEL": "INFO",
    }
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        site.run("migrate", "--verbosity", "0")
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation TO '{request.param}'")
        yield site
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def start(site: Site, log: IO[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "manage.py", "viber_worker", "--interval", "0.2"]
    return subprocess.Popen(command, cwd=ROOT, env=site.environment, stdout=log, stderr=log, text=True)


def test_four_workers_meet_no_outage(site: Site, sandbox: Sandbox, tmp_path: Path):
    site.python(CREATE)
    logs = [tmp_path / f"{number}.log" for number in range(WORKERS)]
    with ExitStack() as stack:
        files = [stack.enter_context(log.open("w")) for log in logs]
        workers = [start(site, file) for file in files]
    try:
        wait_for(lambda: len(sandbox.accepted) == COUNT)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(HANG_SECONDS)
    output = "".join(log.read_text() for log in logs)
    assert "Sending pauses" not in output
    assert "The database failed" not in output
    assert "Traceback" not in output
    assert [worker.returncode for worker in workers] == [0] * WORKERS
    assert set(sandbox.submissions.values()) == {1}
    assert "'sending'" not in site.python(DESCRIBE)
