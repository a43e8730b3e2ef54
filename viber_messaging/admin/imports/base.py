"""What the doors of an import share: who may, whose upload it is, and how a page looks."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from viber_messaging.admin.imports.labels import result_of
from viber_messaging.admin.imports.ownership import Gone, find
from viber_messaging.admin.pages.base import BaseAdmin
from viber_messaging.importing import Subject
from viber_messaging.models import StagedImport

IMPORT_PERMISSION = "viber_messaging.import_recipient"


GROUP_PERMISSION = "viber_messaging.add_recipientgroup"


def may_see_people(request: HttpRequest) -> bool:
    """Tell whether this person may see what is known of recipients; importing alone shows only what is in the file."""
    return any(request.user.has_perm(f"viber_messaging.{right}_recipient") for right in ("view", "change"))


class ImportBase(BaseAdmin):
    """An admin that imports; ``import_subject`` is what the rows of its spreadsheets are."""

    import_subject: ClassVar[Subject]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Tell whether this person may import: no setting of the site opens this door."""
        may_write = self.import_subject == Subject.RECIPIENTS or self.has_add_permission(request)
        return bool(request.user.has_perm(IMPORT_PERMISSION)) and may_write

    def require_import(self, request: HttpRequest) -> None:
        """Raise PermissionDenied unless this person may import."""
        if not self.has_import_permission(request):
            raise PermissionDenied

    def find_staged(self, request: HttpRequest, token: str) -> StagedImport:
        """Return this person's upload that waits. Raises PermissionDenied, Http404 and Gone."""
        self.require_import(request)
        return find(request, self.import_subject, token)

    def import_url_name(self, page: str) -> str:
        """Return the name of the URL of a page of the import."""
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def import_url(self, page: str, staged_import: StagedImport | None = None) -> str:
        """Return the address of a page in this admin."""
        args = [staged_import.token] if staged_import else []
        return reverse(f"admin:{self.import_url_name(page)}", args=args, current_app=self.admin_site.name)

    def go_to(self, page: str, staged_import: StagedImport | None = None) -> HttpResponse:
        """Lead on to another page."""
        return HttpResponseRedirect(self.import_url(page, staged_import))

    def leave_import(self, request: HttpRequest) -> HttpResponse:
        """Lead back to the list, or to the first page for those who may not see the list."""
        if self.has_view_or_change_permission(request):
            return self.go_to("changelist")
        return HttpResponseRedirect(reverse("admin:index", current_app=self.admin_site.name))

    def tell_gone(self, request: HttpRequest, gone: Gone) -> HttpResponse:
        """Say what became of an upload, and lead on."""
        if gone.done is None:
            sentence = _("This upload is not here any more: it was cancelled, or is older than a day. Upload it again.")
            self.message_user(request, sentence, messages.WARNING)
            return self.go_to("import")
        sentence = _("The file %(file)s was imported already; nothing was done a second time. %(counts)s")
        facts = {"file": gone.done.file_name, "counts": result_of(gone.done.counts, self.import_subject)}
        self.message_user(request, sentence % facts, messages.INFO)
        return self.leave_import(request)

    def import_page(self, request: HttpRequest, page: str, title: str, **context: Any) -> HttpResponse:
        """Return a page of the import."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "page_title": _("Import"),
            "list_title": capfirst(self.opts.verbose_name_plural),
            "list_url": self.import_url("changelist") if self.has_view_or_change_permission(request) else "",
            "import_url": self.import_url("import"),
            "media": self.media,
            **context,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, f"admin/viber_messaging/import/{page}.html", context)
