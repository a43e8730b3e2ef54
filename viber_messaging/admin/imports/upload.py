"""The first door: a spreadsheet is asked for, and taken in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from viber_messaging.admin.imports.base import GROUP_PERMISSION, ImportBase
from viber_messaging.admin.imports.forms import UPLOAD_FORMS, UploadForm
from viber_messaging.admin.imports.ownership import owner_of
from viber_messaging.admin.imports.upload_limit import BoundedUploadHandler, bound_uploads
from viber_messaging.admin.lists.history import imports_of
from viber_messaging.admin.pages.base import outside_transactions
from viber_messaging.importing.intake import receive
from viber_messaging.models import StagedImport
from viber_messaging.spreadsheets import FileProblem, SpreadsheetError


class UploadingAdmin(ImportBase):
    """Asks for a spreadsheet."""

    # What is too large must be refused before anybody reads the POST, and Django's look at the form's token reads it.
    @method_decorator(csrf_exempt)
    @outside_transactions
    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a spreadsheet, or take one."""
        self.require_import(request)
        return self._guarded_import_view(request, bound_uploads(request))

    @method_decorator(csrf_protect)
    def _guarded_import_view(self, request: HttpRequest, bounds: BoundedUploadHandler) -> HttpResponse:
        is_post = request.method == "POST"
        form = UPLOAD_FORMS[self.import_subject](request.POST if is_post else None, request.FILES if is_post else None)
        if not request.user.has_perm(GROUP_PERMISSION):
            form.fields.pop("new_group", None)
        staged_import = self._receive(request, form, bounds) if is_post else None
        if staged_import is not None:
            return self.go_to("import_preview" if staged_import.is_judged else "import_columns", staged_import)
        return self.import_page(request, "upload", self._import_title(), form=form, history=imports_of(self.model))

    def _import_title(self) -> str:
        return _("Import of %(things)s") % {"things": self.opts.verbose_name_plural}

    def _receive(self, request: HttpRequest, form: UploadForm, bounds: BoundedUploadHandler) -> StagedImport | None:
        """Keep the upload; where it cannot be read, say so at the form and return None."""
        if bounds.was_exceeded:
            form.fields["file"].required = False
            problem: Any = SpreadsheetError(FileProblem.LARGE, limit=max(1, bounds.limit // 1024**2))
            form.add_error("file", str(problem))
        if not form.is_valid():
            return None
        upload = form.cleaned_data["file"]
        try:
            return receive(
                upload, upload.name, owner=owner_of(request), subject=self.import_subject, options=form.options()
            )
        except SpreadsheetError as error:
            form.add_error("file", str(error))
        return None
