"""One POST over HTTP: no redirects, retries, netrc or cookies; a deadline, and a limit on the answer's size.

The adapter is used without a session, because a session reads a redirect's whole body, whatever its size.
"""

from typing import Any

import requests
from requests.adapters import HTTPAdapter

from viber_messaging.gateway.errors import ConfigurationError, Interrupted
from viber_messaging.gateway.http.connections import DeadlinePool, DeadlineTLSPool
from viber_messaging.gateway.http.deadlines import deadline
from viber_messaging.gateway.http.protocol import HttpReply
from viber_messaging.gateway.http.route import find_route
from viber_messaging.gateway.http.translation import ReplyTooLarge, is_of_the_wire, translate
from viber_messaging.gateway.masks import HiddenBytes, forget_details

HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "User-Agent": "django-viber-messaging",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
}

_POOLS = {"http": DeadlinePool, "https": DeadlineTLSPool}
_CHUNK_BYTES = 65536
_BODY_IS_OPTIONAL = frozenset({*range(300, 400), 401, 403, 413, 429})
"""Statuses that are conclusive even if the body is incomplete."""


class Transport:
    """A kept-alive connection to one address. Do not share it between threads or across a fork."""

    def __init__(
        self,
        *,
        url: str,
        host: str,
        timeout_seconds: tuple[float, float],
        total_timeout_seconds: float,
        max_reply_bytes: int,
    ) -> None:
        self.host = host
        self._template = _prepare(url)
        self._route = find_route(url, host)
        self._timeout_seconds = timeout_seconds
        self._total_timeout_seconds = total_timeout_seconds
        self._max_reply_bytes = max_reply_bytes
        self._adapter = _Adapter(pool_connections=1, pool_maxsize=1)

    def post(self, body: bytes) -> HttpReply:
        """POST a document; raises GatewayError, or ConfigurationError if the address cannot be used.

        Raises Interrupted from an exception raised from outside meanwhile, such as a task's time limit.
        """
        request = self._template.copy()
        request.body = HiddenBytes(body)
        request.headers["Content-Length"] = str(len(body))
        with deadline(self._total_timeout_seconds) as call:
            try:
                return self._exchange(request)
            except Exception as error:
                ours = translate(error, call, self.host) if is_of_the_wire(error) else Interrupted()
                forget_details(error)
                raise ours from error

    def close(self) -> None:
        """Close the connection."""
        self._adapter.close()

    def _exchange(self, request: requests.PreparedRequest) -> HttpReply:
        response = self._adapter.send(
            request,
            stream=True,
            timeout=self._timeout_seconds,
            verify=self._route.verify,
            proxies=dict(self._route.proxies),
        )
        with response:
            return HttpReply(
                status=response.status_code,
                body=self._read_as_needed(response),
                retry_after=response.headers.get("Retry-After", ""),
            )

    def _read_as_needed(self, response: requests.Response) -> HiddenBytes:
        try:
            return self._read(response)
        except Exception as error:
            if response.status_code in _BODY_IS_OPTIONAL and is_of_the_wire(error):
                return HiddenBytes()
            raise

    def _read(self, response: requests.Response) -> HiddenBytes:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK_BYTES):
            body += chunk
            if len(body) > self._max_reply_bytes:
                raise ReplyTooLarge
        return HiddenBytes(body)


class _Adapter(HTTPAdapter):
    """An adapter whose connections keep the deadline; like any adapter by default, it does not retry."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager


def _prepare(url: str) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    try:
        request.prepare(method="POST", url=url, headers=HEADERS)
    except (requests.RequestException, ValueError) as error:
        forget_details(error)
        raise ConfigurationError("API_URL is not a valid address.") from error
    return request
