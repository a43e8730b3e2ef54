"""Answers that come before the answer: 100, 102 and 103 announce it, and ``http.client`` reads past 100 only."""

import http.client

LONGEST_SERIES = 20
"""Interim answers read past before one request's answer; more are no HTTP worth waiting for."""


class FinalResponse(http.client.HTTPResponse):
    """An HTTP answer that reads past the interim ones. 101 is final: nobody asked to switch protocols."""

    def _read_status(self) -> tuple[str, int, str]:
        for _number in range(LONGEST_SERIES):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == http.client.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException("There is no end of interim answers.")
