"""The hours in which nobody wants to be written to, by the clock on the wall: pure decisions."""

from datetime import UTC, datetime, time, timedelta, tzinfo

MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=2)
"""More than any quiet can last: a day, and what clocks are put back by."""


def is_quiet(moment: datetime, quiet_from: time, quiet_until: time, zone: tzinfo) -> bool:
    """Tell whether the clocks of ``zone`` stand between the two hours; the first belongs to the quiet."""
    wall = moment.astimezone(zone).time()
    if quiet_from <= quiet_until:
        return quiet_from <= wall < quiet_until
    return wall >= quiet_from or wall < quiet_until


def next_allowed(moment: datetime, quiet_from: time, quiet_until: time, zone: tzinfo) -> datetime:
    """Return the first instant from ``moment`` on that is not quiet, in UTC; the hours are told to the minute.

    Minute by minute, because clocks that are put forward or back may skip the end of the quiet or show it twice.
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
