"""The read-only record of opt-outs and opt-ins, on its own list and on the recipient's page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.imports.urls import import_pages
from viber_messaging.admin.lists.admin import ListAdmin
from viber_messaging.admin.lists.search import phone_query
from viber_messaging.admin.lists.search_box import SearchView
from viber_messaging.admin.pages.badges import badge
from viber_messaging.admin.pages.base import NOTHING
from viber_messaging.admin.pages.dates import moment_of
from viber_messaging.admin.permissions import may_import_opt_outs
from viber_messaging.delivery.storage import tables
from viber_messaging.importing import Subject
from viber_messaging.models import ConsentChange, Recipient

SHOWN = 50
"""The most changes shown on a recipient's page; all of them are in the record's own list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One change in words."""

    created_at: datetime
    kind: str
    badge: str
    source: str
    created_by: str


def changes_of(recipient: Recipient) -> list[ChangeRow]:
    """Return the changes for this recipient's phone, the last one first."""
    changes = tables.consent_changes().filter(phone=recipient.phone).prefetch_related("created_by")
    return [_row(change) for change in changes.order_by("-pk")[:SHOWN]]


def _row(change: ConsentChange) -> ChangeRow:
    return ChangeRow(
        created_at=change.created_at,
        kind=_kind(change),
        badge=_look(change),
        source=change.source_label,
        created_by=str(change.created_by or NOTHING),
    )


def _kind(change: ConsentChange) -> str:
    return gettext("opted out") if change.is_opted_out else gettext("opted in")


def _look(change: ConsentChange) -> str:
    return "opted-out" if change.is_opted_out else "opted-in"


CREATED_AT = moment_of(ConsentChange, "created_at")


@admin.register(ConsentChange)
class ConsentChangeAdmin(ListAdmin):
    """A read-only record; importing a spreadsheet opts its phones out."""

    import_subject = Subject.OPT_OUTS

    list_display = ["phone", "kind", "source_in_words", "created_by", CREATED_AT]
    list_filter = ["is_opted_out"]
    list_select_related = ()  # a join would not reach users in another database
    ordering = ["-id"]
    sortable_by = ()
    list_per_page = 50
    search_fields = ["phone"]
    search_help_text = _("A phone number in any format.")
    fields = ("phone", "kind", "source_in_words", "created_by", CREATED_AT)
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of the record."""
        return [self.page("search/", SearchView, "search"), *import_pages(self), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ConsentChange]":
        """Prefetch the users of a page."""
        return super().get_queryset(request).prefetch_related("created_by")

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[ConsentChange]", search_term: str
    ) -> tuple["QuerySet[ConsentChange]", bool]:
        """Find by phone."""
        term = search_term.strip()
        return (queryset.filter(phone_query(term) or Q(phone=term)) if term else queryset), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: only opt-outs and opt-ins write the record."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: what happened cannot be edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: what happened cannot be undone."""
        return False

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Return whether this user may import and opt recipients out."""
        return may_import_opt_outs(request)

    @property
    def import_title(self) -> str:
        """Return the title of the first page of the import."""
        return gettext("Opt out with a spreadsheet")

    @admin.display(description=_("change"))
    def kind(self, obj: ConsentChange) -> str:
        """Return the kind of change, as a coloured badge."""
        return badge(_look(obj), _kind(obj))

    @admin.display(description=_("source"))
    def source_in_words(self, obj: ConsentChange) -> str:
        """Return where the opt-out or opt-in came from."""
        return obj.source_label
