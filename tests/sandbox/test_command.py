"""The two ways to run it: manage.py viber_sandbox, and python -m viber_messaging.sandbox."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from django.core.management import CommandError, call_command

from tests.processes import HANG_SECONDS
from tests.sandbox.conftest import msg, send
from viber_messaging.management.commands.viber_sandbox import Command
from viber_messaging.sandbox import SCENARIOS, Sandbox

ROOT = Path(__file__).parents[2]
ALONE = [sys.executable, "-W", "error", "-m", "viber_messaging.sandbox"]
MANAGED = [sys.executable, "-m", "django", "viber_sandbox"]


@pytest.mark.processes
@pytest.mark.parametrize("command", [ALONE, MANAGED], ids=["alone", "managed"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_ends_cleanly(command, number):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with subprocess.Popen(
        [*command, "--port", "0", "--key", "pasted"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            lines = iter(process.stdout.readline, "")
            settings = next(line for line in lines if "VIBER_MESSAGING" in line)
            url = re.search(r'"API_URL": "([^"]+)", "API_KEY": "pasted"', settings)[1]
            answer = requests.post(url, data=f'<package key="pasted">{send(msg(1))}</package>', timeout=HANG_SECONDS)
            assert ">1</msg>" in answer.text
            process.send_signal(number)
            told, complaints = process.communicate(timeout=HANG_SECONDS)
        finally:
            process.kill()
    assert "Accepted: 1. Requests: 1." in told
    assert (complaints, process.returncode) == ("", 0)


@pytest.mark.processes
def test_it_imports_no_django():
    code = "import sys, viber_messaging.sandbox.__main__; print([name for name in sys.modules if 'django' in name])"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"


def test_the_help_names_every_scenario():
    text = Command().create_parser("manage.py", "viber_sandbox").format_help()
    assert all(f"{row.phone}  {row.name}" in text for row in SCENARIOS)


def test_a_port_that_is_taken_is_told_in_a_sentence():
    with Sandbox() as sandbox:
        port = sandbox.page_url.rsplit(":", 1)[1].strip("/")
        with pytest.raises(CommandError, match=f"cannot listen on port {port} .* Choose another one with --port"):
            call_command("viber_sandbox", "--port", port)
