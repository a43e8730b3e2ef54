"""The outbox and the sandbox for unittest."""

from unittest import TestCase

from viber_messaging.sandbox import Sandbox
from viber_messaging.testing.outbox import Outbox, outbox
from viber_messaging.testing.wire import sandbox


class ViberOutboxMixin(TestCase):
    """Gives each test ``self.viber_outbox``. It stands first: ``class T(ViberOutboxMixin, TestCase)``."""

    viber_outbox: Outbox

    def setUp(self) -> None:
        """Begin with an empty outbox."""
        self.viber_outbox = self.enterContext(outbox())
        super().setUp()


class ViberSandboxMixin(TestCase):
    """Gives each test ``self.viber_sandbox``, as this site's gateway. For a ``TransactionTestCase``."""

    viber_sandbox: Sandbox

    def setUp(self) -> None:
        """Begin with a sandbox that knows no message."""
        self.viber_sandbox = self.enterContext(sandbox())
        super().setUp()
