"""Who may ask: programs and pages of this machine.

A page of any site can make a browser send requests here, and a name that is led to 127.0.0.1 lets it read the answers.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit


def is_local(hosts: Sequence[str], pages: Sequence[str]) -> bool:
    """Tell whether ``hosts`` (of Host) and ``pages`` (of Origin and Referer) all are this machine's own."""
    return all(_is_loopback(f"//{host}") for host in hosts) and all(map(_is_loopback, pages))


def _is_loopback(address: str) -> bool:
    try:
        parts = urlsplit(address)
        name = parts.hostname or ""
        return parts.port != 0 and parts.username is None and (name == "localhost" or ip_address(name).is_loopback)
    except ValueError:
        return False
