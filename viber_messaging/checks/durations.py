"""Checks of durations that must fit together."""

from typing import Any

from django.core import checks

from viber_messaging.checks.messages import TAG, complaint
from viber_messaging.checks.setting_readers import readable
from viber_messaging.conf import Conf
from viber_messaging.conf.kinds import Setting

CLAIM_IS_SHORT = complaint(
    "E011",
    "TOTAL_TIMEOUT ({total} s) is not shorter than CLAIM_TIMEOUT ({claim} s): messages would be considered lost while "
    "they are still being sent.",
    hint="Make CLAIM_TIMEOUT several times TOTAL_TIMEOUT.",
)
WINDOW_IS_SHORT = complaint(
    "E012",
    "RESEND_WINDOW ({window} s) is shorter than CLAIM_TIMEOUT ({claim} s): no message would ever be resent.",
    hint="Set RESEND_WINDOW to one day: 86400.",
)
PART_IS_LONG = complaint(
    "W007",
    "{name} ({seconds} s) is longer than TOTAL_TIMEOUT ({total} s), which ends the request first.",
    hint="Make {name} shorter or TOTAL_TIMEOUT longer.",
)


@checks.register(TAG)
def check_claim_timeout(**kwargs: Any) -> list[checks.CheckMessage]:
    """E011: a package is not taken over while its request may still be under way."""
    claim, total = readable(Conf.CLAIM_TIMEOUT), readable(Conf.TOTAL_TIMEOUT)
    if claim is None or total is None or total < claim:
        return []
    return [CLAIM_IS_SHORT(total=total, claim=claim)]


@checks.register(TAG)
def check_request_timeouts(**kwargs: Any) -> list[checks.CheckMessage]:
    """W007: no part of a request has more time than the whole."""
    total = readable(Conf.TOTAL_TIMEOUT)
    return [
        PART_IS_LONG(name=name, seconds=seconds, total=total)
        for name, seconds in durations(Conf.CONNECT_TIMEOUT, Conf.READ_TIMEOUT, Conf.INLINE_TIMEOUT)
        if total is not None and seconds > total
    ]


@checks.register(TAG)
def check_resend_window(**kwargs: Any) -> list[checks.CheckMessage]:
    """E012: there is time to resend what a dead worker left behind."""
    window, claim = readable(Conf.RESEND_WINDOW), readable(Conf.CLAIM_TIMEOUT)
    if window is None or claim is None or window >= claim:
        return []
    return [WINDOW_IS_SHORT(window=window, claim=claim)]


def durations(*settings: Setting[float]) -> list[tuple[str, float]]:
    """Return the names and seconds of the settings that can be read."""
    return [(setting.key, seconds) for setting in settings if (seconds := readable(setting)) is not None]
