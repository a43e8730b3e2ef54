"""A test that forgot the commit is told so: without it, the outbox is only empty."""

import os
import subprocess
import sys
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import TestCase

from viber_messaging.api import send_message, send_messages
from viber_messaging.gateway.errors import Unreachable
from viber_messaging.models import Message
from viber_messaging.testing import Outbox, ViberOutboxMixin, ViberSandboxMixin, outbox, sandbox

ROOT = Path(__file__).parents[2]
PHONE = "+380971234567"
ONE_WAITS = "1 message waits for a commit"


def send(phone: str = PHONE) -> Message:
    return send_message(phone, "Order 42 is ready", sender="SMSTest")


def notes_of(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", []))


def failure(test: Callable[[Outbox], None]) -> str:
    """Return the notes of a test that fails in a block of the outbox."""

    def fail() -> None:
        with outbox() as box:
            test(box)
            raise AssertionError

    with pytest.raises(AssertionError) as caught:
        fail()
    return notes_of(caught.value)


@pytest.fixture(autouse=True)
def inline(configure: Callable[..., None]) -> None:
    configure(DISPATCH="inline")


@pytest.mark.django_db
def test_a_forgotten_commit_is_told_with_what_to_use():
    told = failure(lambda box: send() and None)
    assert told.startswith(f"{ONE_WAITS}, which this test does not make. Use")
    for way in ("captureOnCommitCallbacks", "django_capture_on_commit_callbacks", "transaction=True", "work()"):
        assert way in told


@pytest.mark.django_db
def test_all_messages_that_wait_are_counted():
    messages = [Message(sender="SMSTest", phone=f"+38097123{number:04}", text="Hello") for number in range(30)]
    assert "30 messages wait for a commit" in failure(lambda box: send_messages(messages) and None)


@pytest.mark.django_db
def test_what_was_sent_after_all_waits_for_nothing(django_capture_on_commit_callbacks: Any):
    def by_hooks(box: Outbox) -> None:
        box.fail(Unreachable())
        with django_capture_on_commit_callbacks(execute=True):
            send()

    def by_work(box: Outbox) -> None:
        Message.objects.all().delete()
        send()
        box.work()

    assert failure(by_hooks) == ""
    assert failure(by_work) == ""


@pytest.mark.django_db(transaction=True)
def test_with_a_commit_nothing_is_told():
    assert failure(lambda box: send() and None) == ""


@pytest.mark.django_db
def test_what_was_rolled_back_waits_for_nothing():
    def roll_back(box: Outbox) -> None:
        with transaction.atomic():
            send()
            transaction.set_rollback(True)

    assert failure(roll_back) == ""


@pytest.mark.django_db
def test_a_broken_transaction_is_not_asked():
    def break_it(box: Outbox) -> None:
        send()
        transaction.set_rollback(True)

    assert failure(break_it) == ""
    transaction.set_rollback(False)


@pytest.mark.django_db(transaction=True)
def test_a_site_that_leaves_sending_to_a_worker_is_told_to_do_its_work(configure: Callable[..., None]):
    configure(DISPATCH="worker")
    assert failure(lambda box: send() and None) == "1 message waits for a worker. Call work() of the outbox."


def test_without_a_database_nothing_is_told():
    assert failure(lambda box: None) == ""


@pytest.mark.django_db
def test_the_sandbox_is_told_to_commit_really():
    @sandbox()
    def fail() -> None:
        send()
        raise AssertionError

    with pytest.raises(AssertionError) as caught:
        fail()
    told = notes_of(caught.value)
    assert told.startswith(ONE_WAITS)
    assert "TransactionTestCase" in told
    assert "captureOnCommitCallbacks" not in told


class Forgetful(ViberOutboxMixin, TestCase):
    __test__ = False

    def runTest(self) -> None:
        send()
        self.assertEqual(len(self.viber_outbox), 1)  # noqa: PT009 (what a site's test says)


class ForgetfulOverTheWire(ViberSandboxMixin, TestCase):
    __test__ = False

    def runTest(self) -> None:
        send()
        self.assertEqual(len(self.viber_sandbox.accepted), 1)  # noqa: PT009


class Careful(ViberOutboxMixin, TestCase):
    __test__ = False

    def runTest(self) -> None:
        with self.captureOnCommitCallbacks(execute=True):
            send()
        assert len(self.viber_outbox) == 1


class Asynchronous(ViberOutboxMixin, unittest.IsolatedAsyncioTestCase):
    __test__ = False

    async def runTest(self) -> None:
        raise AssertionError


def failures(case: unittest.TestCase) -> list[str]:
    result = unittest.TestResult()
    unittest.TestSuite([case]).run(result)
    assert result.testsRun == 1
    assert result.errors == []
    return [told for _test, told in result.failures]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("case", [Forgetful, ForgetfulOverTheWire])
def test_the_mixin_tells_of_a_forgotten_commit(case: type[unittest.TestCase]):
    (told,) = failures(case())
    assert "AssertionError: 0 != 1" in told
    assert ONE_WAITS in told


@pytest.mark.django_db(transaction=True)
def test_the_mixin_tells_nothing_of_a_test_that_passes():
    assert failures(Careful()) == []


@pytest.mark.django_db(transaction=True)
def test_the_mixin_leaves_a_coroutine_to_its_runner():
    (told,) = failures(Asynchronous())
    assert "AssertionError" in told


PYTEST = """
import pytest
from viber_messaging.api import send_message

def send():
    send_message("0971234567", "Paid", sender="SMSTest")

@pytest.mark.django_db
def test_an_order_is_paid(viber_outbox):
    send()
    assert len(viber_outbox) == 1

@pytest.mark.django_db
def test_an_order_is_paid_over_the_wire(viber_sandbox):
    send()
    assert len(viber_sandbox.accepted) == 1

@pytest.mark.django_db
def test_an_order_is_committed(viber_outbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send()
    assert len(viber_outbox) == 1

@pytest.mark.django_db
def test_a_queue_is_looked_at(viber_outbox):
    send()
"""


@pytest.mark.processes
def test_the_fixtures_tell_of_a_forgotten_commit(tmp_path: Path):
    (tmp_path / "test_shop.py").write_text(PYTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p viber_messaging.pytest_plugin -p no:randomly\n")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_shop.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "2 failed, 2 passed" in done.stdout, done.stdout
    assert done.stdout.count(f"E       {ONE_WAITS}") == 2, done.stdout
