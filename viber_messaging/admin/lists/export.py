"""The page behind *Export*: the rows that the list shows, or all of them, as a spreadsheet."""

import copy
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.lists.download import export
from viber_messaging.admin.lists.export_form import ExportForm
from viber_messaging.admin.lists.history import exports_of, note_export
from viber_messaging.admin.pages.sentences import in_english
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.exports import Format


class ExportView(AdminView):
    """Asks what to export, and returns it. Searches may contain phones, so they are posted and never in the URL."""

    is_outside_transactions = True

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Ask what to export, or return it."""
        self.require(self.model_admin.has_export_permission(request))
        try:
            found = self._found(request.POST.get("filters", ""))
        except IncorrectLookupParameters:
            self.notify(messages.ERROR, _("The filters of the list are invalid; set them again."))
            return self.go_to("changelist")
        return self._export(found)

    post = get

    def _export(self, found: "dict[str, QuerySet[Any]]") -> HttpResponseBase:
        posted, counts = self.request.POST, {scope: rows.count() for scope, rows in found.items()}
        initial = {"filters": posted.get("filters", ""), "scope": next(iter(counts)), "format": Format.XLSX}
        if "format" not in posted:
            return self._ask(ExportForm(counts, initial=initial))
        form = ExportForm(counts, data=posted)
        if not form.is_valid():
            return self._ask(form)
        scope = form.cleaned_data["scope"]
        answer = self._file(found[scope], Format(form.cleaned_data["format"]))
        note_export(self.request, self.model_admin.model, in_english(lambda: exported(scope, counts[scope])))
        return answer

    def _found(self, filters: str) -> "dict[str, QuerySet[Any]]":
        """Return the rows that the list shows with these filters, if any, and all rows. Raises what the list raises."""
        everything = self.model_admin.get_queryset(self.request).prefetch_related(None)
        query = QueryDict(filters, mutable=True)
        query.pop(PAGE_VAR, None)
        if not query:
            return {"all": everything}
        listing = copy.copy(self.request)
        listing.GET = query  # type: ignore[assignment]
        shown = self.model_admin.get_changelist_instance(listing).get_queryset(listing).prefetch_related(None)
        return {"shown": shown, "all": everything}

    def _file(self, rows: "QuerySet[Any]", format: Format) -> FileResponse:  # noqa: A002
        name = f"{self.model_admin.opts.verbose_name_plural} {localdate()}"
        model = self.model_admin.model
        return export(lambda file: self.model_admin.write_export(rows, file, format), name, format, model=model)

    def _ask(self, form: ExportForm) -> HttpResponse:
        things = self.model_admin.opts.verbose_name_plural
        return self.render(
            "export.html",
            title=_("Export of %(things)s") % {"things": things},
            page_title=_("Export"),
            list_title=capfirst(things),
            list_url=self.model_admin.url_to("changelist"),
            export_url=self.model_admin.url_to("export"),
            form=form,
            history=exports_of(self.model_admin.model),
        )


def exported(scope: str, count: int) -> str:
    """Return the history entry for an export, without the search term, which may be a phone."""
    if scope == "all":
        sentence = ngettext("Exported: all, %(count)s row", "Exported: all, %(count)s rows", count)
    else:
        sentence = ngettext("Exported: a selection, %(count)s row", "Exported: a selection, %(count)s rows", count)
    return sentence % {"count": count}
