"""The address of the gateway: safe, and the one that is meant."""

import sys

import pytest
from django.test import override_settings

from tests.checks.asking import RIGHT, ids_of, messages_of

STAND_IN = "http://127.0.0.1:9/api/xml.php"


@pytest.mark.parametrize("url", ["alphasms.ua", "ftp://alphasms.ua/", "https://", "https://[::1", "https://a:x/", "?"])
def test_an_address_that_is_none_of_the_web_is_an_error(url: str) -> None:
    assert ids_of(RIGHT | {"API_URL": url}) == ["E003"]


@pytest.mark.parametrize("host", ["alphasms.ua", "10.0.0.1", "127.0.0.1.example.com", "localhost.example.com"])
def test_plain_http_beyond_this_machine_is_an_error(host: str) -> None:
    assert ids_of(RIGHT | {"API_URL": f"http://{host}/api/xml.php"}) == ["E004"]


@pytest.mark.parametrize("rest", ["u:secret@gw.example/", "secret@gw.example/", "gw.example/?secret", "gw.example/#k"])
def test_an_address_with_a_secret_is_an_error_that_does_not_show_it(rest: str) -> None:
    values = RIGHT | {"API_URL": f"https://{rest}"}
    assert ids_of(values) == ["E005"]
    assert "secret" not in repr(messages_of(values))


@pytest.mark.parametrize("host", ["127.0.0.1:8099", "localhost", "[::1]:8099", "127.8.8.8"])
def test_a_stand_in_is_a_warning_unless_the_site_is_under_development(host: str) -> None:
    values = RIGHT | {"API_URL": f"http://{host}/api/xml.php"}
    assert ids_of(values) == ["W003"]
    with override_settings(DEBUG=True):
        assert ids_of(values) == []


def test_under_django_s_test_runner_which_switches_debug_off_a_stand_in_is_no_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "viber_messaging.pytest_plugin")
    assert ids_of(RIGHT | {"API_URL": STAND_IN}) == []


def test_real_phones_are_a_warning_while_the_site_is_under_development() -> None:
    with override_settings(DEBUG=True):
        assert ids_of(RIGHT) == ["W004"]
        assert ids_of({}) == ["W001"]
        assert ids_of(RIGHT | {"API_URL": STAND_IN}) == []
        assert ids_of(RIGHT | {"ONLY_PHONES": ["+380971234567"]}) == []


def test_a_deployed_site_that_reaches_only_some_phones_is_warned() -> None:
    """Staging silences it; production would cancel the messages to all others."""
    values = RIGHT | {"ONLY_PHONES": ["+38097"]}
    assert ids_of(values) == []
    assert "W020" in ids_of(values, deployed=True)
    assert "W020" not in ids_of(RIGHT, deployed=True)
    assert "+38097" not in repr(messages_of(values, deployed=True))
