"""A site's own transport: the same gateway, reached with the standard library."""

from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from viber_messaging.api import OutcomeUnknown, Unreachable
from viber_messaging.gateway.client import Client
from viber_messaging.gateway.http.protocol import HttpReply


class PlainTransport:
    """Connects anew for each request."""

    def __init__(self, *, url, total_timeout_seconds, max_reply_bytes, **options):
        self._url = urlsplit(url)
        self._timeout = total_timeout_seconds  # for each step; a real deadline also counts them together
        self._max_reply_bytes = max_reply_bytes

    def post(self, body):
        make = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        connection = make(self._url.netloc, timeout=self._timeout)
        try:
            connection.connect()
        except OSError as error:
            raise Unreachable from error  # certain: no byte of the document has left
        with closing(connection):
            try:
                return self._ask(connection, body)
            except (OSError, HTTPException) as error:
                raise OutcomeUnknown from error  # the gateway may have it, and is asked before it is sent again

    def _ask(self, connection, body):
        connection.request("POST", self._url.path, body, {"Content-Type": "text/xml; charset=utf-8"})
        answer = connection.getresponse()
        content = answer.read(self._max_reply_bytes + 1)
        if len(content) > self._max_reply_bytes:
            raise OutcomeUnknown("The answer is too long.")
        return HttpReply(status=answer.status, body=content, retry_after=answer.headers.get("Retry-After", ""))

    def close(self):
        """Nothing is kept open."""


class PlainGateway(Client):
    """Writes and reads the gateway's documents as Client does, and carries them itself."""

    def open_transport(self, **options):
        return PlainTransport(**options)
