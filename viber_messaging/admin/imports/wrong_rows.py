"""Download the wrong rows of an upload as a workbook, with the reasons in the last column."""

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from viber_messaging.admin.imports.view import ImportView
from viber_messaging.admin.lists.download import download
from viber_messaging.importing import Staged, write_wrong_rows
from viber_messaging.importing.uploads import opened
from viber_messaging.models import StagedPart
from viber_messaging.spreadsheets.writer import Format


class WrongRowsView(ImportView):
    """Returns the workbook."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Return it, once the rows have been judged."""
        staged_import = self.find_staged(token)
        if not staged_import.is_judged:
            return self.go_to("import_columns", token)
        with opened(staged_import, StagedPart.ROWS) as rows:
            return download(lambda file: write_wrong_rows(Staged(rows), file), _("invalid rows"), Format.XLSX)

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Refuse, after checking that there is such an upload."""
        self.find_staged(token)
        return HttpResponseNotAllowed(["GET"])
