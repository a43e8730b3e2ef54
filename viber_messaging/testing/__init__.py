"""Tools for the tests of sites that use this app: nothing leaves the process, and every answer can be set.

With pytest, the fixtures ``viber_outbox`` and ``viber_sandbox`` are available automatically; with unittest, use
``ViberOutboxMixin`` or ``ViberSandboxMixin``.
"""

from viber_messaging.delivery.connection.site_tests import real_gateway
from viber_messaging.testing.mixins import ViberOutboxMixin, ViberSandboxMixin
from viber_messaging.testing.outbox import Outbox, outbox
from viber_messaging.testing.wire import sandbox

__all__ = ["Outbox", "ViberOutboxMixin", "ViberSandboxMixin", "outbox", "real_gateway", "sandbox"]
