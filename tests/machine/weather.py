"""How the gateway answers for a while: each kind of answer that there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.test import override_settings

from viber_messaging.sandbox import Sandbox

WELL = "well"
ELSEWHERE = {
    "nobody there": {"API_URL": "http://127.0.0.1:9/api/xml.php"},
    "wrong key": {"API_KEY": "another-key-0b1d"},
}
ACCEPTED_OR_REFUSED = ("refused-203", "refused-206", "stuck", "undelivered", "read", "other-order")
NOT_SENT = ("error-201", "error-202", "error-209", "error-212", "http-302", "http-404", "http-413", "http-429")
LOST_BEFORE = ("dropped", "error-200", "http-500", "http-503")
LOST_AFTER = ("lost-answer", "reset", "silence", "cut", "half", "garbage", "empty", "http-502")
ODD = ("left-out", "strange-code", "unclear", "strange-status", "twice", "error-beside", "stranger")

KINDS = (WELL, *ACCEPTED_OR_REFUSED, *NOT_SENT, *LOST_BEFORE, *LOST_AFTER, *ODD, *ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Weather:
    """A kind of answer for so many of the next requests, of one command or of any."""

    kind: str = WELL
    times: int = 1
    command: str | None = None


FAIR = Weather()


@contextmanager
def weather(gateway: Sandbox, now: Weather) -> Iterator[None]:
    """Let the gateway answer so meanwhile; then all that was planned is forgotten."""
    with override_settings(VIBER_MESSAGING={**settings.VIBER_MESSAGING, **ELSEWHERE.get(now.kind, {})}):
        if now.kind != WELL and now.kind not in ELSEWHERE:
            gateway.fail_next(now.kind, now.times, now.command)
        try:
            yield
        finally:
            gateway._plans.clear()
