"""Foreign exceptions to ours, in this one place.

What fails while the connection is being made is certainly not sent: no byte of the request left. All else is unknown.
"""

from http.client import HTTPException

from requests import exceptions
from urllib3.exceptions import HTTPError, LocationValueError, NewConnectionError, ReadTimeoutError

from viber_messaging.gateway.errors import (
    ConfigurationError,
    GatewayError,
    Misdirected,
    OutcomeUnknown,
    Unreachable,
    Untrusted,
)
from viber_messaging.gateway.http.deadlines import Call

_UNUSABLE = (exceptions.InvalidURL, exceptions.MissingSchema, exceptions.InvalidSchema)
"""InvalidHeader is not one of them: requests raises it for an *answer* with two lengths, too."""

_UNUSABLE_NAMES = (LocationValueError, UnicodeError)


class ReplyTooLarge(Exception):
    """An answer is longer than MAX_REPLY_BYTES, decoded."""


_OF_THE_WIRE = (OSError, HTTPException, HTTPError, ReplyTooLarge)
"""What sockets, TLS, ``http``, urllib3 and requests raise; RequestException is an OSError."""


def is_of_the_wire(error: Exception) -> bool:
    """Tell whether the call itself failed; a class of elsewhere was raised into it, as a time limit of a task is.

    Python's own classes may come from a fault in those libraries, so they count as theirs.
    """
    return isinstance(error, _OF_THE_WIRE) or type(error).__module__ == "builtins"


def translate(error: Exception, call: Call, host: str) -> GatewayError | ConfigurationError:
    """Return our exception for a foreign one: what it lets the caller conclude, in a sentence of ours."""
    if isinstance(error, _UNUSABLE) or (call.is_connecting and isinstance(error, _UNUSABLE_NAMES)):
        return ConfigurationError("API_URL, or a proxy of the environment, cannot be used as an address.")
    if call.is_connecting:
        return _not_sent(error, call, host)
    if isinstance(error, ReplyTooLarge):
        return OutcomeUnknown("The gateway's answer is longer than MAX_REPLY_BYTES.")
    if call.is_over or _is_timeout(error):
        return OutcomeUnknown("The gateway did not answer in time.")
    return OutcomeUnknown("The connection broke before the gateway's answer was complete.")


def _not_sent(error: Exception, call: Call, host: str) -> GatewayError:
    if isinstance(error, exceptions.ProxyError):
        return Misdirected("The proxy cannot be used: see HTTPS_PROXY and NO_PROXY in this process's environment.")
    if isinstance(error, exceptions.SSLError):
        return Untrusted(f"The certificate of {host} cannot be trusted, or TLS with it failed.")
    if isinstance(error, exceptions.ConnectTimeout) or isinstance(_reason(error), NewConnectionError):
        return Unreachable(f"{host} cannot be reached.")
    if call.is_over:
        return Unreachable(f"{host} did not finish connecting in time.")
    return Unreachable(f"The connection to {host} broke off while it was being made.")


def _reason(error: Exception) -> object:
    """Return what urllib3 gave up for; requests keeps it two exceptions deep."""
    cause = error.args[0] if isinstance(error, exceptions.ConnectionError) and error.args else None
    return getattr(cause, "reason", None)


def _is_timeout(error: Exception) -> bool:
    return isinstance(error, exceptions.Timeout) or any(isinstance(cause, ReadTimeoutError) for cause in error.args)
