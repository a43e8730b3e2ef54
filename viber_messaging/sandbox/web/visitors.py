"""Check the client: only programs and pages on this machine may make requests.

A page of any site can make a browser send requests here, and with a name that resolves to 127.0.0.1 it could read the
answers.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit


def is_local(hosts: Sequence[str], pages: Sequence[str]) -> bool:
    """Return whether all ``hosts`` (from Host) and ``pages`` (from Origin and Referer) are on this machine."""
    return all(_is_loopback(f"//{host}") for host in hosts) and all(map(_is_loopback, pages))


def _is_loopback(address: str) -> bool:
    try:
        parts = urlsplit(address)
        name = parts.hostname or ""
        return parts.port != 0 and parts.username is None and (name == "localhost" or ip_address(name).is_loopback)
    except ValueError:
        return False
