"""The admin for recipients."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.imports.urls import import_pages
from viber_messaging.admin.lists.admin import ListAdmin
from viber_messaging.admin.lists.export import ExportView
from viber_messaging.admin.lists.search import find_recipients
from viber_messaging.admin.lists.search_box import SearchView
from viber_messaging.admin.pages.dates import moment_of
from viber_messaging.admin.recipient import deletion
from viber_messaging.admin.recipient.attributes.field import rows_of
from viber_messaging.admin.recipient.consent_log import changes_of
from viber_messaging.admin.recipient.filters import GroupFilter, OptedOutFilter
from viber_messaging.admin.recipient.form import RecipientForm
from viber_messaging.admin.recipient.group_boxes import boxes
from viber_messaging.admin.recipient.last_messages import story_of
from viber_messaging.admin.recipient.opt_out import ConsentView, opt_in_selected, opt_out_selected
from viber_messaging.admin.recipient.opt_out_list import OptOutListView
from viber_messaging.exports import export_recipients
from viber_messaging.importing import Subject
from viber_messaging.models import Recipient

OPTED_OUT_AT = moment_of(Recipient, "opted_out_at")


@admin.register(Recipient)
class RecipientAdmin(ListAdmin):
    """People, found by name or by any spelling of their phone."""

    form = RecipientForm
    import_subject = Subject.RECIPIENTS
    write_export = staticmethod(export_recipients)
    actions = ["opt_out", "opt_in"]
    opt_out, opt_in = opt_out_selected, opt_in_selected
    list_display = ["phone", "name", "group_names", OPTED_OUT_AT]
    list_filter = [OptedOutFilter, GroupFilter]
    search_fields = ["phone", "name"]
    search_help_text = _("Words of the name or their beginnings, or a phone number or its first or last digits.")
    list_per_page = 50

    class Media:
        js = ["viber_messaging/attributes.js", "viber_messaging/groups.js"]

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of recipients."""
        return [
            self.page("search/", SearchView, "search"),
            self.page("opt-out-list/", OptOutListView, "opt_out_list"),
            self.page("<path:object_id>/consent/", ConsentView, "consent"),
            *import_pages(self),
            self.page("export/", ExportView, "export"),
            *super().get_urls(),
        ]

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the link to *Opt out by list* for users who may opt out."""
        return {**super().list_context(request), "viber_may_opt_out": self.has_change_permission(request)}

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Recipient]":
        """Prefetch the groups of a page."""
        return super().get_queryset(request).prefetch_related("groups")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the groups as checkboxes."""
        return super().formfield_for_manytomany(
            db_field, request, widget=boxes(capfirst(db_field.verbose_name)), **kwargs
        )

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Recipient]", search_term: str
    ) -> tuple["QuerySet[Recipient]", bool]:
        """Find by phone or name."""
        term = search_term.strip()
        return (find_recipients(queryset, term) if term else queryset), False

    def get_ordering(self, request: HttpRequest) -> Any:
        """Return the latest first; for people who opted out, the latest opt-out first."""
        return ["-opted_out_at"] if request.GET.get(OptedOutFilter.parameter_name) == "yes" else ["-id"]

    @admin.display(description=_("groups"))
    def group_names(self, obj: Recipient) -> str:
        """Return the groups, by name."""
        return ", ".join(group.name for group in obj.groups.all())

    @admin.display(description=_("attributes"))
    def attributes_in_words(self, obj: Recipient) -> str:
        """Return the names and values, for users who may only view them."""
        return format_html_join(mark_safe("<br>"), "{}: {}", rows_of(obj.attributes))

    def get_fields(self, request: HttpRequest, obj: Recipient | None = None) -> Any:
        """Show the opt-out time only if there is one."""
        opted_out = [OPTED_OUT_AT] if obj is not None and obj.opted_out_at else []
        attributes = "attributes" if obj is None or self.has_change_permission(request, obj) else "attributes_in_words"
        return ["phone", "name", "groups", *opted_out, attributes]

    def get_readonly_fields(self, request: HttpRequest, obj: Recipient | None = None) -> Any:
        """Make the phone of a person who opted out read-only, so that the opt-out stays with it."""
        return ["phone", OPTED_OUT_AT] if obj is not None and obj.opted_out_at else [OPTED_OUT_AT]

    def save_model(self, request: HttpRequest, obj: Recipient, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        """Save the form's fields, without overwriting an opt-out recorded while it was filled in."""
        names = [name for name in form.fields if name != "groups"]
        obj.save(update_fields=names if change else None)

    def has_delete_permission(self, request: HttpRequest, obj: Recipient | None = None) -> bool:
        """Return whether this user may delete this recipient; nobody may if the recipient opted out."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.opted_out_at is None)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Protect people who opted out: a later import would create them again, and messages would be sent to them.

        For the others, show what happens to waiting messages.
        """
        if deletion.is_asking(request):
            self.say(request, deletion.of_people(objs))
        deletable, counts, lacking, protected = super().get_deleted_objects(objs, request)
        kept = [
            gettext("%(recipient)s: opted out and must be kept") % {"recipient": obj}
            for obj in objs
            if obj.opted_out_at
        ]
        if self.has_delete_permission(request):
            lacking = set(lacking) - {self.opts.verbose_name}
        return deletable, counts, lacking, [*protected, *kept]

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Recipient]") -> None:
        """Delete the recipients, except those who opted out since the confirmation page was shown."""
        super().delete_queryset(request, queryset.filter(opted_out_at=None))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the last messages above the form, and the record of opt-outs and opt-ins below it."""
        recipient = kwargs.get("obj")
        if recipient is not None:
            context |= story_of(request, recipient, self.admin_site.name)
            context["viber_consent"] = changes_of(recipient)
        return super().render_change_form(request, context, *args, **kwargs)
