"""The admin for messages: write, send and follow them."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.fields import MomentField, MomentWidget
from viber_messaging.admin.imports.urls import import_pages
from viber_messaging.admin.lists.admin import ListAdmin
from viber_messaging.admin.lists.export import ExportView
from viber_messaging.admin.lists.search import find_messages
from viber_messaging.admin.lists.search_box import SearchView
from viber_messaging.admin.message.actions.buttons import ActView, buttons_of, calls_for_a_copy, withheld_from
from viber_messaging.admin.message.actions.deletion import MessageDeletion
from viber_messaging.admin.message.actions.execution import LIST_ACTIONS
from viber_messaging.admin.message.actions.resend import ResendView
from viber_messaging.admin.message.attempts import rows_of
from viber_messaging.admin.message.columns import MessageColumns
from viber_messaging.admin.message.compose.admin import ComposeAdmin
from viber_messaging.admin.message.compose.form import MessageForm
from viber_messaging.admin.message.compose.preview import PreviewView, preview_context
from viber_messaging.admin.message.day_filter import DayFilter
from viber_messaging.admin.message.filters import (
    CampaignFilter,
    ChannelFilter,
    CodeFilter,
    SenderFilter,
    natural_order,
)
from viber_messaging.admin.message.kind_filter import KindFilter
from viber_messaging.admin.message.list import MessageList
from viber_messaging.admin.message.related_object import AboutFilter, about_of, metadata_rows
from viber_messaging.admin.message.summary import summary_of, title_of
from viber_messaging.admin.message.timeline import story_of
from viber_messaging.admin.pages.changelist import List
from viber_messaging.admin.pages.gateway_check import TryNowView
from viber_messaging.admin.pages.view import outside_transactions
from viber_messaging.admin.permissions import may_see_people, may_send, may_send_sms
from viber_messaging.admin.picture.field import fieldsets_with_upload
from viber_messaging.admin.picture.upload import PictureView
from viber_messaging.admin.sender import offer_new_sender
from viber_messaging.admin.sms_form import sms_fieldset, sms_shown_only
from viber_messaging.admin.statistics.balance_button import BalanceView
from viber_messaging.admin.statistics.monitor import StatsView
from viber_messaging.admin.statistics.report import ReportView
from viber_messaging.admin.statistics.report_people import ReportGroupView, ReportMessagesView
from viber_messaging.exports import export_messages
from viber_messaging.importing import Subject
from viber_messaging.models import Message
from viber_messaging.models.mixins.content import EXTRA_FIELDS
from viber_messaging.states import MessageState

DRAFT_FIELDSETS = [
    (None, {"fields": ["sender", "phone", "type", "text"]}),
    (_("Picture and button"), {"fields": EXTRA_FIELDS}),
    (_("Time"), {"fields": ["scheduled_at"]}),
]
GATEWAY_FACTS = ["reference_number", "msg_id", "code_in_words"]


@admin.register(Message)
class MessageAdmin(MessageColumns, MessageDeletion, ComposeAdmin, ListAdmin):
    """A draft can be edited; a queued message can be viewed, and acted on."""

    class Media:
        js = ["viber_messaging/compose.js", "viber_messaging/sms.js"]

    form = MessageForm
    formfield_overrides = {models.DateTimeField: {"form_class": MomentField, "widget": MomentWidget}}
    import_subject = Subject.MESSAGES
    write_export = staticmethod(export_messages)
    actions = (*LIST_ACTIONS, "delete_selected")
    list_display = ["moved_at", "addressee", "state_badge", "short_text"]
    list_filter = [
        *(AboutFilter, KindFilter, "state", ChannelFilter, DayFilter, SenderFilter, CampaignFilter, CodeFilter)
    ]
    search_fields = ["phone", "reference", "msg_id"]
    search_help_text = _("A phone number or its first or last digits, a name, our ID, or a gateway ID.")
    sortable_by = ["moved_at", "addressee", "phone"]
    list_per_page = 50

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of messages, and those linked from their list: figures, the report, the gateway."""
        return [
            self.page("try-now/", TryNowView, "try_now"),
            self.page("preview/", PreviewView, "preview"),
            self.page("picture/", PictureView, "picture"),
            self.page("<path:object_id>/act/", ActView, "act"),
            self.page("resend/", ResendView, "resend"),
            self.page("stats/", StatsView, "stats"),
            self.page("balance/", BalanceView, "balance"),
            self.page("report/", ReportView, "report"),
            self.page("report/messages/", ReportMessagesView, "report_messages"),
            self.page("report/group/", ReportGroupView, "report_group"),
            self.page("search/", SearchView, "search"),
            *import_pages(self),
            self.page("export/", ExportView, "export"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[List]:
        """Return the list that also reads names."""
        return MessageList

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """Return the column with the recipient, unless a site shows others."""
        return ["addressee"] if "addressee" in list_display else super().get_list_display_links(request, list_display)

    @outside_transactions
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, or run an action."""
        return super().changelist_view(request, extra_context)

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the link to the report."""
        return {**super().list_context(request), "viber_report_url": self.url_to("report")}

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Return whether this user may send messages."""
        return may_send(request)

    def has_send_sms_permission(self, request: HttpRequest) -> bool:
        """Return whether this user may send SMS."""
        return may_send_sms(request)

    def get_action(self, action: Any, *location: Any) -> Any:
        """Return an action by name: from the table, unless a subclass has a method with that name."""
        is_of_table = action in LIST_ACTIONS and not hasattr(self, action)
        # Django 6.1 also passes where the action is shown; earlier versions do not take that argument.
        return super().get_action(LIST_ACTIONS[action] if is_of_table else action, *location)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Message]", search_term: str
    ) -> tuple["QuerySet[Message]", bool]:
        """Find by phone, reference or gateway ID, and by name for users who may view people."""
        term = search_term.strip()
        found = find_messages(queryset, term, may_see_people=may_see_people(request)) if term else queryset
        return found, False

    def get_ordering(self, request: HttpRequest) -> Any:
        """Return the latest first, or the order that suits the filters' index."""
        return natural_order(request)

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        """Return whether this user may edit this message; nobody may once it is queued."""
        return super().has_change_permission(request, obj) and (obj is None or obj.state == MessageState.DRAFT)

    def get_fieldsets(self, request: HttpRequest, obj: Message | None = None) -> Any:
        """Return the fields of a draft's form, or the facts of a message."""
        if obj is None or self.has_change_permission(request, obj):
            return [*fieldsets_with_upload(self, request, obj, DRAFT_FIELDSETS), *sms_fieldset(request, obj)]
        addresses = [name for name in ("image", "url") if getattr(obj, name)]
        return [(_("Technical facts"), {"fields": ["phone", *GATEWAY_FACTS, *addresses]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Message | None = None) -> Any:
        """Return all fields if the object cannot be edited."""
        if obj is None or self.has_change_permission(request, obj):
            return sms_shown_only(request, obj)
        return [name for _title, options in self.get_fieldsets(request, obj) for name in options["fields"]]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the phone's screen and, for a saved message, the summary, the history, the attempts and the buttons."""
        message = kwargs.get("obj")
        if message is not None:
            attempts = rows_of(message)
            context |= {"title": title_of(message), "subtitle": ""}
            if not self.has_change_permission(request, message):
                context["viber_summary"] = summary_of(request, message, self.admin_site.name)
            context |= {"viber_attempts": attempts, "viber_story": story_of(message, attempts)}
            context["viber_about"] = about_of(request, message, self.admin_site)
            context["viber_metadata"] = list(metadata_rows(message))
            context["viber_calls_for_copy"] = calls_for_a_copy(message)
        context["viber_buttons"] = buttons_of(request, message)
        context["viber_withheld"] = withheld_from(request, message)
        form = context["adminform"].form
        offer_new_sender(form, request, self.admin_site.name)
        context |= preview_context(self, form)
        return super().render_change_form(request, context, *args, **kwargs)
