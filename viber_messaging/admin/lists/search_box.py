"""The search box of our lists: the term is posted and kept, and the URL of the result has only a token."""

from typing import Any

from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from viber_messaging.admin.pages import kept_searches
from viber_messaging.admin.pages.view import AdminView

OPEN = "open"
"""The field of a search that leads to the page of what it finds, if that is one."""


class SearchView(AdminView):
    """Keeps the search term, and redirects to the list of results, with the current filters."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the search term."""
        self.require(self.model_admin.has_view_or_change_permission(request))
        filters, term = QueryDict(request.POST.get("filters", "")), request.POST.get(SEARCH_VAR, "")
        if OPEN in request.POST and (only := self._only_found(request, term)):
            return self.go_to("change", only)
        return HttpResponseRedirect(address_of(self.model_admin, request, filters, term))

    def _only_found(self, request: HttpRequest, term: str) -> Any:
        """Return the key of what is found, if it is one; None if there is more or nothing to choose from."""
        if not term.strip():
            return None
        rows, _may_repeat = self.model_admin.get_search_results(request, self.model_admin.get_queryset(request), term)
        found = list(rows.values_list("pk", flat=True)[:2])
        return found[0] if len(found) == 1 else None


def address_of(model_admin: Any, request: HttpRequest, filters: QueryDict, term: str) -> str:
    """Return the URL of the first page of results."""
    query = with_token(request, filters, term)
    query.pop(PAGE_VAR, None)
    return f"{model_admin.url_to('changelist')}?{query.urlencode()}".rstrip("?")


def with_token(request: HttpRequest, filters: QueryDict, term: str) -> QueryDict:
    """Return the filters with a token for the search term, if any."""
    query = filters.copy()
    query.pop(SEARCH_VAR, None)
    if term.strip():
        query[SEARCH_VAR] = kept_searches.remember(request, term)
    return query
