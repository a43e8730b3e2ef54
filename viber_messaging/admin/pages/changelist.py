"""What keeps a list of a million rows as fast as one of a thousand: it is never counted to its end."""

from typing import Any

from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from viber_messaging.admin.pages import kept_searches

COUNTED = 10_000
"""Rows counted, and led to by page, at most: a database reads all that it counts, and all that it skips."""


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of the first COUNTED rows; older ones are reached by filters, by search, and by turning the order."""

    object_list: Any

    @cached_property
    def count(self) -> int:
        """Return how many rows there are; COUNTED where there are as many or more."""
        # In the order of the pages: from the other end it may be long until the first row is found.
        found: int = self.object_list.values("pk")[:COUNTED].count()
        return found

    @property
    def is_capped(self) -> bool:
        """Return whether there may be more rows than are counted."""
        return self.count >= COUNTED


class List(ChangeList):
    """A list whose addresses hold the token of what was searched for, never the words, which may be a phone."""

    paginator: CappedPaginator

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> "QuerySet[Any]":
        """Narrow the rows by the filters and by what the token stands for."""
        asked = request.GET.get(SEARCH_VAR, "")
        is_forgotten = kept_searches.is_forgotten(request, asked)
        self.query = kept_searches.recall(request, asked)[: kept_searches.LONGEST]
        rows = super().get_queryset(request, exclude_parameters)
        # Not all rows: an action for what was found must not become one for everything.
        return rows.none() if is_forgotten else rows

    @property
    def is_capped(self) -> bool:
        """Return whether more rows may be found than the pages show."""
        return self.paginator.is_capped

    @property
    def counted(self) -> int:
        """Return how many rows are counted at most."""
        return COUNTED
