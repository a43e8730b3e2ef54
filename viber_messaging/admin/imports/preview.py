"""The third door: what an import would do is shown, and done when a person says so."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from viber_messaging.admin.imports.base import ImportBase, may_see_people
from viber_messaging.admin.imports.labels import (
    above_of,
    button_of,
    facts_of,
    good_count,
    hidden_of,
    leaves_hidden_out,
    result_of,
    tiles_of,
)
from viber_messaging.admin.imports.ownership import Gone
from viber_messaging.admin.imports.preview_rows import sections_of
from viber_messaging.admin.lists.download import download
from viber_messaging.admin.lists.history import note_import
from viber_messaging.admin.pages.base import outside_transactions
from viber_messaging.importing import DatabaseBusy, Preview, Staged, preview, write_wrong_rows
from viber_messaging.importing.confirmation import AlreadyOver, confirm
from viber_messaging.importing.intake import judge_again
from viber_messaging.importing.uploads import discard, opened
from viber_messaging.models import StagedImport, StagedPart
from viber_messaging.spreadsheets import SpreadsheetError
from viber_messaging.spreadsheets.writer import Format


class PreviewingAdmin(ImportBase):
    """Shows what would be done, and does it."""

    @outside_transactions
    def import_preview_view(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show what an import would do; on POST, do it or cancel it."""
        try:
            staged_import = self.find_staged(request, token)
        except Gone as gone:
            return self.tell_gone(request, gone)
        if request.method == "POST":
            return self._decide(request, staged_import)
        if not staged_import.is_judged:
            return self.go_to("import_columns", staged_import)
        with opened(staged_import, StagedPart.ROWS) as file:
            staged = Staged(file)
            shown = self._shown(request, staged_import, staged, preview(staged))
        return self.import_page(request, "preview", _("Nothing is imported yet"), **shown)

    def _shown(
        self, request: HttpRequest, staged_import: StagedImport, staged: Staged, plan: Preview
    ) -> dict[str, Any]:
        good = good_count(plan, self.import_subject)
        return {
            "staged_import": staged_import,
            "facts": facts_of(staged_import),
            "above": above_of(staged),
            "rows_above": staged.above,
            "hidden": hidden_of(staged_import),
            "leaves_hidden_out": leaves_hidden_out(staged_import),
            "tiles": tiles_of(plan, self.import_subject),
            "sections": sections_of(plan, self.import_subject, shows_stored=may_see_people(request)),
            "button": button_of(good, self.import_subject) if good else "",
            "columns_url": self.import_url("import_columns", staged_import),
            "wrong_url": self.import_url("import_wrong", staged_import),
        }

    def _decide(self, request: HttpRequest, staged_import: StagedImport) -> HttpResponse:
        """Do what the button says."""
        if "_cancel" in request.POST:
            discard(staged_import)
            self.message_user(request, _("Nothing was imported."), messages.INFO)
            return self.leave_import(request)
        if "_hidden" in request.POST:
            return self._judge_again(request, staged_import)
        if "_import" not in request.POST:
            raise BadRequest("No button was pressed.")
        return self._import(request, staged_import)

    def _judge_again(self, request: HttpRequest, staged_import: StagedImport) -> HttpResponse:
        """Leave the hidden rows out, or take them in again."""
        try:
            judge_again(staged_import, leaves_hidden_out=request.POST["_hidden"] == "leave")
        except SpreadsheetError as error:
            self.message_user(request, str(error), messages.ERROR)
        return self.go_to("import_preview", staged_import)

    def _import(self, request: HttpRequest, staged_import: StagedImport) -> HttpResponse:
        try:
            counts = confirm(staged_import, user=request.user)
        except AlreadyOver:
            # The page itself tells what became of it.
            return self.go_to("import_preview", staged_import)
        except DatabaseBusy:
            sentence = _("Somebody else is changing the same data; nothing was imported. Try again in a minute.")
            self.message_user(request, sentence, messages.WARNING)
            return self.go_to("import_preview", staged_import)
        facts = {"file": staged_import.file_name, "counts": result_of(counts, self.import_subject)}
        note_import(request, self.model, _("Imported from %(file)s. %(counts)s") % facts)
        self.message_user(request, _("Imported from %(file)s. %(counts)s") % facts, messages.SUCCESS)
        return self.leave_import(request)

    @outside_transactions
    def import_wrong_view(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Give the wrong rows as a workbook, with what is wrong in the last column."""
        try:
            staged_import = self.find_staged(request, token)
        except Gone as gone:
            return self.tell_gone(request, gone)
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        if not staged_import.is_judged:
            return self.go_to("import_columns", staged_import)
        with opened(staged_import, StagedPart.ROWS) as rows:
            return download(lambda file: write_wrong_rows(Staged(rows), file), _("wrong rows"), Format.XLSX)
