"""The outbox and the sandbox for unittest."""

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any, ClassVar
from unittest import TestCase, TestResult

from viber_messaging.sandbox import Sandbox
from viber_messaging.testing.commits import FOR_OUTBOX, FOR_SANDBOX, Advice, noting_forgotten_commit
from viber_messaging.testing.outbox import Outbox, outbox
from viber_messaging.testing.wire import sandbox


class _TellsOfForgottenCommit(TestCase):
    """Adds to the failure of a test how many messages wait for a commit."""

    _advice: ClassVar[Advice]

    def run(self, result: TestResult | None = None) -> TestResult | None:
        """Run the test; a coroutine is left to its runner."""
        method: Callable[[], Any] = getattr(self, self._testMethodName)
        if not iscoroutinefunction(method):
            setattr(self, self._testMethodName, noting_forgotten_commit(self._advice)(method))
        return super().run(result)


class ViberOutboxMixin(_TellsOfForgottenCommit):
    """Gives each test ``self.viber_outbox``. Put it first: ``class T(ViberOutboxMixin, TestCase)``."""

    _advice = FOR_OUTBOX
    viber_outbox: Outbox

    def setUp(self) -> None:
        """Start with an empty outbox."""
        self.viber_outbox = self.enterContext(outbox())
        super().setUp()


class ViberSandboxMixin(_TellsOfForgottenCommit):
    """Gives each test ``self.viber_sandbox`` as the site's gateway. Use it with ``TransactionTestCase``."""

    _advice = FOR_SANDBOX
    viber_sandbox: Sandbox

    def setUp(self) -> None:
        """Start with an empty sandbox."""
        self.viber_sandbox = self.enterContext(sandbox())
        super().setUp()
