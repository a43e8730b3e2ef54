"""Checks of API_URL, which is never shown because it may contain a password."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core import checks

from viber_messaging.checks.messages import TAG, complaint
from viber_messaging.checks.setting_readers import readable
from viber_messaging.conf import Conf
from viber_messaging.delivery.connection import site_tests
from viber_messaging.gateway.http.addresses import is_loopback

ADDRESS_HINT = f"Set it to the gateway's address alone, such as '{Conf.API_URL.default}'."

NO_ADDRESS = complaint("E003", "API_URL is not an https:// address.", hint=ADDRESS_HINT)
UNENCRYPTED = complaint(
    "E004",
    "With this API_URL, the key and the phone numbers would be sent unencrypted.",
    hint="Use https:// instead; plain http:// is only for a stand-in gateway on this machine.",
)
HOLDS_SECRETS = complaint(
    "E005",
    "API_URL contains a user name, a password or parameters, which would appear in logs and errors.",
    hint=ADDRESS_HINT,
)
STAND_IN = complaint(
    "W003",
    "DEBUG is off, but API_URL points to this machine: no message reaches a phone.",
    hint="Remove API_URL to use the gateway.",
)
LIVE = complaint(
    "W004",
    "DEBUG is on, but messages are sent to real phones.",
    hint="Start `manage.py viber_sandbox` and point API_URL at it, set ONLY_PHONES to your phones, or remove API_KEY.",
)
FEW_PHONES = complaint(
    "W020",
    "ONLY_PHONES is set: messages to all other phones are cancelled.",
    hint="Remove it in production. On a staging site, silence this warning.",
)


@checks.register(TAG)
def check_address(**kwargs: Any) -> list[checks.CheckMessage]:
    """E003: the address is a web address."""
    return [] if readable(Conf.API_URL) is None or address_parts() is not None else [NO_ADDRESS()]


@checks.register(TAG)
def check_encryption(**kwargs: Any) -> list[checks.CheckMessage]:
    """E004: the key and the phones are encrypted on the way."""
    parts = address_parts()
    if parts is None or parts.scheme == "https" or is_loopback(parts.hostname or ""):
        return []
    return [UNENCRYPTED()]


@checks.register(TAG)
def check_address_secrets(**kwargs: Any) -> list[checks.CheckMessage]:
    """E005: the address contains nothing that must not appear in logs."""
    parts = address_parts()
    if parts is None or not (parts.username is not None or parts.query or parts.fragment):
        return []
    return [HOLDS_SECRETS()]


@checks.register(TAG)
def check_stand_in_address(**kwargs: Any) -> list[checks.CheckMessage]:
    """W003: a site that is not under development uses the real gateway."""
    parts = address_parts()
    if settings.DEBUG or parts is None or not is_loopback(parts.hostname or ""):
        return []
    # The test runner switches DEBUG off, and then runs the checks.
    return [] if site_tests.is_run_by_django() else [STAND_IN()]


@checks.register(TAG)
def check_live_address(**kwargs: Any) -> list[checks.CheckMessage]:
    """W004: a site under development does not send messages to people by accident."""
    parts = address_parts()
    if not settings.DEBUG or parts is None or is_loopback(parts.hostname or "") or readable(Conf.API_KEY) is None:
        return []
    return [] if readable(Conf.ONLY_PHONES) else [LIVE()]


@checks.register(TAG, deploy=True)
def check_only_phones(**kwargs: Any) -> list[checks.CheckMessage]:
    """W020: a deployed site may reach every phone."""
    return [FEW_PHONES()] if readable(Conf.ONLY_PHONES) else []


def address_parts() -> SplitResult | None:
    """Return the parts of API_URL; None if it is not an http(s) address with a host."""
    try:
        parts = urlsplit(readable(Conf.API_URL) or "")
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None
