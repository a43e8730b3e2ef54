"""pytest is nobody's dependency: a site that tests with unittest needs not have it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

FORBID = "import sys; sys.modules['pytest'] = None; import django; django.setup(); "


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_mixins_come_without_pytest():
    ran = run(FORBID + "from viber_messaging.testing import ViberOutboxMixin, ViberSandboxMixin")
    assert ran.returncode == 0, ran.stderr


def test_the_plugin_is_read_before_django_is_set_up():
    ran = run(
        "import sys, viber_messaging.pytest_plugin; print([m for m in sys.modules if m.split('.')[0] == 'django'])"
    )
    assert ran.stdout.strip() == "[]", ran.stderr
