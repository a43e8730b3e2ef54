"""Moments between a site's clock, which may tell no zone, and the wire, where each must be certain."""

from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone


def aware(moment: datetime) -> datetime:
    """Return the moment with its zone; one without was read from the site's own clock."""
    return timezone.make_aware(moment, timezone.get_default_timezone()) if timezone.is_naive(moment) else moment


def storable(moment: datetime) -> datetime:
    """Return the moment as this site stores times: without a zone, by its own clock, where USE_TZ is False.

    Raises OverflowError for one at the ends of the calendar, which has no such time in another zone.
    """
    moment = aware(moment)
    moment.astimezone(UTC)
    return moment if settings.USE_TZ else timezone.make_naive(moment, timezone.get_default_timezone())


def is_skipped(moment: datetime) -> bool:
    """Tell whether the clocks of the moment's zone never show it: they are put forward over it."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None)


def comes_twice(moment: datetime) -> bool:
    """Tell whether the clocks of the moment's zone show it twice: they are put back over it."""
    return not is_skipped(moment) and moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset()
