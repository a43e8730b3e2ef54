"""Skip interim answers: 100, 102 and 103 come before the final one, and ``http.client`` skips only 100."""

import http.client

LONGEST_SERIES = 20
"""The most interim answers to skip for one request; more than this is not a sensible server."""


class FinalResponse(http.client.HTTPResponse):
    """An HTTP answer that skips interim ones. 101 is final, because we never ask to switch protocols."""

    def _read_status(self) -> tuple[str, int, str]:
        for _number in range(LONGEST_SERIES):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == http.client.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException("The server sent too many interim answers.")
