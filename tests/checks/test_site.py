"""What surrounds this app."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from django.test import modify_settings, override_settings

from tests.checks.asking import RIGHT, ids_of, messages_of
from tests.moments import Moments

STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"


def test_an_unknown_time_zone_is_an_error() -> None:
    assert ids_of(RIGHT | {"TIME_ZONE": "Europe/Kiyv"}) == ["E014"]
    assert ids_of(RIGHT | {"TIME_ZONE": "UTC"}) == []


def test_data_that_lack_the_gateways_zone_are_told_with_what_to_do(moments: Moments) -> None:
    def lacks_it(key: str) -> ZoneInfo:
        raise ZoneInfoNotFoundError(f"No time zone found with key {key}")

    moments.replace("the time zones of the system", lacks_it)
    (message,) = messages_of(RIGHT)
    assert message.id == "viber_messaging.E014"
    assert "pip install -U tzdata" in message.msg
    assert "Europe/Kiev" in str(message.hint)


@pytest.mark.parametrize(
    ("region", "hint"), [("ua", "Set it to 'UA'."), ("380", "such as 'UA'"), ("Київ", "two letters")]
)
def test_an_unknown_region_is_an_error(region: str, hint: str) -> None:
    (message,) = messages_of(RIGHT | {"DEFAULT_REGION": region})
    assert message.id == "viber_messaging.E015"
    assert hint in str(message.hint)


def test_a_region_that_exists_passes() -> None:
    assert ids_of(RIGHT | {"DEFAULT_REGION": "PL"}) == []


def test_a_storage_for_pictures_that_does_not_exist_is_an_error() -> None:
    (message,) = messages_of(RIGHT | {"IMAGE_STORAGE": "defualt"})
    assert message.id == "viber_messaging.E021"
    assert "Did you mean 'default'?" in str(message.hint)
    (message,) = messages_of(RIGHT | {"IMAGE_STORAGE": "bucket"})
    assert "Set it to one of 'default', 'staticfiles', or to None" in str(message.hint)


@pytest.mark.parametrize("name", ["default", "staticfiles", None, ""])
def test_a_storage_for_pictures_that_exists_passes_and_none_too(name: str | None) -> None:
    assert ids_of(RIGHT | {"IMAGE_STORAGE": name}) == []


def test_a_site_that_has_no_default_storage_and_chose_none_passes() -> None:
    with override_settings(STORAGES={"staticfiles": {"BACKEND": STATIC}}):
        assert ids_of(RIGHT) == []


def test_times_without_a_zone_are_a_warning() -> None:
    with override_settings(USE_TZ=False):
        assert ids_of(RIGHT) == ["W008"]


def test_a_site_without_import_export_is_a_warning_of_what_needs_it() -> None:
    with modify_settings(INSTALLED_APPS={"remove": ["import_export"]}):
        assert ids_of(RIGHT) == ["W011"]
