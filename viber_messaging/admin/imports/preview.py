"""The third page of an import: the import preview, and its confirmation."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _

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
from viber_messaging.admin.imports.preview_rows import sections_of
from viber_messaging.admin.imports.view import ImportView
from viber_messaging.admin.lists.history import note_import
from viber_messaging.admin.pages.campaign_links import new_campaign_url
from viber_messaging.admin.pages.sentences import in_english
from viber_messaging.admin.permissions import ADD_CAMPAIGN, CHANGE_RECIPIENT, VIEW_RECIPIENT, has, has_any
from viber_messaging.delivery.storage import tables
from viber_messaging.importing import DatabaseBusy, Preview, Staged, preview
from viber_messaging.importing.confirmation import AlreadyOver, confirm
from viber_messaging.importing.intake import judge_again
from viber_messaging.importing.uploads import discard, opened
from viber_messaging.models import StagedImport, StagedPart
from viber_messaging.spreadsheets import SpreadsheetError

WRITE_BUTTON = "_write"
"""The name of the button that imports, and goes on to a campaign to the imported people."""


class PreviewView(ImportView):
    """Shows what an import would do, and performs it."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show what an import would do."""
        staged_import = self.find_staged(token)
        if not staged_import.is_judged:
            return self.go_to("import_columns", token)
        with opened(staged_import, StagedPart.ROWS) as file:
            staged = Staged(file)
            shown = self._shown(staged_import, staged, preview(staged))
        return self.render_import("preview", _("Nothing has been imported yet"), **shown)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Perform the operation of the button."""
        staged_import = self.find_staged(token)
        if "_cancel" in request.POST:
            discard(staged_import)
            self.notify(messages.INFO, _("Nothing was imported."))
            return self.leave()
        if "_hidden" in request.POST:
            return self._judge_again(staged_import, request.POST["_hidden"] == "leave")
        if not {"_import", WRITE_BUTTON} & request.POST.keys():
            raise BadRequest("No button was pressed.")
        return self._import(staged_import)

    def _shown(self, staged_import: StagedImport, staged: Staged, plan: Preview) -> dict[str, Any]:
        good = good_count(plan, self.subject)
        # The permission to import only shows what is in the file.
        shows_stored = has_any(self.request, VIEW_RECIPIENT, CHANGE_RECIPIENT)
        return {
            "staged_import": staged_import,
            "facts": facts_of(staged_import),
            "above": above_of(staged),
            "rows_above": staged.above,
            "hidden": hidden_of(staged_import),
            "leaves_hidden_out": leaves_hidden_out(staged_import),
            "tiles": tiles_of(plan, self.subject),
            "sections": sections_of(plan, self.subject, shows_stored=shows_stored),
            "button": button_of(good, self.subject) if good else "",
            "write_button": WRITE_BUTTON if self._leads_to_campaign(staged_import) else "",
            "columns_url": self.url_to("import_columns", staged_import),
            "wrong_url": self.url_to("import_wrong", staged_import),
        }

    def _judge_again(self, staged_import: StagedImport, leaves_out: bool) -> HttpResponse:
        """Leave out hidden rows, or include them again."""
        try:
            judge_again(staged_import, leaves_hidden_out=leaves_out)
        except SpreadsheetError as error:
            self.notify(messages.ERROR, str(error))
        return self.go_to("import_preview", staged_import.token)

    def _import(self, staged_import: StagedImport) -> HttpResponse:
        try:
            counts = confirm(staged_import, user=self.request.user)
        except AlreadyOver:
            # The page itself shows the result.
            return self.go_to("import_preview", staged_import.token)
        except DatabaseBusy:
            sentence = _("Somebody else is changing the same data; nothing was imported. Try again in a minute.")
            self.notify(messages.WARNING, sentence)
            return self.go_to("import_preview", staged_import.token)
        entry = in_english(lambda: self._result(staged_import, counts))
        note_import(self.request, self.model_admin.model, entry)
        return self._report(self._result(staged_import, counts), self._campaign_url(staged_import))

    def _report(self, result: str, url: str) -> HttpResponse:
        """Go on to a campaign to the imported people if that was asked for; otherwise, offer it."""
        if url and WRITE_BUTTON in self.request.POST:
            self.notify(messages.SUCCESS, result)
            return HttpResponseRedirect(url)
        self.notify(messages.SUCCESS, _with_offer(result, url))
        return self.leave()

    def _leads_to_campaign(self, staged_import: StagedImport) -> bool:
        return bool(staged_import.options.get("group")) and has(self.request, ADD_CAMPAIGN)

    def _campaign_url(self, staged_import: StagedImport) -> str:
        """Return the URL of a new campaign to the group that the people were added to; empty if there is none."""
        group = tables.groups().filter(name=staged_import.options.get("group", "")).first()
        return new_campaign_url(self.request, self.model_admin.admin_site.name, group.pk) if group else ""

    def _result(self, staged_import: StagedImport, counts: Mapping[Any, int]) -> str:
        facts = {"file": staged_import.file_name, "counts": result_of(counts, self.subject)}
        return _("Imported from %(file)s. %(counts)s") % facts


def _with_offer(result: str, url: str) -> str:
    """Return the result with a link to a new campaign to the imported people, if there is one."""
    offer = _("Write a campaign to this group")
    return format_html('{} <a href="{}">{}</a>', result, url, offer) if url else result
