"""A pytest plugin that is found automatically: ``viber_outbox``, ``viber_sandbox``, and a guard.

pytest imports this before Django is set up, so the app may be imported only when a fixture is used.
"""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

if TYPE_CHECKING:
    from viber_messaging.sandbox import Sandbox
    from viber_messaging.testing import Outbox


@pytest.fixture(autouse=True)
def viber_gateway_guard() -> Iterator[None]:
    """Make a test that forgot ``viber_outbox`` fail, without sending anything beyond this machine.

    Override it with a fixture of the same name if a test should use a real gateway.
    """
    if "django" not in sys.modules:
        yield
        return
    from viber_messaging.delivery.connection.site_tests import FORGOTTEN
    from viber_messaging.gateway.client import Client
    from viber_messaging.gateway.errors import Unreachable
    from viber_messaging.gateway.http.addresses import is_loopback

    asked, post = list[str](), Client._post

    def post_nearby(client: Client, *args: Any) -> Any:
        if is_loopback(client.host):
            return post(client, *args)
        asked.append(client.host)
        raise Unreachable

    with mock.patch.object(Client, "_post", post_nearby):
        yield
    if asked:
        pytest.fail(
            f"{FORGOTTEN.format(host=asked[0])} Use the fixture viber_outbox or viber_sandbox, or use it for the whole "
            "module: pytestmark = pytest.mark.usefixtures('viber_outbox')."
        )


@pytest.fixture
def viber_outbox() -> "Iterator[Outbox]":
    """A list of the messages that would have been sent; nothing leaves the process, and answers can be set."""
    from viber_messaging.testing import outbox

    with outbox() as box:
        yield box


@pytest.fixture
def viber_sandbox() -> "Iterator[Sandbox]":
    """A stand-in gateway over real HTTP, used as the site's gateway; needs ``django_db(transaction=True)``."""
    from viber_messaging.testing import sandbox

    with sandbox() as running:
        yield running


def pytest_runtest_makereport(item: pytest.Item, call: "pytest.CallInfo[None]") -> None:
    """Tell a test that failed how many messages wait for a commit."""
    used = {"viber_outbox", "viber_sandbox"}.intersection(getattr(item, "fixturenames", ()))
    if call.when != "call" or call.excinfo is None or not used:
        return
    from viber_messaging.testing import commits

    advice = commits.FOR_OUTBOX if "viber_outbox" in used else commits.FOR_SANDBOX
    commits.note_forgotten_commit(call.excinfo.value, advice)
