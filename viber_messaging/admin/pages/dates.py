"""A moment as all our pages write it, in the reader's language and time zone."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]


def date_and_time(moment: datetime) -> str:
    """Return the day and the time, to the minute."""
    local = template_localtime(moment)
    return f"{date_format(local, 'SHORT_DATE_FORMAT')} {date_format(local, 'H:i')}"
