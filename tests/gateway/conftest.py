"""What the gateway's tests share: clients in a hurry, a message, and trust in the tests' own certificate."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import CANARY_KEY
from tests.gateway.servers import TLS_DIRECTORY
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.entities import OutgoingMessage

KYIV = ZoneInfo("Europe/Kyiv")
CANARY_PHONE = "+380971234567"
CANARY_TEXT = "canary text"


def outgoing(**fields: Any) -> OutgoingMessage:
    fields = {"id": 1, "phone": CANARY_PHONE, "sender": "SMSTest", "type": "text", "text": CANARY_TEXT} | fields
    return OutgoingMessage(**fields)


@pytest.fixture
def viber_gateway_guard() -> None:
    """These tests ask for addresses elsewhere, which lead nowhere."""


@pytest.fixture
def open_client() -> Iterator[Callable[..., Client]]:
    """Open clients with short timeouts, closed after the test."""
    with ExitStack() as stack:

        def build(url: str, **options: Any) -> Client:
            hurried = {"connect_timeout_seconds": 2, "read_timeout_seconds": 2, "total_timeout_seconds": 3}
            options = {"key": CANARY_KEY, "time_zone": KYIV} | hurried | options
            return stack.enter_context(Client(url=url, **options))

        yield build


@pytest.fixture
def trusted_certificate(monkeypatch: pytest.MonkeyPatch) -> str:
    """Let clients trust the certificate that names loopback, and return its name."""
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(TLS_DIRECTORY / "loopback.pem"))
    return "loopback"


@pytest.fixture
def elapsed() -> Callable[[], float]:
    """Tell the seconds since the test began."""
    begun = monotonic()
    return lambda: monotonic() - begun


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the environment of whoever runs the tests out of them."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
