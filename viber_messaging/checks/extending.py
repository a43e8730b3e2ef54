"""Checks of what a site puts in the place of ours."""

from typing import Any

from django.core import checks
from django.utils.module_loading import import_string

from viber_messaging.checks.reading import TAG, readable
from viber_messaging.conf import Conf
from viber_messaging.conf.kinds import Setting
from viber_messaging.gateway.protocol import METHODS


@checks.register(TAG)
def check_gateway(**kwargs: Any) -> list[checks.CheckMessage]:
    """E017: GATEWAY is a class that can do what a gateway must."""
    found, wrong = _imported(Conf.GATEWAY, "E017")
    lacking = [name for name in METHODS if not callable(getattr(found, name, None))]
    if wrong or found is None or not lacking:
        return wrong
    message = f"The class that GATEWAY names has no {', '.join(lacking)}."
    hint = "Write what viber_messaging.gateway.protocol.Gateway asks for, or inherit from Client beside it."
    return [checks.Error(message, hint=hint, id=f"{TAG}.E017")]


@checks.register(TAG)
def check_resolver(**kwargs: Any) -> list[checks.CheckMessage]:
    """E018: RECIPIENT_RESOLVER is a function."""
    found, wrong = _imported(Conf.RECIPIENT_RESOLVER, "E018")
    if wrong or found is None or callable(found):
        return wrong
    message = "What RECIPIENT_RESOLVER names cannot be called."
    hint = "Name a function that takes an object of your site and returns its phone, or its Recipient."
    return [checks.Error(message, hint=hint, id=f"{TAG}.E018")]


def _imported(setting: Setting[str], number: str) -> tuple[Any, list[checks.CheckMessage]]:
    """Return what the path leads to, or why it leads nowhere."""
    path = readable(setting)
    if path is None:
        return None, []
    try:
        return import_string(path), []
    except Exception as error:  # noqa: BLE001 (what a module of the site raises as it is imported)
        message = f"{setting.key} is {path!r}, which cannot be imported: {type(error).__name__}."
        hint = f"Write {setting.expectation}, and see that `import {path.rpartition('.')[0]}` works."
        return None, [checks.Error(message, hint=hint, id=f"{TAG}.{number}")]
