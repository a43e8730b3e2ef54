"""A moment as all our pages write it, in the reader's language and time zone."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]


def date_and_time(moment: datetime) -> str:
    """Return the day and the time, to the minute."""
    local = template_localtime(moment)
    return f"{date_format(local, 'SHORT_DATE_FORMAT')} {date_format(local, 'H:i')}"


def moment_of(model: type[Model], name: str) -> Any:
    """Return a field's moment as a column of a list or a read-only field; Django would write a date of its own form."""

    def shown(obj: Model) -> str | None:
        moment = getattr(obj, name)
        return date_and_time(moment) if moment else None

    shown.__name__ = name  # the style sheets and the order of a list know it by this name
    label = model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return admin.display(description=label, ordering=name)(shown)
