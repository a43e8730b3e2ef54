"""The gateway's address: checks of API_URL and of the key."""

from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from viber_messaging.gateway.errors import ConfigurationError


def check_key(key: str) -> None:
    """Refuse an invalid key; raise ConfigurationError, which does not contain the key."""
    if not key or not key.strip():
        raise ConfigurationError("API_KEY is not set.")
    if not key.isprintable():
        raise ConfigurationError("API_KEY contains a line break, a control character or another invisible character.")


def check_url(url: str, key: str) -> str:
    """Return the host of a valid address; raise ConfigurationError, which contains no secrets, if it is invalid."""
    if fault := _fault_of(url, key):
        raise ConfigurationError(fault)
    return urlsplit(url).hostname or ""


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, by its name or number, without a lookup."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _fault_of(url: str, key: str) -> str:
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not _is_a_name(parts.hostname or ""):
        return "API_URL is not an http or https address."
    if parts.username is not None or parts.password is not None:
        return "API_URL must not contain a user name or a password."
    if key in unquote(url):
        return "API_URL must not contain the API key."
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        return "API_URL must begin with https; plain http is only allowed for this machine."
    return ""


def _split(url: str) -> SplitResult | None:
    """Return an address's parts, None if it is invalid: the foreign exception could contain a password from it."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (reading it is what validates it)
    except ValueError:
        return None
    return parts


def _is_a_name(host: str) -> bool:
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return bool(host)
