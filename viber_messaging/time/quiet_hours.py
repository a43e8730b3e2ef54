"""Quiet hours, in local time, in which nothing is sent: pure decisions."""

from datetime import UTC, datetime, time, timedelta, tzinfo

MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=2)
"""Longer than any quiet period: a day, plus the shift of the clocks."""


def is_quiet(moment: datetime, quiet_from: time, quiet_until: time, zone: tzinfo) -> bool:
    """Return whether the local time in ``zone`` is between the two times; the first one is included."""
    wall = moment.astimezone(zone).time()
    if quiet_from <= quiet_until:
        return quiet_from <= wall < quiet_until
    return wall >= quiet_from or wall < quiet_until


def next_allowed(moment: datetime, quiet_from: time, quiet_until: time, zone: tzinfo) -> datetime:
    """Return the first time from ``moment`` on that is not quiet, in UTC and to the minute.

    Searched minute by minute, because a change of clocks may skip the end of the quiet hours or repeat it.
    """
    instant = moment.astimezone(UTC)
    if not is_quiet(instant, quiet_from, quiet_until, zone):
        return moment
    minute = instant.replace(second=0, microsecond=0)
    while minute < instant + LONGEST:
        minute += MINUTE
        if not is_quiet(minute, quiet_from, quiet_until, zone):
            break
    return minute
