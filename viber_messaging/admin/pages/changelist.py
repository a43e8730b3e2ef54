"""Keep a list of a million rows as fast as one of a thousand, by limiting how far it is counted."""

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ListFilter
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from viber_messaging.admin.pages import kept_searches

COUNTED = 10_000
"""The most rows counted and paginated, because a database reads all rows that it counts or skips."""


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Paginates the first COUNTED rows; others can be reached by filters, by search, or by reversing the order."""

    object_list: Any

    @cached_property
    def count(self) -> int:
        """Return how many rows there are; at most COUNTED."""
        # Counted in page order, because from the other end it may take long to find the first row.
        found: int = self.object_list.values("pk")[:COUNTED].count()
        return found

    @property
    def is_capped(self) -> bool:
        """Return whether there may be more rows than were counted."""
        return self.count >= COUNTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """One filter in the bar above the list."""

    spec: Any
    choices: list[dict[str, Any]]
    chosen: str
    """What is chosen; empty for the first choice, which is all rows."""

    @property
    def has_own_template(self) -> bool:
        """Return whether the filter is more than links."""
        return bool(self.spec.template != ListFilter.template)


class List(ChangeList):
    """A list whose URLs have a token instead of the search term, which may be a phone."""

    paginator: CappedPaginator

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> "QuerySet[Any]":
        """Narrow the rows by the filters and by the search term of the token."""
        asked = request.GET.get(SEARCH_VAR, "")
        is_forgotten = kept_searches.is_forgotten(request, asked)
        self.query = kept_searches.recall(request, asked)[: kept_searches.LONGEST]
        rows = super().get_queryset(request, exclude_parameters)
        # Not all rows, because an action on the search results must not apply to everything.
        return rows.none() if is_forgotten else rows

    def take_menus(self) -> list[Menu]:
        """Return the filters for our bar; from then on, the list has none, so that no theme shows them once more."""
        self.has_filters = False
        return [_menu(spec, [dict(choice) for choice in spec.choices(self)]) for spec in self.filter_specs]

    @property
    def is_capped(self) -> bool:
        """Return whether more rows may be found than the pages show."""
        return self.paginator.is_capped

    @property
    def counted(self) -> int:
        """Return how many rows are counted at most."""
        return COUNTED


def _menu(spec: Any, choices: list[dict[str, Any]]) -> Menu:
    chosen = [str(choice["display"]) for choice in choices[1:] if choice["selected"]]
    return Menu(spec=spec, choices=choices, chosen=", ".join(chosen))
