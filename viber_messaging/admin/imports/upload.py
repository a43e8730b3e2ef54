"""The first page of an import, which receives a spreadsheet."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from viber_messaging.admin.imports.forms import UPLOAD_FORMS, UploadForm
from viber_messaging.admin.imports.ownership import owner_of
from viber_messaging.admin.imports.upload_limit import BoundedUploadHandler, bound_uploads
from viber_messaging.admin.imports.view import ImportView
from viber_messaging.admin.lists.history import imports_of
from viber_messaging.admin.pages.address import number_in
from viber_messaging.admin.permissions import ADD_GROUP, has
from viber_messaging.importing.intake import receive
from viber_messaging.models import StagedImport
from viber_messaging.spreadsheets import FileProblem, SpreadsheetError


# A file that is too large must be refused before anybody reads the POST, and Django's CSRF check reads it.
@method_decorator(csrf_exempt, name="dispatch")
class UploadView(ImportView):
    """Asks for a spreadsheet, and receives it."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Limit the upload; then check the CSRF token and handle the form."""
        return self._guarded(request, bound_uploads(request))

    post = get

    @method_decorator(csrf_protect)
    def _guarded(self, request: HttpRequest, bounds: BoundedUploadHandler) -> HttpResponse:
        is_post = request.method == "POST"
        chosen = {"group": number_in(request.GET.get("group", ""))}
        posted, files = (request.POST, request.FILES) if is_post else (None, None)
        form = UPLOAD_FORMS[self.subject](posted, files, initial=chosen)
        if not has(request, ADD_GROUP):
            form.fields.pop("new_group", None)
        staged_import = self._receive(form, bounds) if is_post else None
        if staged_import is not None:
            return self.go_to("import_preview" if staged_import.is_judged else "import_columns", staged_import.token)
        history = imports_of(self.model_admin.model)
        return self.render_import("upload", self.model_admin.import_title, form=form, history=history)

    def _receive(self, form: UploadForm, bounds: BoundedUploadHandler) -> StagedImport | None:
        """Keep the upload; if it cannot be read, add an error to the form and return None."""
        if bounds.was_exceeded:
            form.fields["file"].required = False
            problem: Any = SpreadsheetError(FileProblem.LARGE, limit=max(1, bounds.limit // 1024**2))
            form.add_error("file", str(problem))
        if not form.is_valid():
            return None
        upload, owner = form.cleaned_data["file"], owner_of(self.request)
        try:
            return receive(upload, upload.name, owner=owner, subject=self.subject, options=form.options())
        except SpreadsheetError as error:
            form.add_error("file", str(error))
        return None
