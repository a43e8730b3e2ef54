"""The search box of our lists: posted, kept in the session, and shown under an address that holds a token only."""

from typing import Any

from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from viber_messaging.admin.pages import kept_searches
from viber_messaging.admin.pages.view import AdminView


class SearchView(AdminView):
    """Keeps what is searched for, and goes to the list of what is found, under the filters that were set."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the search."""
        self.require(self.model_admin.has_view_or_change_permission(request))
        filters, term = QueryDict(request.POST.get("filters", "")), request.POST.get(SEARCH_VAR, "")
        return HttpResponseRedirect(address_of(self.model_admin, request, filters, term))


def address_of(model_admin: Any, request: HttpRequest, filters: QueryDict, term: str) -> str:
    """Return the address of the first page of what is found."""
    query = with_token(request, filters, term)
    query.pop(PAGE_VAR, None)
    return f"{model_admin.url_to('changelist')}?{query.urlencode()}".rstrip("?")


def with_token(request: HttpRequest, filters: QueryDict, term: str) -> QueryDict:
    """Return the filters with a token for what is searched for, if anything is."""
    query = filters.copy()
    query.pop(SEARCH_VAR, None)
    if term.strip():
        query[SEARCH_VAR] = kept_searches.remember(request, term)
    return query
