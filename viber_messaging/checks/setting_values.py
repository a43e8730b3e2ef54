"""Checks of the values in VIBER_MESSAGING, key by key."""

import unicodedata
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from viber_messaging.checks.messages import TAG, complaint
from viber_messaging.checks.setting_readers import arguments, nearest, readable, written
from viber_messaging.conf import SETTINGS, Conf
from viber_messaging.conf.kinds import Setting, shown, written_settings

KEY_HINT = "Set VIBER_MESSAGING['API_KEY'], or VIBER_API_KEY in the environment where settings_from_env() reads it."
NO_DICT = complaint("E001", "{what_is_wrong}", hint="Set it to a dict, or write VIBER_MESSAGING = settings_from_env().")
NO_DEPLOYED_KEY = complaint("E002", "This site is deployed without the gateway's API_KEY.", hint=KEY_HINT)
WRONG_VALUE = complaint("E006", "{what_is_wrong}", hint="The default is {default!r}.")
NO_KEY = complaint("W001", "The gateway's API_KEY is missing: no message can be sent.", hint=KEY_HINT)
STRAY_CHARACTERS = complaint(
    "W002",
    "API_KEY contains a space, a line break, a quotation mark or an invisible character.",
    hint="Copy it again, without the characters around it.",
)
MISSPELT = complaint("W015", "Nothing reads the setting {name}.", hint="Did you mean VIBER_MESSAGING?")
UNKNOWN_NAME = complaint(
    "W005", "VIBER_MESSAGING contains the unknown key {name}.", hint=f"The valid keys are {', '.join(SETTINGS)}."
)

SETTING = "VIBER_MESSAGING"

REPORTED_ELSEWHERE = frozenset({"DISPATCH"})
"""Keys with a separate check for wrong values."""


@checks.register(TAG)
def check_dict(**kwargs: Any) -> list[checks.CheckMessage]:
    """E001: the setting is a dict."""
    try:
        written_settings()
    except ImproperlyConfigured as wrong:
        return [NO_DICT(what_is_wrong=wrong)]
    return []


@checks.register(TAG)
def check_key_is_written(**kwargs: Any) -> list[checks.CheckMessage]:
    """W001: the key is set; without it, everything works except sending. With --deploy, E002 reports it instead."""
    is_told = "--deploy" in arguments() or misspelt_setting()
    return [NO_KEY()] if key_is_missing() and not is_told else []


@checks.register(TAG, deploy=True)
def check_deployed_key(**kwargs: Any) -> list[checks.CheckMessage]:
    """E002: a deployed site has a key."""
    return [NO_DEPLOYED_KEY()] if key_is_missing() and not misspelt_setting() else []


@checks.register(TAG)
def check_setting_name(**kwargs: Any) -> list[checks.CheckMessage]:
    """W015: the name of the setting is not misspelt."""
    name = misspelt_setting()
    return [MISSPELT(name=name)] if name else []


@checks.register(TAG)
def check_key_is_clean(**kwargs: Any) -> list[checks.CheckMessage]:
    """W002: no stray characters were copied with the key."""
    key = readable(Conf.API_KEY)
    return [] if key is None or not any(map(is_stray, key)) else [STRAY_CHARACTERS()]


@checks.register(TAG)
def check_names(**kwargs: Any) -> list[checks.CheckMessage]:
    """W005: no key is misspelt."""
    return [UNKNOWN_NAME(name=shown(name), hint=name_hint(name)) for name in written() or {} if name not in SETTINGS]


@checks.register(TAG)
def check_values(**kwargs: Any) -> list[checks.CheckMessage]:
    """E006: each value has the type and the bounds that its key requires."""
    settings = (setting for key, setting in SETTINGS.items() if key not in REPORTED_ELSEWHERE)
    return [
        WRONG_VALUE(what_is_wrong=wrong, default=setting.default, hint=KEY_HINT if setting is Conf.API_KEY else "")
        for setting in settings
        if (wrong := complaint_about(setting))
    ]


def key_is_missing() -> bool:
    """Return whether the site has settings, but no key."""
    values = written()
    return values is not None and values.get("API_KEY") in (None, "")


def misspelt_setting() -> str:
    """Return the name under which the site wrote VIBER_MESSAGING; empty if it is right, or nothing is similar."""
    if hasattr(settings, SETTING):
        return ""
    near = get_close_matches(SETTING, dir(settings), n=1, cutoff=0.8)
    return near[0] if near else ""


def is_stray(character: str) -> bool:
    """Return whether this character cannot be part of a key."""
    return character in "\"'" or unicodedata.category(character)[0] in "CZ"


def name_hint(name: object) -> str:
    """Return a hint at the key that was meant; empty if none is similar."""
    meant = nearest(name, list(SETTINGS))
    return f"Did you mean '{meant}'?" if meant else ""


def complaint_about(setting: Setting[Any]) -> str:
    """Return what is wrong with the current value, or an empty string. W001 reports a missing key."""
    values = written()
    if values is None or (setting is Conf.API_KEY and key_is_missing()):
        return ""
    try:
        setting.read(values)
    except ImproperlyConfigured as wrong:
        return str(wrong)
    return ""
