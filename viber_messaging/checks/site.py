"""Checks of what surrounds this app: time zones, regions, other apps."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from phonenumbers import SUPPORTED_REGIONS

from viber_messaging.checks.reading import TAG, readable
from viber_messaging.conf import Conf, conf

ZONE_HINT = "The gateway's zone is 'Europe/Kyiv'; data older than 2022 call it 'Europe/Kiev'."


@checks.register(TAG)
def check_time_zone(**kwargs: Any) -> list[checks.CheckMessage]:
    """E014: the gateway's time zone is known to this system."""
    if readable(Conf.TIME_ZONE) is None:
        return []
    try:
        _ = conf.time_zone
    except ImproperlyConfigured as wrong:
        return [checks.Error(str(wrong), hint=ZONE_HINT, id=f"{TAG}.E014")]
    return []


@checks.register(TAG)
def check_region(**kwargs: Any) -> list[checks.CheckMessage]:
    """E015: phones without a country code belong to a country that exists."""
    region = readable(Conf.DEFAULT_REGION)
    if region is None or region in SUPPORTED_REGIONS:
        return []
    known = region.strip().upper() in SUPPORTED_REGIONS
    hint = f"Write '{region.strip().upper()}'." if known else f"Write {Conf.DEFAULT_REGION.expectation}."
    message = f"DEFAULT_REGION is {region[:30]!r}, which is no country's code: no phone could be read."
    return [checks.Error(message, hint=hint, id=f"{TAG}.E015")]


@checks.register(TAG)
def check_use_tz(**kwargs: Any) -> list[checks.CheckMessage]:
    """W008: times are stored with their zone."""
    if settings.USE_TZ:
        return []
    message = "USE_TZ is False: a scheduled message may leave an hour early or late when the clocks change."
    return [checks.Warning(message, hint="Set USE_TZ = True.", id=f"{TAG}.W008")]


@checks.register(TAG)
def check_import_export(**kwargs: Any) -> list[checks.CheckMessage]:
    """E016: the app that shows the pages of an import is installed."""
    if apps.is_installed("import_export"):
        return []
    message = "'import_export' is not in INSTALLED_APPS: recipients cannot be imported or exported."
    return [checks.Error(message, hint="Add 'import_export' to INSTALLED_APPS.", id=f"{TAG}.E016")]
