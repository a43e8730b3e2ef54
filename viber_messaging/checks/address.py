"""Checks of API_URL. It is never shown: it may hold a password."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core import checks

from viber_messaging.checks.reading import TAG, readable
from viber_messaging.conf import Conf
from viber_messaging.gateway.addresses import is_loopback

ADDRESS_HINT = f"Write the gateway's address, such as '{Conf.API_URL.default}', and nothing else."


@checks.register(TAG)
def check_address(**kwargs: Any) -> list[checks.CheckMessage]:
    """E003: the address is one of the web."""
    if readable(Conf.API_URL) is None or address_parts() is not None:
        return []
    return [checks.Error("API_URL is not an https:// address.", hint=ADDRESS_HINT, id=f"{TAG}.E003")]


@checks.register(TAG)
def check_encryption(**kwargs: Any) -> list[checks.CheckMessage]:
    """E004: nobody on the way can read the key and the phones."""
    parts = address_parts()
    if parts is None or parts.scheme == "https" or is_loopback(parts.hostname or ""):
        return []
    message = "API_URL would send the key and the phones unencrypted."
    hint = "Write https:// instead; plain http:// is for a stand-in on this very machine."
    return [checks.Error(message, hint=hint, id=f"{TAG}.E004")]


@checks.register(TAG)
def check_address_secrets(**kwargs: Any) -> list[checks.CheckMessage]:
    """E005: the address holds nothing that must not stand in logs."""
    parts = address_parts()
    if parts is None or not (parts.username is not None or parts.query or parts.fragment):
        return []
    message = "API_URL holds a user name, a password or parameters, which end up in logs and errors."
    return [checks.Error(message, hint=ADDRESS_HINT, id=f"{TAG}.E005")]


@checks.register(TAG)
def check_stand_in_address(**kwargs: Any) -> list[checks.CheckMessage]:
    """W003: a site that is not under development speaks to the real gateway."""
    parts = address_parts()
    if settings.DEBUG or parts is None or not is_loopback(parts.hostname or ""):
        return []
    message = "DEBUG is off, but API_URL leads to this very machine: no message reaches a phone."
    return [checks.Warning(message, hint="Leave API_URL out to use the gateway.", id=f"{TAG}.W003")]


@checks.register(TAG)
def check_live_address(**kwargs: Any) -> list[checks.CheckMessage]:
    """W004: a site under development does not write to people by accident."""
    parts = address_parts()
    if not settings.DEBUG or parts is None or is_loopback(parts.hostname or "") or readable(Conf.API_KEY) is None:
        return []
    message = "DEBUG is on, and messages go to real phones."
    hint = "Start `manage.py viber_sandbox` and point API_URL at it, or leave API_KEY out."
    return [checks.Warning(message, hint=hint, id=f"{TAG}.W004")]


def address_parts() -> SplitResult | None:
    """Return the parts of API_URL; None where it is no http(s) address with a host."""
    try:
        parts = urlsplit(readable(Conf.API_URL) or "")
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None
