"""The URLs of an import's pages."""

from django.urls import URLPattern

from viber_messaging.admin.imports.columns import ColumnsView
from viber_messaging.admin.imports.preview import PreviewView
from viber_messaging.admin.imports.upload import UploadView
from viber_messaging.admin.imports.wrong_rows import WrongRowsView
from viber_messaging.admin.lists.admin import ListAdmin


def import_pages(model_admin: ListAdmin) -> list[URLPattern]:
    """Return the pages, for ``get_urls`` of an admin that has an ``import_subject``."""
    return [
        model_admin.page("import/", UploadView, "import"),
        model_admin.page("import/<slug:token>/", PreviewView, "import_preview"),
        model_admin.page("import/<slug:token>/columns/", ColumnsView, "import_columns"),
        model_admin.page("import/<slug:token>/wrong/", WrongRowsView, "import_wrong"),
    ]
