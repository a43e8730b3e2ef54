"""Celery with real workers on real brokers. Needs Redis, RabbitMQ and PostgreSQL: ``pytest -m services``."""

import os
import uuid
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.commands.test_viber_worker import CREATE, rows, wait_for
from tests.processes import HANG_SECONDS
from tests.tasks.brokers import RABBITMQ, REDIS, CelerySite
from tests.tasks.sockets import children_of, sockets_to
from viber_messaging.sandbox import Sandbox
from viber_messaging.sandbox.wire.parser import SEND

pytestmark = [pytest.mark.services, pytest.mark.processes]

POSTGRESQL = os.environ.get("POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432")
SEND_COUNT = 200
SETTLED = {"accepted", "delivered"}


@pytest.fixture
def database_url() -> Iterator[str]:
    """A PostgreSQL database for one test."""
    psycopg = pytest.importorskip("psycopg")
    name = f"viber_celery_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{POSTGRESQL}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=[REDIS, RABBITMQ], ids=["redis", "rabbitmq"])
def site(request: pytest.FixtureRequest, database_url: str, sandbox: Sandbox) -> Iterator[CelerySite]:
    with CelerySite(database_url, sandbox, request.param) as site:
        yield site


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "workers.log"


def assert_each_was_accepted_once(site: CelerySite, sandbox: Sandbox, count: int) -> None:
    wait_for(lambda: len(sandbox.accepted) == count)
    wait_for(lambda: {row[1] for row in rows(site)} <= SETTLED)
    after = rows(site)
    assert len(after) == count
    assert {sandbox.times_accepted(int(row[0])) for row in after} == {1}
    assert set(sandbox.submissions.values()) == {1}
    assert {row[2] for row in after} == {str(message.msg_id) for message in sandbox.accepted.values()}


def test_two_workers_send_two_hundred_messages_once_each(site: CelerySite, sandbox: Sandbox, log: Path):
    with site.celery_workers(log):
        site.python(CREATE.format(count=SEND_COUNT, phone="+380971234567"))
        assert_each_was_accepted_once(site, sandbox, SEND_COUNT)
    assert "Traceback" not in log.read_text()


def test_celery_and_viber_worker_together_send_each_once(site: CelerySite, sandbox: Sandbox, log: Path):
    ours = [site.start("viber_worker", "--interval", "0.1") for _ in range(2)]
    try:
        with site.celery_workers(log):
            site.python(CREATE.format(count=SEND_COUNT, phone="+380971234567"))
            assert_each_was_accepted_once(site, sandbox, SEND_COUNT)
    finally:
        for process in ours:
            process.terminate()
        outputs = [process.communicate(timeout=HANG_SECONDS)[0] for process in ours]
    assert "Traceback" not in log.read_text() + "".join(outputs)


def test_children_of_a_worker_share_no_connection(site: CelerySite, sandbox: Sandbox, log: Path):
    database_port = urlsplit(site.environment["DATABASE_URL"]).port or 5432
    with site.celery_workers(log, count=1, concurrency=2) as (parent,):
        site.python(CREATE.format(count=20, phone="+380971234567"))
        assert_each_was_accepted_once(site, sandbox, 20)
        children = children_of(parent.pid)
        assert len(children) == 2
        held = {pid: sockets_to(database_port, pid) for pid in (parent.pid, *children)}
        to_gateway = [sockets_to(urlsplit(sandbox.url).port or 80, pid) for pid in held]
    assert all(held[one].isdisjoint(held[other]) for one, other in combinations(held, 2))
    assert to_gateway == [set(), set(), set()]


def send_count(sandbox: Sandbox) -> int:
    return sum(record.command == SEND for record in sandbox.requests)


def test_a_hundred_copies_of_a_nudge_send_nothing_twice(site: CelerySite, sandbox: Sandbox, log: Path):
    site.python(CREATE.format(count=5, phone="+380971234567"))
    site.python("from viber_messaging import tasks\nfor n in range(100): tasks.enqueue_with_celery()")
    with site.celery_workers(log):
        assert_each_was_accepted_once(site, sandbox, 5)
        wait_for(lambda: log.read_text().count("Received a nudge") >= 105)
        sent = send_count(sandbox)
        site.python("from viber_messaging import tasks\nfor n in range(20): tasks.enqueue_with_celery()")
        wait_for(lambda: log.read_text().count("Received a nudge") >= 125)
    assert send_count(sandbox) == sent <= 5
    # They are delivered by the time that one may ask: each of the four children asks once at most.
    assert sandbox.request_count - sent <= 5 * 4


