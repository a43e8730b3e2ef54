"""A client is not built from settings that cannot work, and says why without telling them."""

from typing import Any

import pytest

from tests.gateway.conftest import KYIV
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.errors import ConfigurationError, GatewayError
from viber_messaging.gateway.http.addresses import is_loopback

KEY = "canary-key"
URL = "https://gateway.invalid/api/xml.php"


def build(**options: Any) -> Client:
    return Client(**{"url": URL, "key": KEY, "time_zone": KYIV} | options)


def refuse(**options: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        build(**options)
    assert not isinstance(caught.value, GatewayError)
    return str(caught.value)


@pytest.mark.parametrize("key", ["", " ", "\n"])
def test_a_key_must_be_there(key: str):
    assert refuse(key=key) == "API_KEY is not set."


@pytest.mark.parametrize("ending", ["\n", "\r", "\t", "\0", "\x7f", "\ufeff", "\xa0", "\ud800"])
def test_a_key_must_be_printable(ending: str):
    told = refuse(key=KEY + ending)
    assert told.startswith("API_KEY contains")
    assert KEY not in told


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gateway.invalid",
        "//gateway.invalid/",
        "ftp://gateway.invalid/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://[::1",
        "https://gateway.invalid:port/",
        "https://gateway.invalid:99999/",
        "https://a..b/",
        f"https://{'a' * 64}.invalid/",
    ],
)
def test_an_address_must_be_one(url: str):
    assert refuse(url=url) == "API_URL is not an http or https address."


@pytest.mark.parametrize("url", ["https://*.example/", "https://gateway invalid/"])
def test_an_address_that_requests_does_not_take_is_refused(url: str):
    assert refuse(url=url) == "API_URL is not a valid address."


@pytest.mark.parametrize("user", ["user:url-secret", ":url-secret", "url-secret", ""])
def test_an_address_must_not_hold_a_user(user: str):
    told = refuse(url=f"https://{user}@gateway.invalid/")
    assert told == "API_URL must not contain a user name or a password."


@pytest.mark.parametrize("query", [f"?key={KEY}", f"?key={KEY.replace('-', '%2D')}"])
def test_an_address_must_not_hold_the_key(query: str):
    assert refuse(url=URL + query) == "API_URL must not contain the API key."


@pytest.mark.parametrize(
    "host", ["gateway.invalid", "192.168.0.1", "0.0.0.0", "localhost.invalid", "127.0.0.1.invalid"]
)
def test_plain_http_is_for_loopback_only(host: str):
    assert "https" in refuse(url=f"http://{host}/")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "[::1]"])
def test_plain_http_to_loopback_is_fine(host: str):
    build(url=f"http://{host}:8099/api/xml.php").close()


@pytest.mark.parametrize("name", ["connect_timeout_seconds", "read_timeout_seconds", "total_timeout_seconds"])
@pytest.mark.parametrize("seconds", [0, -1])
def test_a_timeout_must_be_longer_than_nothing(name: str, seconds: float):
    assert "zero" in refuse(**{name: seconds})


def test_a_client_shows_where_it_leads_and_nothing_secret():
    with build(url=f"{URL}?token=url-secret#url-secret") as client:
        assert repr(client) == f"<Client of {URL}>"


@pytest.mark.parametrize("host", ["", "localhost.", "127.1", "gateway.invalid", "10.0.0.1", "::"])
def test_what_is_not_plainly_loopback_is_not(host: str):
    assert not is_loopback(host)
