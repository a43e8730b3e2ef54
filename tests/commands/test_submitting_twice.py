"""A form that is submitted twice, to a real server process with a database in a file."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import requests

from tests.commands.test_viber_worker import Site, wait_for
from tests.processes import HANG_SECONDS
from viber_messaging.sandbox import Sandbox

pytestmark = pytest.mark.processes

AT_ONCE, ORDERS = 4, 5


@pytest.fixture(params=[False, True], ids=["immediate", "deferred"])
def address(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, closed_port: int) -> Iterator[str]:
    """The address of a site that sends inside its requests."""
    site = Site(tmp_path / "site.sqlite3", sandbox)
    site.environment |= {
        "DJANGO_SETTINGS_MODULE": "tests.commands.order_site",
        "VIBER_DISPATCH": "inline",
        "SITE_BEGINS_BY_READING": str(request.param),
    }
    site.run("migrate", "--verbosity", "0")
    process = site.start("runserver", "--noreload", f"127.0.0.1:{closed_port}")
    try:
        wait_for(lambda: _listens(closed_port))
        yield f"http://127.0.0.1:{closed_port}"
    finally:
        process.terminate()
        output = process.communicate(timeout=HANG_SECONDS)[0]
    assert "Traceback" not in output, output


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("query", ["", "?atomic"])
def test_an_order_that_is_submitted_by_several_at_once_is_told_once(address: str, sandbox: Sandbox, query: str):
    for order in range(ORDERS):
        barrier = Barrier(AT_ONCE)

        def submit(_number: int, url: str = f"{address}/ship/{order}/{query}", barrier: Barrier = barrier) -> str:
            barrier.wait()
            answer = requests.post(url, timeout=HANG_SECONDS)
            assert answer.status_code == 200
            return answer.text

        with ThreadPoolExecutor(AT_ONCE) as pool:
            references = set(pool.map(submit, range(AT_ONCE)))
        assert len(references) == 1
        wait_for(lambda count=order + 1: len(sandbox.accepted) == count)
    assert len(sandbox.accepted) == ORDERS
    assert set(sandbox.submissions.values()) == {1}
