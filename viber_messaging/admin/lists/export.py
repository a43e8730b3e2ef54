"""The button *Export*: what the list shows now, or all of it, as a spreadsheet."""

import copy
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.admin.widgets import AdminRadioSelect
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viber_messaging.admin.lists.download import export
from viber_messaging.admin.lists.history import exports_of, note_export
from viber_messaging.admin.pages.base import BaseAdmin, outside_transactions
from viber_messaging.exports import Format

EXPORT_PERMISSION = "viber_messaging.export_recipient"
"""Guards every list of phones that leaves the site, messages too."""

FORMAT_CHOICES = [
    (Format.XLSX.value, gettext_lazy("Workbook (.xlsx), for Excel and LibreOffice")),
    (Format.CSV.value, gettext_lazy("Text table (.csv), for other programs")),
]
RADIO_LIST = {"class": "radiolist"}


class ExportForm(forms.Form):
    """What to export, and as what."""

    scope = forms.ChoiceField(label=gettext_lazy("Rows"), widget=AdminRadioSelect(attrs=RADIO_LIST))
    format = forms.ChoiceField(
        label=gettext_lazy("File"), choices=FORMAT_CHOICES, widget=AdminRadioSelect(attrs=RADIO_LIST)
    )
    filters = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, counts: dict[str, int], **options: Any) -> None:
        super().__init__(**options)
        labels = {"shown": _("Those found by the search and the filters: %(count)s"), "all": _("All: %(count)s")}
        self.fields["scope"].choices = [  # type: ignore[attr-defined]
            (scope, labels[scope] % {"count": count}) for scope, count in counts.items()
        ]


class ExportingAdmin(BaseAdmin):
    """An admin whose list has a button *Export*; ``write_export`` writes rows to a binary file in a format."""

    write_export: ClassVar[Callable[..., None]]

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Tell whether this person may export: no setting of the site opens this door."""
        return bool(request.user.has_perm(EXPORT_PERMISSION)) and self.has_view_or_change_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with the button for those who may."""
        url = self._url("export") if self.has_export_permission(request) else ""
        return super().changelist_view(request, {"viber_export_url": url, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        """Add the export to Django's URLs."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export_view), name=name), *super().get_urls()]

    @outside_transactions
    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Ask what to export, or give it. Searches hold phones, so they are posted and never in the address."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            found = self._found(request, request.POST.get("filters", ""))
        except IncorrectLookupParameters:
            self.message_user(request, _("The filters of the list were not understood; set them anew."), messages.ERROR)
            return HttpResponseRedirect(self._url("changelist"))
        return self._export(request, found)

    def _export(self, request: HttpRequest, found: "dict[str, QuerySet[Any]]") -> HttpResponseBase:
        counts = {scope: rows.count() for scope, rows in found.items()}
        initial = {"filters": request.POST.get("filters", ""), "scope": next(iter(counts)), "format": Format.XLSX}
        if "format" not in request.POST:
            return self._export_page(request, ExportForm(counts, initial=initial))
        form = ExportForm(counts, data=request.POST)
        if not form.is_valid():
            return self._export_page(request, form)
        scope = form.cleaned_data["scope"]
        answer = self._file(found[scope], Format(form.cleaned_data["format"]))
        note_export(request, self.model, exported(scope, counts[scope]))
        return answer

    def _found(self, request: HttpRequest, filters: str) -> "dict[str, QuerySet[Any]]":
        """Return what the list shows under these filters, where there are any, and all. Raises what the list raises."""
        everything = self.get_queryset(request).prefetch_related(None)
        query = QueryDict(filters, mutable=True)
        query.pop(PAGE_VAR, None)
        if not query:
            return {"all": everything}
        listing = copy.copy(request)
        listing.GET = query  # type: ignore[assignment]
        shown = self.get_changelist_instance(listing).get_queryset(listing).prefetch_related(None)
        return {"shown": shown, "all": everything}

    def _file(self, rows: "QuerySet[Any]", format: Format) -> FileResponse:  # noqa: A002
        name = f"{self.opts.verbose_name_plural} {localdate()}"
        return export(lambda file: self.write_export(rows, file, format), name, format, model=self.model)

    def _export_page(self, request: HttpRequest, form: ExportForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Export of %(things)s") % {"things": self.opts.verbose_name_plural},
            "page_title": _("Export"),
            "list_title": capfirst(self.opts.verbose_name_plural),
            "list_url": self._url("changelist"),
            "export_url": self._url("export"),
            "media": self.media,
            "form": form,
            "history": exports_of(self.model),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/viber_messaging/export.html", context)


def exported(scope: str, count: int) -> str:
    """Tell what was exported, for the history; what was searched for is not kept, it may be a phone."""
    if scope == "all":
        sentence = ngettext("Exported: all, %(count)s row", "Exported: all, %(count)s rows", count)
    else:
        sentence = ngettext("Exported: a selection, %(count)s row", "Exported: a selection, %(count)s rows", count)
    return sentence % {"count": count}
