"""The compose file that people copy: its commands, its order, and what the worker logs in a container."""

import re
import signal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class

from tests.commands.test_viber_worker import Site
from tests.processes import HANG_SECONDS
from viber_messaging.conf import Conf
from viber_messaging.sandbox import Sandbox

yaml = pytest.importorskip("yaml", reason="the extra dev has it: install it again")

DEPLOY = Path(__file__).parents[1] / "docs" / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
CALLS = [SERVICES["migrate"]["command"], SERVICES["worker"]["command"], SERVICES["worker"]["healthcheck"]["test"][1:]]


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_each_command_of_a_container_is_one_that_there_is(call: list[str]):
    python, manage, command, *arguments = call
    assert (python, manage) == ("python", "manage.py")
    app = get_commands()[command]
    assert load_command_class(app, command).create_parser("manage.py", command).parse_args(arguments)


def test_a_container_gives_the_worker_the_time_to_finish_its_package():
    stop_seconds = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert Conf.TOTAL_TIMEOUT.default < stop_seconds < Conf.CLAIM_TIMEOUT.default


def test_site_and_worker_are_one_image_with_one_environment_and_wait_for_the_tables():
    for name in ("site", "worker"):
        assert SERVICES[name]["environment"] == SERVICES["migrate"]["environment"]
        assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert SERVICES["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}


def test_the_head_of_the_compose_file_names_what_to_write():
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    head = text.partition("x-site:")[0]
    assert {name for name in re.findall(r"\$\{(\w+):\?", text) if name not in head} == set()


@pytest.mark.processes
def test_the_containers_commands_work_in_their_environment(tmp_path: Path, sandbox: Sandbox):
    """All but the images: on a SQLite file instead of the container's PostgreSQL."""
    site = Site(tmp_path / "db.sqlite3", sandbox)
    given = SERVICES["worker"]["environment"]
    site.environment |= {name: given[name] for name in ("ALLOWED_HOSTS", "DEBUG", "VIBER_DISPATCH")}
    site.environment |= {"SECRET_KEY": "long and random", "LOG_LEVEL": "INFO"}
    site.run(*CALLS[0][2:])
    process = site.start(*CALLS[1][2:])
    assert process.stdout is not None
    assert any(line.startswith("Worker started: ") for line in process.stdout)
    site.run(*CALLS[2][2:])
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=HANG_SECONDS)
    assert (process.returncode, "Worker ended: " in output) == (0, True)
