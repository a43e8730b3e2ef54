"""Behind PgBouncer in transaction pooling all is sent, counted and exported. Needs both: ``pytest -m services``."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.commands.test_viber_worker import Site, wait_for
from tests.pooler import bouncer
from tests.pooler.visits import PEOPLE
from tests.processes import HANG_SECONDS
from viber_messaging.sandbox import Sandbox

pytestmark = [pytest.mark.services, pytest.mark.processes]

NO_CURSORS = "?DISABLE_SERVER_SIDE_CURSORS=true"
LINES = PEOPLE + 1
"""Of a file with the campaign's messages, the heading among them. One person more is known, and opted out."""


@pytest.fixture(scope="module")
def gateway() -> Iterator[Sandbox]:
    with Sandbox(key="canary-key-7f3a", seconds_to_deliver=0) as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, gateway: Sandbox) -> Iterator[Site]:
    """A site behind the pooler, which sent a campaign by two workers."""
    assert bouncer.program(), "Install Debian's package pgbouncer."
    name = f"viber_pooler_{uuid.uuid4().hex[:12]}"
    with bouncer.bouncer(tmp_path_factory.mktemp("bouncer")) as server, database(name):
        site = Site(Path("unused"), gateway)
        site.environment["DATABASE_URL"] = f"{server}/{name}"
        site.run("migrate", "--verbosity", "0")
        do(site, "populate")
        send(site, gateway)
        yield site


@contextmanager
def database(name: str) -> Iterator[None]:
    """Make a database at the server itself, and drop it."""
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(f"{bouncer.POSTGRESQL}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def send(site: Site, gateway: Sandbox) -> None:
    """Let two workers send until the gateway has everything, then ask what became of it."""
    workers = [site.start("viber_worker", "--interval", "0.1") for _ in range(2)]
    try:
        wait_for(lambda: len(gateway.accepted) == PEOPLE)
    finally:
        for worker in workers:
            worker.terminate()
        outputs = "".join(worker.communicate(timeout=HANG_SECONDS)[0] for worker in workers)
    assert "Traceback" not in outputs
    site.run("viber_worker", "--once")


def do(site: Site, visit: str) -> Any:
    """Make one of the visits in a process of its own; return what it printed."""
    output = site.python(f"from tests.pooler import visits; visits.{visit}()")
    return json.loads(output.splitlines()[-1]) if output.strip() else None


def test_a_campaign_is_sent_once_to_each(site: Site, gateway: Sandbox):
    assert len({message.phone for message in gateway.accepted.values()}) == PEOPLE
    assert set(gateway.submissions.values()) == {1}


def test_exports_are_whole(site: Site):
    assert do(site, "exports") == {kind: [LINES + 1, LINES, LINES + 1] for kind in ("xlsx", "csv")}


def test_the_admin_exports_whole_files(site: Site):
    assert do(site, "downloads") == [LINES + 1, LINES, LINES, LINES]


def test_statistics_count_everything(site: Site):
    found = do(site, "statistics")
    assert sum(found.pop("delays")) > 0  # of those whose delivery was asked about by now
    # On a slow machine, the worker, which has ended, was last seen more than two minutes ago.
    assert [told for told in found.pop("complaints") if not told.startswith("no worker is running")] == []
    assert found == {
        "states": PEOPLE,
        "prefixes": PEOPLE,
        "days": [PEOPLE, PEOPLE],
        "waiting": 0,
    }


def test_every_page_answers_with_the_setting_that_django_asks_for(site: Site, monkeypatch: pytest.MonkeyPatch):
    """Django's own forms read choices by a cursor on the server, unless that is switched off."""
    monkeypatch.setitem(site.environment, "DATABASE_URL", f"{site.environment['DATABASE_URL']}{NO_CURSORS}")
    assert do(site, "pages") == []
