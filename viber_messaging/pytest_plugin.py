"""The fixtures ``viber_outbox`` and ``viber_sandbox``, which pytest finds by itself where this package is installed.

pytest reads this before Django is set up: nothing of the app may be imported until a fixture is asked for.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from viber_messaging.sandbox import Sandbox
    from viber_messaging.testing import Outbox


@pytest.fixture
def viber_outbox() -> "Iterator[Outbox]":
    """What would have been sent, as a list; nothing leaves the process, and answers can be planted."""
    from viber_messaging.testing import outbox

    with outbox() as box:
        yield box


@pytest.fixture
def viber_sandbox() -> "Iterator[Sandbox]":
    """A stand-in gateway over real HTTP, as this site's gateway; needs ``django_db(transaction=True)``."""
    from viber_messaging.testing import sandbox

    with sandbox() as running:
        yield running
