"""The route to the gateway: the proxies and the CA bundle of the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import requests

from viber_messaging.gateway.errors import ConfigurationError
from viber_messaging.gateway.http.addresses import is_loopback
from viber_messaging.gateway.masks import HiddenStr


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How requests reach a host: proxies by scheme, and the path of a CA bundle, or True for the default one."""

    proxies: Mapping[str, str]
    verify: str | bool


def find_route(url: str, host: str) -> Route:
    """Read proxies and the CA bundle from the environment as requests does, once; neither is used for loopback."""
    if is_loopback(host):
        return Route(proxies={}, verify=True)
    with requests.Session() as session:
        found = session.merge_environment_settings(url, {}, True, True, None)
    bundle = found["verify"]
    if isinstance(bundle, str) and not Path(bundle).exists():
        raise ConfigurationError("REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names a file that does not exist.")
    proxies = {scheme: HiddenStr(proxy) for scheme, proxy in found["proxies"].items()}
    return Route(proxies=proxies, verify=bundle or True)
