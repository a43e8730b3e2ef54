"""The settings as the environment writes them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from tests.checks.asking import messages_of
from viber_messaging.conf import conf, settings_from_env

KEY = "canary-key-7f3a"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment without ours; what is put there is gone after the test."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VIBER_")}
    monkeypatch.setattr("environ.Env.ENVIRON", environ)
    return environ


def test_an_empty_environment_gives_an_empty_dict(environment: dict[str, str]) -> None:
    assert settings_from_env() == {}


TYPED = {
    "API_KEY": ("k", "k"),
    "API_URL": ("http://localhost:8099/", "http://localhost:8099/"),
    "DISPATCH": ("worker", "worker"),
    "PACKAGE_SIZE": (" 50 ", 50),
    "CONCURRENCY": ("4", 4),
    "CONNECT_TIMEOUT": ("2.5", 2.5),
    "READ_TIMEOUT": ("30", 30),
    "RATE_LIMIT": ("10", 10),
    "REFERENCE_RANGE": ("10000000000000,140000000000000", (10**13, 14 * 10**13)),
    "TIME_ZONE": ("UTC", "UTC"),
    "CAMPAIGN_APPROVAL": ("on", True),
    "IMAGE_STORAGE": ("media", "media"),
    "ONLY_PHONES": ("+380971234567, +38050", ("+380971234567", "+38050")),
}


@pytest.mark.parametrize(("key", "text", "value"), [(key, *pair) for key, pair in TYPED.items()])
def test_the_environment_is_read_typed(environment: dict[str, str], key: str, text: str, value: object) -> None:
    environment[f"VIBER_{key}"] = text
    values = settings_from_env()
    assert values == {key: value}
    assert type(values[key]) is type(value)
    with override_settings(VIBER_MESSAGING=values):
        assert getattr(conf, key) == value


def test_a_misspelt_variable_is_told_and_its_value_is_not(environment: dict[str, str]) -> None:
    environment |= {"VIBER_API_KYE": KEY, "VIBER_BOT_NAME": "of another program"}
    values = settings_from_env()
    assert values == {"API_KYE": ""}
    (told,) = [message for message in messages_of(values) if message.id == "viber_messaging.W005"]
    assert "Did you mean 'API_KEY'?" in str(told.hint)


def test_an_empty_rate_limit_is_none(environment: dict[str, str]) -> None:
    environment["VIBER_RATE_LIMIT"] = ""
    assert settings_from_env() == {"RATE_LIMIT": None}


def test_an_empty_storage_is_none(environment: dict[str, str]) -> None:
    environment["VIBER_IMAGE_STORAGE"] = ""
    assert settings_from_env() == {"IMAGE_STORAGE": None}


def test_an_empty_key_is_a_missing_key(environment: dict[str, str]) -> None:
    environment["VIBER_API_KEY"] = ""
    with override_settings(VIBER_MESSAGING=settings_from_env()), pytest.raises(ImproperlyConfigured, match="missing"):
        _ = conf.API_KEY


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("PACKAGE_SIZE", "many"),
        ("CAMPAIGN_APPROVAL", "perhaps"),
        ("ONLY_PHONES", ""),
        ("ONLY_PHONES", "097 123-45-67"),
        ("PACKAGE_SIZE", ""),
        ("PACKAGE_SIZE", "9" * 5000),
        ("READ_TIMEOUT", "-1"),
        ("READ_TIMEOUT", "nan"),
        ("READ_TIMEOUT", "30s"),
        ("DISPATCH", "Inline"),
        ("REFERENCE_RANGE", "5"),
        ("REFERENCE_RANGE", "5,5"),
        ("REFERENCE_RANGE", "1,2,3"),
        ("RATE_LIMIT", "fast"),
        ("API_URL", ""),
    ],
)
def test_a_wrong_variable_is_named(environment: dict[str, str], key: str, text: str) -> None:
    environment[f"VIBER_{key}"] = text
    with pytest.raises(ImproperlyConfigured, match=f"VIBER_{key} is .*must be"):
        settings_from_env()


def test_a_key_that_begins_with_a_dollar_is_not_shown(environment: dict[str, str]) -> None:
    environment["VIBER_API_KEY"] = "$" + KEY
    with pytest.raises(ImproperlyConfigured, match="VIBER_API_KEY") as raised:
        settings_from_env()
    assert KEY not in str(raised.value)
    assert raised.value.__suppress_context__


def test_a_key_that_begins_with_an_escaped_dollar_is_read(environment: dict[str, str]) -> None:
    environment["VIBER_API_KEY"] = "\\$" + KEY
    assert settings_from_env() == {"API_KEY": "$" + KEY}


def test_a_file_is_read_below_the_environment(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("VIBER_API_KEY=from-file\nVIBER_PACKAGE_SIZE=5\n", encoding="utf-8-sig")
    environment["VIBER_PACKAGE_SIZE"] = "6"
    assert settings_from_env(file) == {"API_KEY": "from-file", "PACKAGE_SIZE": 6}


def test_a_file_that_does_not_exist_is_no_error(environment: dict[str, str], tmp_path: Path) -> None:
    assert settings_from_env(tmp_path / ".env") == {}


@pytest.mark.processes
def test_a_settings_module_may_import_it() -> None:
    code = "from viber_messaging.conf import settings_from_env; print(settings_from_env()['PACKAGE_SIZE'])"
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environ | {"VIBER_PACKAGE_SIZE": "9"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "9"
