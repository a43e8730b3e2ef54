"""The first thing that a newcomer runs, as it is run."""

import re
import runpy
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

import project
from project.management.commands import demo
from tests.commands.test_viber_worker import Site, wait_for
from tests.processes import HANG_SECONDS
from viber_messaging.sandbox import Sandbox

pytestmark = pytest.mark.processes


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=HANG_SECONDS)


@pytest.fixture
def site(tmp_path: Path, sandbox: Sandbox) -> Site:
    return Site(tmp_path / "db.sqlite3", sandbox)


def test_it_shows_what_became_of_six_messages(site: Site, sandbox: Sandbox):
    output = site.run("demo")
    rows = [re.split(r"\s{2,}", line) for line in output.splitlines() if line.startswith("+380")]
    assert [row[1] for row in rows] == ["text", "image", "button", "image", "text", "text"]
    assert [row[-1] for row in rows] == [
        *["delivered"] * 4, "rejected", "delivered (found again by its reference)"
    ]  # fmt: skip
    assert {row[3] for row in rows} == {"–", *(str(message.msg_id) for message in sandbox.accepted.values())}


def test_it_keeps_the_admin_up_where_one_likes(site: Site, closed_port: int):
    site.environment |= {"PYTHONUNBUFFERED": "1"}
    with ended(site.start("demo", "--serve", str(closed_port))) as process:
        address, user, password = login_told_by(process)
        assert f":{closed_port}/" in address
        session = requests.Session()
        wait_for(lambda: is_up(session, address))
        form = {"username": user, "password": password, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
        page = session.post(f"{address}login/?next=/admin/", form, headers={"Referer": address}, timeout=HANG_SECONDS)
        assert page.status_code == 200
        assert "viber_messaging/message/" in page.text


def login_told_by(process: subprocess.Popen[str]) -> tuple[str, ...]:
    """Read what it prints until it prints its login; return address, user and password."""
    printed = ""
    for line in process.stdout or ():
        told = re.search(r"(http://127\.0\.0\.1:\d+/admin/)\s+user: (\S+)\s+password: (\S+)", line)
        if told is not None:
            return told.groups()
        printed += line
    pytest.fail(printed)


def is_up(session: requests.Session, address: str) -> bool:
    try:
        return session.get(f"{address}login/", timeout=HANG_SECONDS).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("address", ["0.0.0.0:8077", "[::]:8077", "192.168.0.10:8000", "example.com:80"])
def test_the_demo_is_served_to_this_machine_only(address: str):
    with pytest.raises(CommandError, match="this machine only"):
        call_command(demo.Command(), serve=address)


@pytest.mark.parametrize("key", ["", "only-for-the-demo-site"])
def test_with_debug_off_the_demo_site_asks_for_a_key_of_its_own(monkeypatch: pytest.MonkeyPatch, key: str):
    monkeypatch.setenv("DEBUG", "False")
    monkeypatch.setenv("SECRET_KEY", key)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        runpy.run_path(str(Path(project.__file__).parent / "settings.py"))
