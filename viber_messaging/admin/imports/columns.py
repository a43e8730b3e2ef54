"""The second page of an import, if the headings are not clear: a person chooses what each column contains."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from viber_messaging.admin.imports.forms import ColumnsForm
from viber_messaging.admin.imports.preview_rows import first_rows
from viber_messaging.admin.imports.view import ImportView
from viber_messaging.importing.intake import how_of, judge_again, reopened
from viber_messaging.models import StagedImport
from viber_messaging.spreadsheets import SpreadsheetError

SHOWN_COLUMNS = 20


class ColumnsView(ImportView):
    """Asks what each column contains, and handles the answer."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the columns, or what is wrong with the sheet."""
        staged_import = self.find_staged(token)
        try:
            return self._columns(request, staged_import)
        except SpreadsheetError as error:
            self.notify(messages.ERROR, str(error))
            # If one sheet has no rows, the others need not be uploaded again.
            return self.go_to("import_columns", token) if "sheet" in request.GET else self.go_to("import")

    post = get

    def _columns(self, request: HttpRequest, staged_import: StagedImport) -> HttpResponse:
        """Show the columns; on POST, judge the rows again. Raises SpreadsheetError."""
        is_post = request.method == "POST"
        how = how_of(staged_import) | sheet_asked_for(request, staged_import)
        with reopened(staged_import, how) as table:
            form = ColumnsForm(table, self.subject, how, request.POST if is_post else None)
            context = {
                "columns": table.columns[:SHOWN_COLUMNS],
                "rows": first_rows(table, SHOWN_COLUMNS),
                "sheets": [(place, title, title == table.sheet) for place, title in enumerate(table.sheets)],
            }
            chosen = form.chosen(table) if is_post and form.is_valid() else None
        if chosen is not None:
            judge_again(staged_import, sheet=table.sheet, chosen=chosen, **form.reading())
            return self.go_to("import_preview", staged_import.token)
        title = _("Which column is which?")
        return self.render_import("columns", title, form=form, staged_import=staged_import, **context)


def sheet_asked_for(request: HttpRequest, staged_import: StagedImport) -> dict[str, Any]:
    """Return how to read the sheet whose index is in the URL, without choices for another sheet."""
    titles = staged_import.facts.get("sheets", [])
    place = request.GET.get("sheet", "")
    if place not in map(str, range(len(titles))):
        return {}
    title = titles[int(place)]
    return {} if title == staged_import.facts["sheet"] else {"sheet": title, "chosen": {}, "has_headings": None}
