"""The base of long lists: a search box that keeps phones out of URLs, and import and export of spreadsheets."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from viber_messaging.admin.lists.search_box import address_of, with_token
from viber_messaging.admin.pages import kept_searches
from viber_messaging.admin.pages.base import BaseAdmin
from viber_messaging.admin.permissions import EXPORT_RECIPIENT, IMPORT_RECIPIENT, has
from viber_messaging.importing import Subject


class ListAdmin(BaseAdmin):
    """An admin whose list can be searched by phone, and may be imported from or exported to a spreadsheet."""

    import_subject: ClassVar[Subject | None] = None
    """What the rows of its spreadsheets are, if it has import pages."""
    write_export: ClassVar[Callable[..., None] | None] = None
    """Writes rows to a binary file in a format, if it has an export page."""

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Return whether this user may import; no setting of the site overrides this."""
        may_write = self.import_subject == Subject.RECIPIENTS or self.has_add_permission(request)
        return has(request, IMPORT_RECIPIENT) and may_write

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Return whether this user may export; no setting of the site overrides this."""
        return has(request, EXPORT_RECIPIENT) and self.has_view_or_change_permission(request)

    @property
    def import_title(self) -> str:
        """Return the title of the first page of the import."""
        return _("Import of %(things)s") % {"things": self.opts.verbose_name_plural}

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return the URLs of the buttons that this user may press."""
        context = super().list_context(request)
        if self.import_subject is not None:
            context["viber_import_url"] = self.url_to("import") if self.has_import_permission(request) else ""
        if self.write_export is not None:
            context["viber_export_url"] = self.url_to("export") if self.has_export_permission(request) else ""
        return context

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list; a search term in the URL, as in an old bookmark, is replaced by a token in all links."""
        query = request.GET.get(SEARCH_VAR, "").strip()
        if request.method == "GET" and query and self.has_view_or_change_permission(request):
            if kept_searches.is_forgotten(request, query):
                self.message_user(request, _("This search has expired; search again."), messages.WARNING)
                return HttpResponseRedirect(address_of(self, request, request.GET, ""))
            if not kept_searches.is_token(query):
                request.GET = with_token(request, request.GET, query)  # type: ignore[assignment]
        return super().changelist_view(request, extra_context)
