"""The errors of a whole call, grouped by what the caller may do next.

* GatewayError
  x NotSent                nothing reached the gateway's queue: the same messages may be sent again
    + Unreachable          nobody answered (refused, no such name, connect timeout): later and later
    + Untrusted            TLS failed: sending stops, a person must look
    + Misdirected          the URL leads elsewhere (redirect, 400, 404, 405, 415, proxy): sending stops
    + AccountRefused       key, address, account or API (202, 205, 209, 210, HTTP 401, 403): sending stops
    + Throttled            too fast (212, HTTP 429): slow down, smaller packages
    + PackageRefused       the package as a whole (201, HTTP 413): halve it
  x OutcomeUnknown         it may have been sent: ask for its status before anything else
* ConfigurationError       the client cannot be built from these settings
* UnsendableText           one message holds characters that XML cannot carry
* Interrupted              an exception from elsewhere interrupted the call: it may have been sent; end the run

No error contains the key, a phone, a text, or the message of the foreign exception behind it.
"""

from typing import ClassVar


class GatewayError(Exception):
    """Base class of the errors that a call to the gateway may raise.

    ``code`` is the gateway's request code if it gave one, ``http_status`` the HTTP status, ``excerpt`` the answer's
    first characters without secrets, ``retry_after_seconds`` how long it asked us to wait.
    """

    default: ClassVar[str] = "The gateway could not be used."

    # Also on the class, because a subclass may not call ``__init__``.
    code: int | None = None
    http_status: int | None = None
    excerpt: str = ""
    retry_after_seconds: float | None = None

    def __init__(
        self,
        message: str = "",
        *,
        code: int | None = None,
        http_status: int | None = None,
        excerpt: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message or self.default)
        self.code = code
        self.http_status = http_status
        self.excerpt = excerpt
        self.retry_after_seconds = retry_after_seconds


class NotSent(GatewayError):
    """It is certain that nothing was sent."""

    default = "Nothing was sent."


class Unreachable(NotSent):
    """Nobody answered at the gateway's address; retry with growing delays."""

    default = "The gateway cannot be reached."


class Untrusted(NotSent):
    """TLS could not be set up or the certificate is not the gateway's; stop and tell a person."""

    default = "The gateway's certificate cannot be trusted."


class Misdirected(NotSent):
    """What answers at API_URL is not the gateway; stop and tell a person."""

    default = "The address in API_URL does not lead to the gateway."


class AccountRefused(NotSent):
    """The problem is the account, not the messages; stop and tell a person."""

    default = "The gateway refused the account."


class Throttled(NotSent):
    """The gateway gets too many requests; wait, then send smaller packages."""

    default = "The gateway asks to send more slowly."


class PackageRefused(NotSent):
    """The gateway refused the package for its form; halve it until the bad message is found."""

    default = "The gateway refused the package because of its format."


class OutcomeUnknown(GatewayError):
    """The request may have been carried out; ask for the status before sending again."""

    default = "It is not known whether the gateway received the request."


class ConfigurationError(Exception):
    """The client cannot be built: a setting is missing or wrong."""


class UnsendableText(ValueError):
    """A text holds a character that XML cannot carry."""


class Interrupted(Exception):
    """Something other than the connection interrupted the call, such as a task queue's time limit: see ``__cause__``.

    The request may have been carried out. The caller records that, then raises the cause.
    """
