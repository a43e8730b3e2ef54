"""The settings: read late, judged always, never shown where they are secret."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from viber_messaging.conf import SETTINGS, Conf, conf

KEY = "canary-key-7f3a"

RIGHT: dict[str, list[Any]] = {
    "API_KEY": ["k"],
    "API_URL": ["http://127.0.0.1:8099/"],
    "DISPATCH": ["inline", "tasks", "celery", "worker"],
    "INLINE_LIMIT": [1, 1000],
    "INLINE_TIMEOUT": [0.5, 10],
    "PACKAGE_SIZE": [1, 10_000],
    "CONCURRENCY": [1, 64],
    "RATE_LIMIT": [None, 0.5, 100],
    "ONLY_PHONES": [None, ("+380971234567",), ("+38097", "+1")],
    "LOW_BALANCE": [None, 0.5, 100],
    "CONNECT_TIMEOUT": [0.01, 5],
    "READ_TIMEOUT": [0.01, 30],
    "TOTAL_TIMEOUT": [0.01, 60],
    "MAX_REPLY_BYTES": [1024, 2**30],
    "MAX_ATTEMPTS": [1, 8],
    "RETRY_DELAY": [0.01, 30],
    "CLAIM_TIMEOUT": [0.5, 300],
    "RESEND_WINDOW": [0.5, 86400],
    "REFERENCE_RANGE": [(1, 2), (1, 2**63)],
    "STATUS_MAX_AGE": [0.5, 86400],
    "DEFAULT_REGION": ["PL"],
    "TIME_ZONE": ["UTC"],
    "GATEWAY": ["shop.viber.Gateway"],
    "RECIPIENT_RESOLVER": ["shop.viber.phone_of"],
    "CAMPAIGN_APPROVAL": [True, False],
    "SMS": [True, False],
    "SMS_EXPIRES": [0.5, 86400],
    "SMS_MAX_PARTS": [1, 10],
    "SMS_MAY_DOUBLE": [True, False],
    "IMAGE_STORAGE": ["default", None],
    "IMAGE_MAX_BYTES": [1, 2**30],
    "IMPORT_MAX_ROWS": [1],
    "IMPORT_MAX_BYTES": [1],
}

MAY_BE_NONE = ("RATE_LIMIT", "LOW_BALANCE", "ONLY_PHONES", "IMAGE_STORAGE")

NEVER_RIGHT = [0, -1, -0.5, True, float("nan"), float("inf"), 10**400, 10**5000, b"x", [], {}, object()]


def written(**values: Any) -> override_settings:
    return override_settings(VIBER_MESSAGING=values)


@pytest.mark.parametrize("key", sorted(SETTINGS.keys() | RIGHT))
def test_every_key_is_tried_with_right_values(key: str) -> None:
    assert RIGHT.get(key), f"give RIGHT a value for {key}"
    assert key in SETTINGS, f"{key} is no setting: take it out of RIGHT"


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in RIGHT.items() for value in values])
def test_a_right_value_is_read_as_it_was_written(key: str, value: object) -> None:
    with written(**{key: value}):
        assert getattr(conf, key) == value


NEVER = [
    (key, value) for key, right in RIGHT.items() for value in NEVER_RIGHT if not any(value is one for one in right)
]


@pytest.mark.parametrize(("key", "value"), NEVER, ids=[f"{key}-{type(value).__name__}" for key, value in NEVER])
def test_a_wrong_value_raises_one_sentence_that_names_its_key(key: str, value: object) -> None:
    with written(**{key: value}), pytest.raises(ImproperlyConfigured) as raised:
        getattr(conf, key)
    assert key in str(raised.value)
    assert raised.value.__cause__ is None
    assert SETTINGS[key].expectation in str(raised.value)


@pytest.mark.parametrize("key", [key for key in SETTINGS if key != "IMAGE_STORAGE"])
def test_an_empty_text_is_right_nowhere(key: str) -> None:
    with written(**{key: ""}), pytest.raises(ImproperlyConfigured, match=key):
        getattr(conf, key)


@pytest.mark.parametrize(
    "key", sorted(SETTINGS.keys() - {"API_KEY", "API_URL", "DEFAULT_REGION", "TIME_ZONE", "IMAGE_STORAGE"})
)
def test_a_number_written_as_a_text_is_refused(key: str) -> None:
    with written(**{key: "5"}), pytest.raises(ImproperlyConfigured, match=key):
        getattr(conf, key)


@pytest.mark.parametrize("key", [key for key in SETTINGS if key not in MAY_BE_NONE])
def test_none_is_a_value_only_of_what_may_have_no_limit(key: str) -> None:
    with written(**{key: None}), pytest.raises(ImproperlyConfigured, match=key):
        getattr(conf, key)


def test_an_empty_text_means_no_storage_for_pictures() -> None:
    with written(IMAGE_STORAGE=""):
        assert conf.IMAGE_STORAGE is None


@pytest.mark.parametrize("key", [key for key in SETTINGS if key != "API_KEY"])
def test_a_key_that_is_not_written_has_its_default(key: str) -> None:
    with written():
        assert getattr(conf, key) == SETTINGS[key].default


def test_the_defaults_are_those_of_the_documents() -> None:
    with written():
        assert (conf.DISPATCH, conf.INLINE_LIMIT, conf.INLINE_TIMEOUT) == ("inline", 20, 10)
        assert (conf.PACKAGE_SIZE, conf.RATE_LIMIT) == (100, None)
        assert (conf.CONNECT_TIMEOUT, conf.READ_TIMEOUT, conf.TOTAL_TIMEOUT) == (5, 30, 60)
        assert (conf.MAX_ATTEMPTS, conf.RETRY_DELAY, conf.CLAIM_TIMEOUT, conf.RESEND_WINDOW) == (8, 30, 300, 86400)
        assert (conf.STATUS_MAX_AGE, conf.MAX_REPLY_BYTES) == (14 * 86400, 8 * 1024 * 1024)
        assert (conf.IMPORT_MAX_ROWS, conf.IMPORT_MAX_BYTES) == (200_000, 20 * 1024 * 1024)
        assert (conf.IMAGE_STORAGE, conf.IMAGE_MAX_BYTES) == ("default", 5 * 1024 * 1024)
        assert conf.CAMPAIGN_APPROVAL is False
        assert conf.REFERENCE_RANGE == (10**13, 14 * 10**13)
        assert conf.API_URL == "https://alphasms.ua/api/xml.php"
        assert (conf.DEFAULT_REGION, conf.TIME_ZONE) == ("UA", "Europe/Kyiv")


@pytest.mark.parametrize("missing", [{}, {"API_KEY": None}, {"API_KEY": ""}])
def test_a_missing_key_says_what_to_write(missing: dict[str, Any]) -> None:
    with (
        written(**missing),
        pytest.raises(ImproperlyConfigured, match=r"\['API_KEY'\] is missing: set it to the key of"),
    ):
        _ = conf.API_KEY


def test_a_site_without_the_setting_has_the_defaults(settings: Any) -> None:
    del settings.VIBER_MESSAGING
    assert conf.PACKAGE_SIZE == 100


@pytest.mark.parametrize("wrong", [None, "API_KEY=x", ["API_KEY"], 7])
def test_settings_that_are_no_dict_are_refused(wrong: object) -> None:
    with override_settings(VIBER_MESSAGING=wrong), pytest.raises(ImproperlyConfigured, match="must be a dict"):
        _ = conf.PACKAGE_SIZE


def test_a_changed_setting_takes_effect_at_once(settings: Any) -> None:
    settings.VIBER_MESSAGING = {"PACKAGE_SIZE": 7}
    assert conf.PACKAGE_SIZE == 7
    settings.VIBER_MESSAGING["PACKAGE_SIZE"] = 8
    assert conf.PACKAGE_SIZE == 8
    with written(PACKAGE_SIZE=9):
        assert conf.PACKAGE_SIZE == 9
    assert conf.PACKAGE_SIZE == 8


@pytest.mark.parametrize("wrong", [(2, 1), (1, 1), (0, 5), (1, 2**63 + 1), (1,), (1, 2, 3), (1, 2.5), (True, 5), "12"])
def test_a_range_that_holds_no_number_is_refused(wrong: object) -> None:
    with written(REFERENCE_RANGE=wrong), pytest.raises(ImproperlyConfigured, match="REFERENCE_RANGE"):
        _ = conf.REFERENCE_RANGE


def test_a_range_written_as_a_list_is_read_as_a_pair() -> None:
    with written(REFERENCE_RANGE=[5, 9]):
        assert conf.REFERENCE_RANGE == (5, 9)


@pytest.mark.parametrize("key", ["API_KEY", "API_URL"])
def test_a_secret_is_never_shown(key: str) -> None:
    with written(**{key: [KEY]}), pytest.raises(ImproperlyConfigured) as raised:
        getattr(conf, key)
    assert KEY not in str(raised.value)


def test_the_repr_shows_no_values() -> None:
    with written(API_KEY=KEY):
        assert KEY not in repr(conf)


def test_the_time_zone_is_one_that_dates_can_use() -> None:
    with written(TIME_ZONE="Europe/Warsaw"):
        assert conf.time_zone == ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize("name", ["Europe/Kiyv", "Europe", "../etc/passwd", "/etc/passwd", "\0", "x" * 5000])
def test_an_unknown_time_zone_is_a_sentence_and_not_a_traceback(name: str) -> None:
    with written(TIME_ZONE=name), pytest.raises(ImproperlyConfigured, match=r"TIME_ZONE.*does not know"):
        _ = conf.time_zone


def test_a_declaration_is_read_on_the_class() -> None:
    assert Conf.PACKAGE_SIZE is SETTINGS["PACKAGE_SIZE"]
