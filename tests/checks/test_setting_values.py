"""What is written in VIBER_MESSAGING, key by key."""

from typing import Any

import pytest
from django.core.checks import run_checks

from tests.checks.asking import KEY, RIGHT, ids_of, messages_of
from viber_messaging.conf import SETTINGS

WRONG = [0, -1, True, 10**400, 10**5000, float("nan"), float("inf"), "5", b"5", [], {}]


@pytest.mark.parametrize("wrong", [None, [], "API_KEY=x", 5])
def test_settings_that_are_no_dict_are_one_error(wrong: object) -> None:
    assert ids_of(wrong, deployed=True) == ["E001"]


@pytest.mark.parametrize("missing", [{}, {"API_KEY": ""}, {"API_KEY": None}])
def test_a_missing_key_is_a_warning_or_an_error_when_deployed(
    missing: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ids_of(missing) == ["W001"]
    monkeypatch.setattr("sys.argv", ["manage.py", "check", "--deploy"])
    assert ids_of(missing, deployed=True) == ["E002"]


@pytest.mark.parametrize("name", ["VIBER_MESAGING", "VIBER_MESSAGES", "VIBERMESSAGING", "VIBER_MESSSAGING"])
def test_the_setting_under_a_misspelt_name_is_one_warning(name: str, settings: Any) -> None:
    del settings.VIBER_MESSAGING
    setattr(settings, name, RIGHT)
    for is_deployed in (False, True):
        (message,) = run_checks(tags=["viber_messaging"], include_deployment_checks=is_deployed)
        assert (message.id, name in message.msg) == ("viber_messaging.W015", True)
        assert "Did you mean VIBER_MESSAGING?" in str(message.hint)


def test_a_site_without_the_setting_lacks_the_key(settings: Any) -> None:
    del settings.VIBER_MESSAGING
    settings.VIBER_PHONES = []
    assert [message.id for message in run_checks(tags=["viber_messaging"])] == ["viber_messaging.W001"]


@pytest.mark.parametrize("key", [KEY + "\n", " " + KEY, "\ufeff" + KEY, KEY + "\u200b", f'"{KEY}"', KEY + "\r", "\xa0"])
def test_a_key_with_something_around_it_is_a_warning_that_does_not_show_it(key: str) -> None:
    assert ids_of({"API_KEY": key}) == ["W002"]
    assert KEY not in repr(messages_of({"API_KEY": key}))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PACKAGE_SZE", "'PACKAGE_SIZE'"),
        ("package_size", "'PACKAGE_SIZE'"),
        ("APIKEY", "'API_KEY'"),
        ("READ_TIMEOUTS", "'READ_TIMEOUT'"),
    ],
)
def test_a_misspelt_key_is_told_with_the_nearest_right_one(name: str, meant: str) -> None:
    (message,) = messages_of(RIGHT | {name: KEY})
    assert message.id == "viber_messaging.W005"
    assert meant in str(message.hint)
    assert KEY not in repr(message)


@pytest.mark.parametrize("name", ["xyzzy", 7, None, ("a", "b")])
def test_a_key_like_no_other_is_told_with_all_of_them(name: object) -> None:
    (message,) = messages_of(RIGHT | {name: 1})
    assert message.id == "viber_messaging.W005"
    assert all(key in str(message.hint) for key in SETTINGS)


@pytest.mark.parametrize("key", sorted(SETTINGS.keys() - {"DISPATCH"}))
def test_each_key_has_a_check_of_its_type(key: str) -> None:
    values = RIGHT | {key: object()}
    (message,) = messages_of(values)
    assert message.id == "viber_messaging.E006"
    assert key in message.msg
    assert SETTINGS[key].expectation in message.msg


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("key", ["PACKAGE_SIZE", "READ_TIMEOUT", "RATE_LIMIT", "REFERENCE_RANGE"])
def test_a_value_out_of_bounds_is_an_error(key: str, wrong: object) -> None:
    assert ids_of(RIGHT | {key: wrong}) == ["E006"]


@pytest.mark.parametrize(
    "key",
    sorted(SETTINGS.keys() - {"DISPATCH", "RATE_LIMIT", "LOW_BALANCE", "ONLY_PHONES", "IMAGE_STORAGE", "API_KEY"}),
)
def test_none_is_an_error(key: str) -> None:
    assert ids_of(RIGHT | {key: None}) == ["E006"]
