"""A wrapper that guarantees the ``Gateway`` contract, whatever the site's own gateway class does.

A call returns an answer as ``Gateway`` promises, or raises an error from ``gateway.errors`` or an exception that ends
the run, such as a task queue's time limit. Anything else that the site's class raises or returns becomes OutcomeUnknown
here.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from viber_messaging.delivery.connection import replies
from viber_messaging.delivery.interruption import is_time_limit
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.entities import Balance, OutgoingMessage, Price, Reply, SendResult, StatusResult
from viber_messaging.gateway.errors import (
    ConfigurationError,
    GatewayError,
    Interrupted,
    Misdirected,
    OutcomeUnknown,
    UnsendableText,
)
from viber_messaging.gateway.masks import forget_details, trace
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.logs.facts import facts

logger = logging.getLogger(__name__)

T = TypeVar("T")


class GuardedGateway:
    """A gateway that keeps the contract of ``Gateway``, wrapping one that may not."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._is_ours = type(gateway) is Client

    def __repr__(self) -> str:
        return f"<GuardedGateway of a {type(self.gateway).__name__}>"

    def __enter__(self) -> Self:
        self.gateway.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the gateway; a failure is only logged, because the answers are already saved."""
        try:
            self.gateway.__exit__(kind, error, trace)
        except Exception as failure:  # noqa: BLE001 (the answers are saved; it is logged)
            if limit := _ends_the_run(failure):
                raise limit from None
            self._break("close", failure)

    def close(self) -> None:
        """Close the connection; a failure is only logged."""
        self.__exit__(None, None, None)

    def send(self, messages: Sequence[OutgoingMessage], /) -> Reply[SendResult]:
        """Send messages; raises GatewayError, UnsendableText, or an exception that ends the run."""
        reply = self._call("send", self.gateway.send, messages)
        return reply if self._is_ours else replies.checked(reply, SendResult)

    def status(self, ids: Sequence[int], /) -> Reply[StatusResult]:
        """Ask for the statuses of messages; raises GatewayError, or an exception that ends the run."""
        reply = self._call("status", self.gateway.status, ids)
        return reply if self._is_ours else replies.checked(reply, StatusResult)

    def delete(self, ids: Sequence[int], /) -> Reply[StatusResult]:
        """Delete messages at the gateway; raises GatewayError, or an exception that ends the run."""
        reply = self._call("delete", self.gateway.delete, ids)
        return reply if self._is_ours else replies.checked(reply, StatusResult)

    def balance(self) -> Balance:
        """Return the account's balance; raises GatewayError, or an exception that ends the run."""
        return replies.checked_balance(self._call("balance", self.gateway.balance))

    def prices(self, phones: Sequence[str], /) -> Mapping[str, Price]:
        """Return the prices of an SMS by phone; none if the site's class cannot say. Raises as ``balance`` does."""
        ask = getattr(self.gateway, "prices", None)
        return {} if ask is None else replies.checked_prices(self._call("prices", ask, phones), phones)

    def _call(self, command: str, method: Callable[..., T], *args: Any) -> T:
        try:
            return method(*args)
        except UnsendableText:
            raise
        except GatewayError as error:
            if self._is_ours:
                raise
            raise replies.checked_error(error) from error
        except ConfigurationError as error:
            raise Misdirected(str(error)) from error
        except Exception as error:
            if (limit := _ends_the_run(error)) is None:
                self._break(command, error)
                raise OutcomeUnknown(replies.CANNOT_BE_READ) from error
        raise limit

    def _break(self, command: str, error: Exception) -> None:
        """Log where it failed, without the exception's message, which may contain personal data."""
        extra = facts("gateway_broken", command=command)
        logger.error("The gateway class failed at %s.\n%s", command, trace(error), extra=extra)
        forget_details(error)


def _ends_the_run(error: Exception) -> BaseException | None:
    """Return the exception raised from outside the gateway to end the run, if this is one."""
    if isinstance(error, Interrupted):
        return error.__cause__ or error
    return error if is_time_limit(error) else None


def reason_of(error: GatewayError, reasons: Mapping[type[GatewayError], str]) -> str:
    """Return the word for a kind of failure; for the site's own class, that of its base class."""
    return next(reasons[kind] for kind in type(error).__mro__ if kind in reasons)
