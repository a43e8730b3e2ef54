"""Checks of the site's own replacements for our classes and functions."""

import inspect
from typing import Any

from django.core import checks
from django.utils.module_loading import import_string

from viber_messaging.checks.messages import TAG, complaint
from viber_messaging.checks.setting_readers import readable
from viber_messaging.conf import Conf
from viber_messaging.conf.kinds import Setting
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.protocol import METHODS

NO_GATEWAY = complaint(
    "E017",
    "The class in GATEWAY does not define {lacking}.",
    hint="Define all methods of viber_messaging.gateway.protocol.Gateway, or inherit from "
    "viber_messaging.gateway.client.Client.",
)
NOT_MADE = complaint(
    "E020",
    "The class in GATEWAY does not accept the arguments of Client: {error}.",
    hint="Accept them as keyword arguments, as viber_messaging.gateway.client.Client does, or inherit from it.",
)
NO_RESOLVER = complaint(
    "E018",
    "RECIPIENT_RESOLVER does not name a function.",
    hint="Set it to the path of a function that takes an object of your site and returns its phone number or its "
    "Recipient.",
)
NOT_IMPORTED = complaint(
    "E019",
    "{key} is {path!r}, which cannot be imported: {error}.",
    hint="Set it to {expectation}, and make sure that `import {module}` works.",
)


@checks.register(TAG)
def check_gateway(**kwargs: Any) -> list[checks.CheckMessage]:
    """E017: GATEWAY is a class with the methods of a gateway."""
    found, wrong = _imported(Conf.GATEWAY)
    lacking = [name for name in METHODS if not callable(getattr(found, name, None))]
    if wrong or found is None or not lacking:
        return wrong
    return [NO_GATEWAY(lacking=", ".join(lacking))]


@checks.register(TAG)
def check_gateway_is_made(**kwargs: Any) -> list[checks.CheckMessage]:
    """E020: GATEWAY accepts the arguments that pass the settings to it."""
    found, wrong = _imported(Conf.GATEWAY)
    if wrong or found is None or not callable(found):
        return []
    try:
        inspect.signature(found).bind(**dict.fromkeys(inspect.signature(Client).parameters))
    except (TypeError, ValueError) as error:
        return [NOT_MADE(error=error)]
    return []


@checks.register(TAG)
def check_resolver(**kwargs: Any) -> list[checks.CheckMessage]:
    """E018: RECIPIENT_RESOLVER is a function."""
    found, wrong = _imported(Conf.RECIPIENT_RESOLVER)
    if wrong or found is None or callable(found):
        return wrong
    return [NO_RESOLVER()]


def _imported(setting: Setting[str]) -> tuple[Any, list[checks.CheckMessage]]:
    """E019: the path can be imported; return what it leads to, and complaints."""
    path = readable(setting)
    if path is None:
        return None, []
    try:
        return import_string(path), []
    except Exception as error:  # noqa: BLE001 (what a module of the site raises as it is imported)
        details = {"error": type(error).__name__, "expectation": setting.expectation, "module": path.rpartition(".")[0]}
        return None, [NOT_IMPORTED(key=setting.key, path=path, **details)]
