"""A test of a site that forgot its fixture: it costs no money, and fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FORGETFUL = """
import pytest
from viber_messaging.api import send_message
from viber_messaging.models import Message

@pytest.fixture(autouse=True)
def _production(settings):
    settings.VIBER_MESSAGING = {"API_KEY": "a key that costs money", "API_URL": "https://gateway.invalid/api/xml.php"}

@pytest.mark.django_db(transaction=True)
def test_an_order_is_paid():
    send_message("0971234567", "Paid", sender="SMSTest")
    message = Message.objects.get()
    assert (message.state, message.attempt_count) == ("queued", 1), "and nothing is left in doubt"

@pytest.mark.django_db(transaction=True)
def test_an_order_is_shipped(viber_outbox):
    send_message("0971234567", "Shipped", sender="SMSTest")
    assert len(viber_outbox) == 1

@pytest.mark.django_db(transaction=True)
def test_an_order_arrives(viber_sandbox):
    send_message("0971234567", "There", sender="SMSTest")
    assert len(viber_sandbox.accepted) == 1
"""

OVERRIDDEN = """
@pytest.fixture
def viber_gateway_guard():
    pass
"""


def run(folder: Path, tests: str) -> str:
    (folder / "test_shop.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p viber_messaging.pytest_plugin -rA\n")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_shop.py"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.mark.processes
def test_a_test_that_forgot_its_fixture_sends_nothing_and_fails(tmp_path: Path):
    output = run(tmp_path, FORGETFUL)
    assert "ERROR test_shop.py::test_an_order_is_paid" in output
    assert "This test tried to send a request to the gateway at gateway.invalid" in output
    assert "3 passed, 1 error" in output
    assert "a key that costs money" not in output


@pytest.mark.processes
def test_a_site_may_lift_the_guard(tmp_path: Path):
    assert "3 passed in" in run(tmp_path, FORGETFUL + OVERRIDDEN)


UNITTEST = """
from django.test import TestCase, TransactionTestCase, override_settings
from viber_messaging.api import send_message
from viber_messaging.models import Message
from viber_messaging.testing import ViberOutboxMixin, real_gateway

PRODUCTION = {"API_KEY": "a key that costs money", "API_URL": "https://gateway.invalid/api/xml.php"}

@override_settings(VIBER_MESSAGING=PRODUCTION)
class Forgetful(TransactionTestCase):
    def test_an_order_is_paid(self):
        send_message("0971234567", "Paid", sender="SMSTest")

    def test_an_order_is_paid_really(self):
        with real_gateway():
            send_message("0971234567", "Paid", sender="SMSTest")
        assert Message.objects.get().attempt_count == 1, "nobody there"

@override_settings(VIBER_MESSAGING=PRODUCTION)
class Careful(ViberOutboxMixin, TransactionTestCase):
    def test_an_order_is_shipped(self):
        send_message("0971234567", "Shipped", sender="SMSTest")
        assert len(self.viber_outbox) == 1
"""


@pytest.mark.processes
def test_django_s_test_runner_is_guarded_too(tmp_path: Path):
    (tmp_path / "test_shop.py").write_text(UNITTEST)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "django", "test", "test_shop"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "ERROR: test_an_order_is_paid (test_shop.Forgetful" in done.stderr
    assert "This test tried to send a request to the gateway at gateway.invalid" in done.stderr
    assert "Ran 3 tests" in done.stderr
    assert "FAILED (errors=1)" in done.stderr
    assert "a key that costs money" not in done.stderr
