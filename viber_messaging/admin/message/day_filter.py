"""The filter of the list of messages by the day on which they were written."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from viber_messaging.models import Message
from viber_messaging.statistics import tally
from viber_messaging.statistics.tally import midnight, today

DAY, FIRST_DAY, LAST_DAY = "day", "from", "to"


class DayFilter(admin.SimpleListFilter):
    """Filter by the day on which a message was written, in the site's time zone: common periods, or any two days."""

    title = _("date created")
    parameter_name = DAY
    template = "admin/viber_messaging/day_filter.html"

    def __init__(self, request: HttpRequest, params: dict[str, Any], *args: Any) -> None:
        super().__init__(request, params, *args)
        for name in (FIRST_DAY, LAST_DAY):
            self.used_parameters[name] = str(params.pop(name, [""])[-1])

    def expected_parameters(self) -> list[str | None]:
        """Return the parameters that this reads."""
        return [DAY, FIRST_DAY, LAST_DAY]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        """Return the most common periods."""
        return [
            ("today", _("Today")),
            ("yesterday", _("Yesterday")),
            ("7", _("Last 7 days")),
            ("30", _("Last 30 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        """Narrow the list to these days."""
        return queryset.filter(self._condition())

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the links; the first one also has the data for the form with two days."""
        others = changelist.get_query_string(remove=[DAY, FIRST_DAY, LAST_DAY])
        form = {
            "first": self.used_parameters[FIRST_DAY],
            "last": self.used_parameters[LAST_DAY],
            "hidden": [pair for pair in changelist.params.items() if pair[0] not in self.expected_parameters()],
        }
        has_days = any(self.used_parameters.get(name) for name in (DAY, FIRST_DAY, LAST_DAY))
        yield {"selected": not has_days, "query_string": others, "display": pgettext("filter", "All"), "form": form}
        for value, title in self.lookup_choices:
            link = changelist.get_query_string({DAY: value}, remove=[FIRST_DAY, LAST_DAY])
            yield {"selected": self.value() == str(value), "query_string": link, "display": title}
        if has_days and not self.value():
            yield {"selected": True, "query_string": changelist.get_query_string(), "display": self._typed_days()}

    def _typed_days(self) -> str:
        """Return the two days as a person writes them; a missing or invalid one is left out."""
        days = (self._day(FIRST_DAY), self._day(LAST_DAY))
        return " – ".join(date_format(day, "SHORT_DATE_FORMAT") if day else "" for day in days)

    def _condition(self) -> Q:
        if self.value():
            return _condition_of(str(self.value()))
        first, last = self._day(FIRST_DAY), self._day(LAST_DAY)
        condition = Q(created_at__gte=midnight(first)) if first else Q()
        return condition & Q(created_at__lt=midnight(last + timedelta(days=1))) if last else condition

    def _day(self, name: str) -> date | None:
        """Return the typed day; None if it is not a valid day."""
        try:
            day = parse_date(self.used_parameters[name])
        except ValueError:
            return None
        return day if day and tally.FIRST_DAY <= day <= tally.LAST_DAY else None


def _condition_of(choice: str) -> Q:
    if choice == "yesterday":
        return Q(created_at__gte=midnight(today() - timedelta(days=1)), created_at__lt=midnight(today()))
    days = {"today": 1, "7": 7, "30": 30}.get(choice)
    return Q(created_at__gte=midnight(today() - timedelta(days=days - 1))) if days else Q()
