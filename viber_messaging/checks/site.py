"""Checks of this app's surroundings: time zones, regions, other apps."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from viber_messaging.checks.messages import TAG, complaint
from viber_messaging.checks.setting_readers import nearest, readable, written
from viber_messaging.conf import Conf, conf
from viber_messaging.text.libphonenumber import numbers

UNKNOWN_ZONE = complaint(
    "E014",
    "{what_is_wrong}",
    hint="The gateway's time zone is 'Europe/Kyiv'; time zone data from before 2022 call it 'Europe/Kiev'.",
)
UNKNOWN_REGION = complaint(
    "E015",
    "DEFAULT_REGION is {region!r}, which is not a country code: no phone number could be read.",
    hint=f"Set it to {Conf.DEFAULT_REGION.expectation}.",
)
NO_IMPORT_EXPORT = complaint(
    "W011",
    "'import_export' is not in INSTALLED_APPS, so its commands and its admin cannot use RecipientResource. The import "
    "and export of this app work without it.",
    hint="Add 'import_export' to INSTALLED_APPS, or silence this warning if you use neither.",
)
NO_STORAGE = complaint(
    "E021",
    "IMAGE_STORAGE is {name!r}, which is not in STORAGES: no picture can be uploaded.",
    hint="Set it to one of {known}, or to None to switch uploads off.",
)
NO_ZONES = complaint(
    "W008",
    "USE_TZ is False: a scheduled message may be sent an hour early or late when the clocks change.",
    hint="Set USE_TZ = True.",
)


@checks.register(TAG)
def check_time_zone(**kwargs: Any) -> list[checks.CheckMessage]:
    """E014: the gateway's time zone is known to this system."""
    if readable(Conf.TIME_ZONE) is None:
        return []
    try:
        _ = conf.time_zone
    except ImproperlyConfigured as wrong:
        return [UNKNOWN_ZONE(what_is_wrong=wrong)]
    return []


@checks.register(TAG)
def check_region(**kwargs: Any) -> list[checks.CheckMessage]:
    """E015: the region of phones without a country code exists."""
    region, known = readable(Conf.DEFAULT_REGION), numbers().SUPPORTED_REGIONS
    if region is None or region in known:
        return []
    meant = region.strip().upper()
    return [UNKNOWN_REGION(region=region[:30], hint=f"Set it to '{meant}'." if meant in known else "")]


@checks.register(TAG)
def check_image_storage(**kwargs: Any) -> list[checks.CheckMessage]:
    """E021: the storage of uploaded pictures exists. A site that did not choose one may have no default storage."""
    name, known = readable(Conf.IMAGE_STORAGE), list(settings.STORAGES)
    if name is None or name in known or "IMAGE_STORAGE" not in (written() or {}):
        return []
    meant = nearest(name, known)
    hint = f"Did you mean '{meant}'?" if meant else ""
    return [NO_STORAGE(name=name[:30], known=", ".join(map(repr, known)), hint=hint)]


@checks.register(TAG)
def check_use_tz(**kwargs: Any) -> list[checks.CheckMessage]:
    """W008: times are stored with their zone."""
    return [] if settings.USE_TZ else [NO_ZONES()]


@checks.register(TAG)
def check_import_export(**kwargs: Any) -> list[checks.CheckMessage]:
    """W011: the app whose commands and admin use RecipientResource is installed."""
    return [] if apps.is_installed("import_export") else [NO_IMPORT_EXPORT()]
