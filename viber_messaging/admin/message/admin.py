"""Messages: written, sent and followed."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.fields import MomentField, MomentWidget
from viber_messaging.admin.imports.admin import ImportingAdmin
from viber_messaging.admin.lists.export import ExportingAdmin
from viber_messaging.admin.lists.search import find_messages, may_see_people
from viber_messaging.admin.lists.search_box import FindingAdmin
from viber_messaging.admin.message.actions.actions import MessageActions
from viber_messaging.admin.message.actions.buttons import ActingAdmin, calls_for_a_copy
from viber_messaging.admin.message.actions.deletion import DeletingAdmin
from viber_messaging.admin.message.attempts import rows_of
from viber_messaging.admin.message.columns import MessageColumns
from viber_messaging.admin.message.compose.form import MessageForm
from viber_messaging.admin.message.compose.preview import PreviewingAdmin
from viber_messaging.admin.message.compose.several_numbers import SeveralAdmin
from viber_messaging.admin.message.compose.trial_send import TrialAdmin
from viber_messaging.admin.message.filters import (
    CampaignFilter,
    CodeFilter,
    DayFilter,
    SenderFilter,
    StateFilter,
    natural_order,
)
from viber_messaging.admin.message.related_object import AboutFilter, about_of, metadata_rows
from viber_messaging.admin.message.timeline import story_of
from viber_messaging.admin.pages.base import may_send, outside_transactions
from viber_messaging.admin.pages.campaign_links import may_see_campaigns
from viber_messaging.admin.pages.gateway_check import try_now
from viber_messaging.admin.statistics.dashboard import DashboardAdmin
from viber_messaging.admin.statistics.report import ReportingAdmin
from viber_messaging.exports import export_messages
from viber_messaging.importing import Subject
from viber_messaging.models import Message
from viber_messaging.models.mixins.content import CONTENT_FIELDS
from viber_messaging.states import MessageState

DRAFT_FIELDSETS = [
    (None, {"fields": ["sender", "phone", "type", "text"]}),
    (_("Picture and button"), {"fields": ["image", "button", "url"]}),
    (_("Time"), {"fields": ["scheduled_at"]}),
]
GATEWAY_FACTS = ["reference_number", "msg_id", "code_in_words"]


@admin.register(Message)
class MessageAdmin(
    MessageColumns,
    SeveralAdmin,
    TrialAdmin,
    PreviewingAdmin,
    ActingAdmin,
    DashboardAdmin,
    ReportingAdmin,
    DeletingAdmin,
    FindingAdmin,
    ImportingAdmin,
    ExportingAdmin,
):
    """A draft can be edited; what was queued can be read, and acted on."""

    class Media:
        js = ["viber_messaging/compose.js"]

    form = MessageForm
    formfield_overrides = {models.DateTimeField: {"form_class": MomentField, "widget": MomentWidget}}
    import_subject = Subject.MESSAGES
    write_export = staticmethod(export_messages)
    actions = (*MessageActions.actions, *DeletingAdmin.actions)
    list_display = ["phone", "state_badge", "short_text", "verdict", "moved_at", "sender", "numbers"]
    list_filter = [AboutFilter, ("state", StateFilter), DayFilter, SenderFilter, CampaignFilter, CodeFilter]
    search_fields = ["phone", "reference", "msg_id"]
    search_help_text = _("A phone, its beginning or its last digits, a name, a reference, or the gateway's number.")
    sortable_by = ["phone", "moved_at"]
    list_per_page = 50

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Message]", search_term: str
    ) -> tuple["QuerySet[Message]", bool]:
        """Find by phone, reference or the gateway's number; or by the person's name, by those who may see people."""
        term = search_term.strip()
        found = find_messages(queryset, term, may_see_people=may_see_people(request)) if term else queryset
        return found, False

    def get_ordering(self, request: HttpRequest) -> Any:
        """Return the latest first, or the order in which the filters find."""
        return natural_order(request)

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        """Tell whether this person may edit this message: nobody, once it is queued."""
        return super().has_change_permission(request, obj) and (obj is None or obj.state == MessageState.DRAFT)

    def get_fieldsets(self, request: HttpRequest, obj: Message | None = None) -> Any:
        """Return the form of a draft, or the facts of a message."""
        if obj is None or self.has_change_permission(request, obj):
            return DRAFT_FIELDSETS
        content = [name for name in CONTENT_FIELDS if getattr(obj, name)]
        content += ["schedule"] if obj.scheduled_at else []
        content += ["campaign"] if obj.campaign_id and may_see_campaigns(request) else []
        return [
            (None, {"fields": ["state_badge", "meaning"]}),
            (_("What the recipient gets"), {"fields": ["phone", *content]}),
            (_("The gateway"), {"fields": GATEWAY_FACTS}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Message | None = None) -> Any:
        """Return every fact of what cannot be edited."""
        if obj is None or self.has_change_permission(request, obj):
            return []
        return [name for _title, options in self.get_fieldsets(request, obj) for name in options["fields"]]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the phone's screen, and of a message that is no draft its story, its attempts and its buttons."""
        message = kwargs.get("obj")
        if message is not None:
            attempts = rows_of(message)
            context |= {"viber_attempts": attempts, "viber_story": story_of(message, attempts)}
            context["viber_about"] = about_of(request, message, self.admin_site)
            context["viber_metadata"] = list(metadata_rows(message))
            context["viber_calls_for_copy"] = calls_for_a_copy(message)
        context["viber_buttons"] = self.buttons_of(request, message)
        context |= self.preview_context(request, context["adminform"].form)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin a new message with the content of another one that this person may see, where asked to."""
        initial = super().get_changeform_initial_data(request)
        source = self.get_object(request, request.GET.get("copy", ""))
        if source is not None and self.has_view_or_change_permission(request, source):
            initial |= {name: getattr(source, name) for name in (*CONTENT_FIELDS, "phone")}
        return initial

    def get_urls(self) -> list[URLPattern]:
        """Add *Try now* to Django's URLs."""
        view = self.admin_site.admin_view(self.try_now_view)
        return [path("try-now/", view, name="viber_messaging_message_try_now"), *super().get_urls()]

    @outside_transactions
    def try_now_view(self, request: HttpRequest) -> HttpResponse:
        """Try the gateway, on POST and with the permission to send; go back to the page that asked."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not may_send(request):
            raise PermissionDenied
        level, sentence = try_now()
        self.message_user(request, sentence, level)
        return HttpResponseRedirect(self._way_back(request))

    def _way_back(self, request: HttpRequest) -> str:
        here = request.POST.get("here", "")
        if here and url_has_allowed_host_and_scheme(here, {request.get_host()}, require_https=request.is_secure()):
            return here
        return reverse("admin:index", current_app=self.admin_site.name)
