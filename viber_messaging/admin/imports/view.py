"""The base of an import's pages: permission, ownership of the upload, and rendering."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from viber_messaging.admin.imports.labels import result_of
from viber_messaging.admin.imports.ownership import Gone, find
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.importing import Subject
from viber_messaging.models import StagedImport


class ImportView(AdminView):
    """A page of an import, for users who may import; ``subject`` is what the spreadsheets' rows are."""

    is_outside_transactions = True

    @property
    def subject(self) -> Subject:
        """Return what is imported."""
        subject: Subject = self.model_admin.import_subject
        return subject

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page, or what happened to an upload that is gone."""
        self.require(self.model_admin.has_import_permission(request))
        try:
            return super().dispatch(request, *args, **kwargs)
        except Gone as gone:
            return self._report_gone(gone)

    def find_staged(self, token: str) -> StagedImport:
        """Return this user's pending upload. Raises Http404 and Gone."""
        return find(self.request, self.subject, token)

    def url_to(self, page: str, staged_import: StagedImport) -> str:
        """Return the address of a page of the import of this upload."""
        url: str = self.model_admin.url_to(page, staged_import.token)
        return url

    def leave(self) -> HttpResponse:
        """Redirect to the list, or to the first page for users who may not view the list."""
        if self.model_admin.has_view_or_change_permission(self.request):
            return self.go_to("changelist")
        return HttpResponseRedirect(reverse("admin:index", current_app=self.model_admin.admin_site.name))

    def _report_gone(self, gone: Gone) -> HttpResponse:
        if gone.done is None:
            sentence = _(
                "This upload no longer exists: it was cancelled or is older than a day. Upload the file again."
            )
            self.notify(messages.WARNING, sentence)
            return self.go_to("import")
        sentence = _("The file %(file)s was already imported; nothing was imported twice. %(counts)s")
        facts = {"file": gone.done.file_name, "counts": result_of(gone.done.counts, self.subject)}
        self.notify(messages.INFO, sentence % facts)
        return self.leave()

    def render_import(self, page: str, title: str, **context: Any) -> HttpResponse:
        """Show a page of the import."""
        may_see_list = self.model_admin.has_view_or_change_permission(self.request)
        return self.render(
            f"import/{page}.html",
            title=title,
            page_title=_("Import"),
            list_title=capfirst(self.model_admin.opts.verbose_name_plural),
            list_url=self.model_admin.url_to("changelist") if may_see_list else "",
            import_url=self.model_admin.url_to("import"),
            **context,
        )
