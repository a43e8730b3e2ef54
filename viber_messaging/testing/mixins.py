"""The outbox and the sandbox for unittest."""

from unittest import TestCase

from viber_messaging.sandbox import Sandbox
from viber_messaging.testing.outbox import Outbox, outbox
from viber_messaging.testing.wire import sandbox


class ViberOutboxMixin(TestCase):
    """Gives each test ``self.viber_outbox``. Put it first: ``class T(ViberOutboxMixin, TestCase)``."""

    viber_outbox: Outbox

    def setUp(self) -> None:
        """Start with an empty outbox."""
        self.viber_outbox = self.enterContext(outbox())
        super().setUp()


class ViberSandboxMixin(TestCase):
    """Gives each test ``self.viber_sandbox`` as the site's gateway. Use it with ``TransactionTestCase``."""

    viber_sandbox: Sandbox

    def setUp(self) -> None:
        """Start with an empty sandbox."""
        self.viber_sandbox = self.enterContext(sandbox())
        super().setUp()
