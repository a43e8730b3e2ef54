"""Talk to the gateway: build, post, parse, judge. One method for each command, one POST for each call."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

from viber_messaging.gateway import codec
from viber_messaging.gateway.entities import Balance, OutgoingMessage, Price, Reply, SendResult, StatusResult
from viber_messaging.gateway.errors import ConfigurationError
from viber_messaging.gateway.http.addresses import check_key, check_url
from viber_messaging.gateway.http.protocol import AnyTransport, HttpReply
from viber_messaging.gateway.masks import HiddenStr
from viber_messaging.gateway.request_outcome import Decode, judge, unreadable
from viber_messaging.logs.facts import facts

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Client:
    """A client for one account at the gateway. Close it after use, and do not share it between threads.

    Every method makes one POST. It raises GatewayError if there is no usable answer: NotSent if it is certain that
    nothing was sent, OutcomeUnknown otherwise. A refusal of one message is a result, not an exception. The total
    timeout covers everything from the first connection to the last byte, except the DNS lookup.
    """

    _public_url = "a rejected address"

    def __init__(
        self,
        *,
        url: str,
        key: str,
        connect_timeout_seconds: float = 5,
        read_timeout_seconds: float = 30,
        total_timeout_seconds: float = 60,
        max_reply_bytes: int = 8 * 2**20,
        time_zone: tzinfo,
    ) -> None:
        """Raise ConfigurationError for a key, an address or a timeout that cannot be used."""
        url, key = HiddenStr(url), HiddenStr(key)
        check_key(key)
        self.host = check_url(url, key)
        self._key = key
        self._public_url = _public_part(url)
        self._time_zone = time_zone
        if min(connect_timeout_seconds, read_timeout_seconds, total_timeout_seconds) <= 0:
            raise ConfigurationError("Timeouts must be longer than zero seconds.")
        self._transport = self.open_transport(
            url=url,
            host=self.host,
            timeout_seconds=(connect_timeout_seconds, read_timeout_seconds),
            total_timeout_seconds=total_timeout_seconds,
            max_reply_bytes=max_reply_bytes,
        )

    def open_transport(
        self,
        *,
        url: str,
        host: str,
        timeout_seconds: tuple[float, float],
        total_timeout_seconds: float,
        max_reply_bytes: int,
    ) -> AnyTransport:
        """Return what carries the documents; override it to send them another way."""
        # Imported on first use: requests costs each process of a site 10 MB, and most of them never send.
        from viber_messaging.gateway.http.transport import Transport

        return Transport(
            url=url,
            host=host,
            timeout_seconds=timeout_seconds,
            total_timeout_seconds=total_timeout_seconds,
            max_reply_bytes=max_reply_bytes,
        )

    def __repr__(self) -> str:
        return f"<Client of {self._public_url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the client may be used again, and then reconnects."""
        self._transport.close()

    def send(self, messages: Sequence[OutgoingMessage]) -> Reply[SendResult]:
        """Send messages of one channel in one package.

        Raises UnsendableText, sending nothing, if XML cannot carry one of them.
        """
        document = codec.encode_send(messages, key=self._key, time_zone=self._time_zone)
        ids = [message.id for message in messages]
        sent = (value for message in messages for value in message.content())
        return self._ask("send", document, ids, partial(codec.decode_send, expected_ids=ids), sent)

    def status(self, ids: Sequence[int]) -> Reply[StatusResult]:
        """Ask for the statuses of messages, by our IDs. This changes nothing at the gateway."""
        return self._ask("status", codec.encode_status(ids, key=self._key), ids, self._decode_status(ids))

    def delete(self, ids: Sequence[int]) -> Reply[StatusResult]:
        """Delete messages that were not passed to the operator yet; the result 211 means "too late"."""
        return self._ask("delete", codec.encode_delete(ids, key=self._key), ids, self._decode_status(ids))

    def balance(self) -> Balance:
        """Return the account's balance; raise OutcomeUnknown if the answer does not say it."""
        reply = self._post("balance", codec.encode_balance(key=self._key), 0)
        excerpt = codec.excerpt(reply.body, key=self._key)
        content = judge(reply, codec.decode_balance, excerpt).content
        if content is None:
            raise unreadable(reply, excerpt)
        return content

    def prices(self, phones: Sequence[str]) -> Mapping[str, Price]:
        """Return the price of one part of an SMS to each of these phones that the answer names."""
        reply = self._post("prices", codec.encode_prices(phones, key=self._key), len(phones))
        excerpt = codec.excerpt(reply.body, key=self._key, sent=phones)
        return judge(reply, partial(codec.decode_prices, asked=phones), excerpt).content

    def _decode_status(self, ids: Sequence[int]) -> Decode[Mapping[int, StatusResult]]:
        return partial(codec.decode_status, expected_ids=ids, time_zone=self._time_zone)

    def _ask(
        self,
        command: str,
        document: bytes,
        ids: Sequence[int],
        decode: Decode[Mapping[int, T]],
        sent: Iterable[str] = (),
    ) -> Reply[T]:
        reply = self._post(command, document, len(ids))
        excerpt = codec.excerpt(reply.body, key=self._key, sent=sent)
        answer = judge(reply, decode, excerpt)
        return Reply(
            results=answer.content,
            http_status=reply.status,
            excerpt=excerpt,
            error_code=answer.error_code,
        )

    def _post(self, command: str, document: bytes, count: int) -> HttpReply:
        reply = self._transport.post(document)
        extra = facts("gateway_answered", command=command, count=count, http_status=reply.status)
        logger.debug("%s of %d ids: HTTP %d, %d bytes.", command, count, reply.status, len(reply.body), extra=extra)
        return reply


def _public_part(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
