"""The doors together, with their addresses."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from viber_messaging.admin.imports.columns import ChoosingAdmin
from viber_messaging.admin.imports.preview import PreviewingAdmin
from viber_messaging.admin.imports.upload import UploadingAdmin


class ImportingAdmin(UploadingAdmin, ChoosingAdmin, PreviewingAdmin):
    """An admin whose list has a button *Import*."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with the button for those who may."""
        url = self.import_url("import") if self.has_import_permission(request) else ""
        return super().changelist_view(request, {"viber_import_url": url, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        """Add the doors to Django's URLs."""
        wrap, name = self.admin_site.admin_view, self.import_url_name
        return [
            path("import/", wrap(self.import_view), name=name("import")),
            path("import/<slug:token>/", wrap(self.import_preview_view), name=name("import_preview")),
            path("import/<slug:token>/columns/", wrap(self.import_columns_view), name=name("import_columns")),
            path("import/<slug:token>/wrong/", wrap(self.import_wrong_view), name=name("import_wrong")),
            *super().get_urls(),
        ]
