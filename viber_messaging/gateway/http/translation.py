"""Translate foreign exceptions to ours, in this one place.

If making the connection fails, nothing was sent: no byte of the request left. In all other cases, the outcome is
unknown.
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
"""InvalidHeader is not among them, because requests also raises it for an *answer* with two lengths."""

_UNUSABLE_NAMES = (LocationValueError, UnicodeError)


class ReplyTooLarge(Exception):
    """Raised when a decoded answer is longer than MAX_REPLY_BYTES."""


_OF_THE_WIRE = (OSError, HTTPException, HTTPError, ReplyTooLarge)
"""The exceptions of sockets, TLS, ``http``, urllib3 and requests; RequestException is an OSError."""


def is_of_the_wire(error: Exception) -> bool:
    """Return whether the call itself failed; otherwise, the exception came from outside, like a task's time limit.

    Built-in exceptions may come from bugs in those libraries, so they count as failures of the call.
    """
    return isinstance(error, _OF_THE_WIRE) or type(error).__module__ == "builtins"


def translate(error: Exception, call: Call, host: str) -> GatewayError | ConfigurationError:
    """Return our exception for a foreign one, with our own sentence."""
    if isinstance(error, _UNUSABLE) or (call.is_connecting and isinstance(error, _UNUSABLE_NAMES)):
        return ConfigurationError("API_URL, or a proxy in the environment, is not a valid address.")
    if call.is_connecting:
        return _not_sent(error, call, host)
    if isinstance(error, ReplyTooLarge):
        return OutcomeUnknown("The gateway's answer is longer than MAX_REPLY_BYTES.")
    if call.is_over or _is_timeout(error):
        return OutcomeUnknown("The gateway did not answer in time.")
    return OutcomeUnknown("The connection broke before the gateway's answer was complete.")


def _not_sent(error: Exception, call: Call, host: str) -> GatewayError:
    if isinstance(error, exceptions.ProxyError):
        return Misdirected("The proxy cannot be used: check HTTPS_PROXY and NO_PROXY in this process's environment.")
    if isinstance(error, exceptions.SSLError):
        return Untrusted(f"The certificate of {host} cannot be trusted, or the TLS connection failed.")
    if isinstance(error, exceptions.ConnectTimeout) or isinstance(_reason(error), NewConnectionError):
        return Unreachable(f"{host} cannot be reached.")
    if call.is_over:
        return Unreachable(f"{host} did not finish connecting in time.")
    return Unreachable(f"The connection to {host} was lost while it was being opened.")


def _reason(error: Exception) -> object:
    """Return urllib3's reason for giving up, which requests wraps in two exceptions."""
    cause = error.args[0] if isinstance(error, exceptions.ConnectionError) and error.args else None
    return getattr(cause, "reason", None)


def _is_timeout(error: Exception) -> bool:
    return isinstance(error, exceptions.Timeout) or any(isinstance(cause, ReadTimeoutError) for cause in error.args)
