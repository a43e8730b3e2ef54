"""Convert times between the site's clock, which may be naive, and the wire, where they must be unambiguous."""

from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone


def aware(moment: datetime) -> datetime:
    """Return the time as aware; a naive one is in the site's own time zone."""
    return timezone.make_aware(moment, timezone.get_default_timezone()) if timezone.is_naive(moment) else moment


def storable(moment: datetime) -> datetime:
    """Return the time as this site stores times: naive, in its own time zone, if USE_TZ is False.

    Raises OverflowError at the ends of the calendar, if the time does not exist in another time zone.
    """
    moment = aware(moment)
    moment.astimezone(UTC)
    return moment if settings.USE_TZ else timezone.make_naive(moment, timezone.get_default_timezone())


def is_skipped(moment: datetime) -> bool:
    """Return whether this local time does not exist, because the clocks are put forward over it."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None)


def comes_twice(moment: datetime) -> bool:
    """Return whether this local time occurs twice, because the clocks are put back over it."""
    return not is_skipped(moment) and moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset()
