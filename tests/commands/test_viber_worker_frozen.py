"""A worker that is frozen before its request leaves, as a suspended host freezes it, and goes on much later."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.commands.test_viber_worker import CREATE, Site, wait_for
from tests.moments import place
from tests.processes import HANG_SECONDS
from viber_messaging.sandbox import Sandbox

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Windows stops no process"),
]

FREEZE = """
import os, signal
from unittest import mock
from django.core.management import call_command
import {module}

original = {module}.{function}

def frozen_first(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGSTOP)
    return original(*args, **kwargs)

with mock.patch("{module}.{function}", frozen_first):
    call_command("viber_worker", once=True)
"""
DESCRIBE = """
from viber_messaging.models import Message
message = Message.objects.get()
outcomes, errors = zip(*message.attempts.order_by("pk").values_list("outcome", "error"))
print("TOLD", "|".join([message.state, message.msg_id, ",".join(outcomes), message.error + " ".join(errors)]))
"""


@pytest.fixture
def site(tmp_path: Path, sandbox: Sandbox) -> Site:
    site = Site(tmp_path / "site.sqlite3", sandbox)
    # On a busy machine, a worker needs seconds from its claim to its request.
    site.environment["VIBER_CLAIM_TIMEOUT"] = "5"
    site.run("migrate", "--verbosity", "0")
    site.python(CREATE.format(count=1, phone="+380971234567"))
    return site


@contextmanager
def frozen(site: Site, where: str) -> "Iterator[subprocess.Popen[str]]":
    """Start a worker that has stopped itself at this function."""
    module, function = where.split(":")
    process = site.start("shell", "--verbosity", "0", "-c", FREEZE.format(module=module, function=function))
    try:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), f"it ended before it came there: {process.stdout and process.stdout.read()}"
        yield process
    finally:
        process.kill()
        process.communicate()


def thaw(process: "subprocess.Popen[str]") -> str:
    process.send_signal(signal.SIGCONT)
    return process.communicate(timeout=HANG_SECONDS)[0]


def work_until_sent(site: Site, sandbox: Sandbox) -> str:
    """Let another worker send what the first one holds, when its claim is too old."""
    process = site.start("viber_worker", "--interval", "0.2")
    wait_for(lambda: bool(sandbox.accepted))
    process.terminate()
    return process.communicate(timeout=HANG_SECONDS)[0]


@pytest.mark.parametrize(
    ("where", "submissions", "outcome", "error"),
    [
        (place("the look at a claim's time"), 1, "", ""),
        (place("the request to send"), 2, "rejected", "another worker had taken over"),
        ("urllib3.connection:HTTPConnection.endheaders", 1, "not_sent", "cannot be reached"),
        ("viber_messaging.gateway.http.connections:DeadlineSocket.prepare", 1, "unknown", "did not answer in time"),
    ],
    ids=["before the request", "before its deadline runs", "before it connects", "before the first byte"],
)
def test_what_another_worker_sent_meanwhile_arrives_once_and_is_nobody_elses(
    site: Site, sandbox: Sandbox, where: str, submissions: int, outcome: str, error: str
):
    with frozen(site, where) as process:
        output = work_until_sent(site, sandbox)
        output += thaw(process)
    ((reference, message),) = sandbox.accepted.items()
    assert (sandbox.times_accepted(reference), sandbox.submissions[reference]) == (1, submissions)
    (line,) = [line for line in site.python(DESCRIBE).splitlines() if line.startswith("TOLD")]
    state, msg_id, outcomes, errors = line.removeprefix("TOLD ").split("|")
    assert (state, msg_id) == ("accepted", str(message.msg_id))
    assert outcomes == ",".join(filter(None, ["unknown", "accepted", outcome]))
    assert error in errors
    assert "another site" not in output + errors
    assert output.splitlines()[-1] == "Finished: nothing to do."
