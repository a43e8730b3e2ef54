"""The only reader of ``settings.VIBER_MESSAGING``.

Each key is declared once, on ``Conf``. Reading it, checking it and taking it from the environment use that declaration.
Nothing is read at import, so a settings module may import this one.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from os import PathLike
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

from viber_messaging.conf.kinds import (
    Address,
    Choice,
    Dotted,
    Number,
    OptionalNumber,
    OptionalText,
    Phones,
    Range,
    Secret,
    Setting,
    Switch,
    Text,
    ValueT,
    Whole,
    shown,
)

Dispatch: TypeAlias = Literal["inline", "tasks", "celery", "worker"]
"""How messages are sent after the commit that queues them."""

MINUTE, HOUR, DAY = 60, 3600, 86400
MIB = 1024 * 1024


class Conf:
    """The current settings of this package; an invalid one raises ImproperlyConfigured when it is read."""

    API_KEY = Secret("", "the key of your account at the gateway")
    API_URL = Address("https://alphasms.ua/api/xml.php", "the https:// address of the gateway")
    DISPATCH: Setting[Dispatch] = Choice("inline", get_args(Dispatch))
    INLINE_LIMIT = Whole(20, high=1000)
    INLINE_TIMEOUT = Number(10, high=10 * MINUTE)
    PACKAGE_SIZE = Whole(100, high=10_000)
    CONCURRENCY = Whole(1, high=64)
    RATE_LIMIT = OptionalNumber(high=10_000, unit="messages a second")
    CONNECT_TIMEOUT = Number(5, high=10 * MINUTE)
    READ_TIMEOUT = Number(30, high=HOUR)
    TOTAL_TIMEOUT = Number(60, high=HOUR)
    MAX_REPLY_BYTES = Whole(8 * MIB, low=1024, high=1024 * MIB)
    MAX_ATTEMPTS = Whole(8, high=1000)
    RETRY_DELAY = Number(30, high=DAY)
    CLAIM_TIMEOUT = Number(5 * MINUTE, high=DAY)
    RESEND_WINDOW = Number(DAY, high=30 * DAY)
    REFERENCE_RANGE = Range((10**13, 14 * 10**13), high=2**63)
    STATUS_MAX_AGE = Number(14 * DAY, high=366 * DAY)
    DEFAULT_REGION = Text("UA", "the two letters of a country, such as 'UA'")
    TIME_ZONE = Text("Europe/Kyiv", "the name of a time zone, such as 'Europe/Kyiv'")
    ONLY_PHONES = Phones()
    LOW_BALANCE = OptionalNumber(high=10**9, unit="the account's currency")
    GATEWAY = Dotted(
        "viber_messaging.gateway.client.Client", "the dotted path of a class, such as 'shop.viber.Gateway'"
    )
    RECIPIENT_RESOLVER = Dotted(
        "viber_messaging.delivery.people.resolver.recipient_of",
        "the dotted path of a function, such as 'shop.viber.phone_of'",
    )
    CAMPAIGN_APPROVAL = Switch(False)
    SMS = Switch(True)
    SMS_EXPIRES = Number(DAY, high=5 * DAY)
    SMS_MAX_PARTS = Whole(5, high=10)
    SMS_MAY_DOUBLE = Switch(False)
    IMAGE_STORAGE = OptionalText("default", "the name of a storage in STORAGES, such as 'default'")
    IMAGE_MAX_BYTES = Whole(5 * MIB, high=1024 * MIB)
    IMPORT_MAX_ROWS = Whole(200_000, high=10_000_000)
    IMPORT_MAX_BYTES = Whole(20 * MIB, high=1024 * MIB)

    def __repr__(self) -> str:
        return "<Conf: VIBER_MESSAGING>"

    @property
    def time_zone(self) -> ZoneInfo:
        """The gateway's time zone; raise ImproperlyConfigured if this system does not know it."""
        try:
            return ZoneInfo(self.TIME_ZONE)
        except (KeyError, ValueError, OSError):
            raise ImproperlyConfigured(
                f"VIBER_MESSAGING['TIME_ZONE'] is {shown(self.TIME_ZONE)}, which this system does not know: "
                "set it to a name such as 'Europe/Kyiv', or install time zone data with: pip install -U tzdata"
            ) from None


SETTINGS: Mapping[str, Setting[Any]] = MappingProxyType(
    {name: member for name, member in vars(Conf).items() if isinstance(member, Setting)}
)
"""Every key with its declaration."""

conf = Conf()


_PREFIX = "VIBER_"


def settings_from_env(env_file: str | PathLike[str] | None = None) -> dict[str, Any]:
    """Return the keys set in the environment as ``VIBER_<KEY>``, typed; raise ImproperlyConfigured if one is wrong.

    ``env_file`` is read first, if it exists; existing environment variables override it. A variable with a name similar
    to one of these is returned too, without its value, so that ``manage.py check`` can say which was meant.
    """
    env = environ.Env()
    env.escape_proxy = True
    if env_file is not None:
        env.read_env(env_file, encoding="utf-8-sig")
    values: dict[str, Any] = {
        key: value_from(env, setting) for key, setting in SETTINGS.items() if f"{_PREFIX}{key}" in env
    }
    return values | dict.fromkeys(_misspelt(env), "")


def _misspelt(env: environ.Env) -> list[str]:
    """Return misspelt keys in the environment; other programs may have variables with our prefix."""
    names = [name.removeprefix(_PREFIX) for name in env.ENVIRON if name.startswith(_PREFIX)]
    return [name for name in names if name not in SETTINGS and get_close_matches(name, SETTINGS, n=1, cutoff=0.8)]


def value_from(env: environ.Env, setting: Setting[ValueT]) -> ValueT:
    """Return the value of ``VIBER_<KEY>``; raise ImproperlyConfigured if it is wrong."""
    variable = f"VIBER_{setting.key}"
    try:
        text = env.str(variable)
    except ImproperlyConfigured:
        # django-environ takes "$NAME" for a reference, and its message would show a key that begins with "$".
        raise ImproperlyConfigured(f"{variable} begins with $ but does not name a variable: write $ as \\$.") from None
    try:
        return setting.parse(text)
    except ValueError:
        raise ImproperlyConfigured(setting.complaint(variable, text)) from None
