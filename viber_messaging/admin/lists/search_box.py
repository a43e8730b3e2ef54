"""The search box of our lists: posted, kept in the session, and shown under an address that holds a token only."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from viber_messaging.admin.pages import kept_searches
from viber_messaging.admin.pages.base import BaseAdmin


class FindingAdmin(BaseAdmin):
    """An admin whose list is searched by phones."""

    def get_urls(self) -> list[URLPattern]:
        """Add the address that a search is posted to."""
        view = self.admin_site.admin_view(self.search_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_search"
        return [path("search/", view, name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list; words in the address, as in an old bookmark, lead no further: links bear their token."""
        query = request.GET.get(SEARCH_VAR, "").strip()
        if request.method == "GET" and query and self.has_view_or_change_permission(request):
            if kept_searches.is_forgotten(request, query):
                self.message_user(request, _("This search is no longer known; search again."), messages.WARNING)
                return self._go_to(request, request.GET, "")
            if not kept_searches.is_token(query):
                request.GET = _with_token(request, request.GET, query)  # type: ignore[assignment]
        return super().changelist_view(request, extra_context)

    def search_view(self, request: HttpRequest) -> HttpResponse:
        """Keep what is searched for, on POST; go to the list of what is found, under the filters that were set."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return self._go_to(request, QueryDict(request.POST.get("filters", "")), request.POST.get(SEARCH_VAR, ""))

    def _go_to(self, request: HttpRequest, filters: QueryDict, term: str) -> HttpResponse:
        query = _with_token(request, filters, term)
        query.pop(PAGE_VAR, None)
        return HttpResponseRedirect(f"{self._url('changelist')}?{query.urlencode()}".rstrip("?"))


def _with_token(request: HttpRequest, filters: QueryDict, term: str) -> QueryDict:
    """Return the filters with a token for what is searched for, if anything is."""
    query = filters.copy()
    query.pop(SEARCH_VAR, None)
    if term.strip():
        query[SEARCH_VAR] = kept_searches.remember(request, term)
    return query
