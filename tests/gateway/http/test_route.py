"""How the environment leads a request to the gateway: its proxies and its certificates."""

from pathlib import Path

import pytest

from viber_messaging.gateway.errors import ConfigurationError
from viber_messaging.gateway.http.route import find_route

URL = "https://gateway.invalid/api/xml.php"


def test_a_ca_bundle_of_the_environment_must_exist(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/at/all.pem")
    with pytest.raises(ConfigurationError, match="REQUESTS_CA_BUNDLE"):
        find_route(URL, "gateway.invalid")


def test_a_ca_bundle_of_the_environment_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    assert find_route(URL, "gateway.invalid").verify == str(tmp_path)


def test_proxies_of_the_environment_are_used_except_where_it_says_not_to(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    assert find_route(URL, "gateway.invalid").proxies["https"] == "http://proxy.invalid:3128"
    monkeypatch.setenv("NO_PROXY", "gateway.invalid")
    assert find_route(URL, "gateway.invalid").proxies == {}


def test_certificates_are_verified_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")
    assert find_route(URL, "gateway.invalid").verify is True
    assert find_route(URL, "127.0.0.1").verify is True
