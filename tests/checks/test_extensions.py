"""What a site puts in the place of ours."""

import pytest

from tests.checks.asking import RIGHT, ids_of, messages_of


@pytest.mark.parametrize("key", ["GATEWAY", "RECIPIENT_RESOLVER"])
def test_a_path_that_leads_nowhere_is_an_error(key: str) -> None:
    (message,) = messages_of(RIGHT | {key: "tests.missing.Gateway"})
    assert message.id == "viber_messaging.E019"
    assert "make sure that `import tests.missing` works" in str(message.hint)


def test_a_class_that_is_no_gateway_is_an_error() -> None:
    (message,) = messages_of(RIGHT | {"GATEWAY": "tests.replacing.HalfAGateway"})
    assert message.id == "viber_messaging.E017"
    assert "does not define status, delete, balance, close" in message.msg


def test_a_gateway_that_takes_no_settings_is_an_error() -> None:
    (message,) = messages_of(RIGHT | {"GATEWAY": "tests.replacing.WilfulGateway"})
    assert message.id == "viber_messaging.E020"
    assert "unexpected keyword argument" in message.msg


def test_a_resolver_that_is_no_function_is_an_error() -> None:
    assert ids_of(RIGHT | {"RECIPIENT_RESOLVER": "tests.replacing.NO_FUNCTION"}) == ["E018"]


def test_a_gateway_and_a_resolver_of_the_site_pass() -> None:
    ours = {"GATEWAY": "tests.replacing.SigningGateway", "RECIPIENT_RESOLVER": "tests.replacing.phone_of"}
    assert ids_of(RIGHT | ours) == []


@pytest.mark.parametrize("path", ["Gateway", "shop.", ".viber", "shop viber.Gateway", "shop.1"])
def test_what_is_no_dotted_path_is_an_error(path: str) -> None:
    assert ids_of(RIGHT | {"GATEWAY": path}) == ["E006"]