def test_nudges_that_the_broker_loses_lose_no_message(site: CelerySite, sandbox: Sandbox):
    site.python(CREATE.format(count=5, phone="+380971234567"))
    assert site.purge() == 5
    assert {row[1] for row in rows(site)} == {"queued"}
    site.run("viber_worker", "--once")
    assert_each_was_accepted_once(site, sandbox, 5)


def test_what_waits_in_the_broker_names_nobody(site: CelerySite, sandbox: Sandbox):
    site.python(CREATE.format(count=1, phone="+380971234567"))
    (message,) = site.messages()
    assert "viber_messaging.run_due" in message
    for secret in ("380971234567", "SMSTest", sandbox.key, rows(site)[0][0]):
        assert secret not in message


def test_a_broker_that_is_down_loses_nothing(site: CelerySite, sandbox: Sandbox, closed_port: int):
    broker = site.broker
    site.environment |= {"SITE_BROKER": broker.replace(str(urlsplit(broker).port), str(closed_port))}
    output = site.python(CREATE.format(count=5, phone="+380971234567"))
    assert output.count("The nudge failed (OperationalError: ") == 5
    assert {row[1] for row in rows(site)} == {"queued"}
    site.run("viber_worker", "--once")
    assert_each_was_accepted_once(site, sandbox, 5)


def test_a_soft_time_limit_ends_the_task_and_leaves_nothing_behind_in_it(site: CelerySite, sandbox: Sandbox, log: Path):
    site.environment |= {"VIBER_TOTAL_TIMEOUT": "20", "VIBER_READ_TIMEOUT": "20", "VIBER_CLAIM_TIMEOUT": "600"}
    site.environment |= {"VIBER_PACKAGE_SIZE": "5", "VIBER_DISPATCH": "worker"}
    site.python(CREATE.format(count=20, phone="+380971234567"))
    sandbox.fail_next("silence", command=SEND)
    with site.celery_workers(log, 1, 1, "--soft-time-limit=2", "--time-limit=20"):
        site.python("from viber_messaging import tasks\ntasks.enqueue_with_celery()")
        wait_for(lambda: "SoftTimeLimitExceeded" in log.read_text())
        wait_for(lambda: {row[1] for row in rows(site)} == {"unconfirmed", "queued"})
        assert sum(row[1] == "unconfirmed" for row in rows(site)) == 5
        site.python("from viber_messaging import tasks\ntasks.enqueue_with_celery()")
        assert_each_was_accepted_once(site, sandbox, 20)
    assert "Hard time limit" not in log.read_text()


@pytest.mark.parametrize("dispatch", ["celery", "inline"])
def test_a_task_that_is_tried_again_sends_once(site: CelerySite, sandbox: Sandbox, log: Path, dispatch: str):
    site.environment["VIBER_DISPATCH"] = dispatch
    with site.celery_workers(log):
        site.python("from tests.tasks import shop\nfor n in range(5): shop.tell_and_fail.delay(f'order-{n}')")
        wait_for(lambda: _succeeded(log) == 5)
        assert_each_was_accepted_once(site, sandbox, 5)
    assert log.read_text().count("Retry in") == 5 * 2


def _succeeded(log: Path) -> int:
    return sum("tell_and_fail" in line and "succeeded" in line for line in log.read_text().splitlines())


@pytest.mark.parametrize("dispatch", ["celery", "inline"])
def test_a_task_whose_process_dies_after_the_call_sends_once(
    site: CelerySite, sandbox: Sandbox, log: Path, tmp_path: Path, dispatch: str
):
    site.environment["VIBER_DISPATCH"] = dispatch
    mark = tmp_path / "died"
    with site.celery_workers(log, count=1):
        site.python(f"from tests.tasks import shop\nshop.tell_and_die.delay('order-42', {str(mark)!r})")
        wait_for(lambda: Path(f"{mark}-done").exists())
        assert_each_was_accepted_once(site, sandbox, 1)
    assert mark.exists()
