"""The admin for campaigns: write, review, start and watch them."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viber_messaging.admin.campaign.actions import ActView
from viber_messaging.admin.campaign.columns import CampaignColumns, measure
from viber_messaging.admin.campaign.export import ExportView
from viber_messaging.admin.campaign.form import CampaignForm
from viber_messaging.admin.campaign.preview import PreviewView, look, preview_context
from viber_messaging.admin.campaign.progress import ProgressView, figures
from viber_messaging.admin.campaign.retry import RetryView
from viber_messaging.admin.campaign.review import ReviewView
from viber_messaging.admin.campaign.sms_cost import so_far
from viber_messaging.admin.campaign.stop_all import StopAllView
from viber_messaging.admin.fields import MomentField, MomentWidget
from viber_messaging.admin.pages.base import BaseAdmin
from viber_messaging.admin.pages.dates import moment_of
from viber_messaging.admin.permissions import SEND_CAMPAIGN, has, may_export_messages
from viber_messaging.admin.picture.field import fieldsets_with_upload, form_with_upload
from viber_messaging.admin.picture.upload import PictureView, take_upload
from viber_messaging.admin.sender import offer_new_sender
from viber_messaging.admin.sms_form import sms_fieldset, sms_shown_only
from viber_messaging.conf import conf
from viber_messaging.delivery.campaign import approval
from viber_messaging.delivery.queue import holds
from viber_messaging.models import Campaign, CampaignChanged
from viber_messaging.models.campaign import WRITTEN_FIELDS
from viber_messaging.models.mixins.content import EXTRA_FIELDS
from viber_messaging.models.mixins.fallback import FALLBACK_FIELDS
from viber_messaging.states import CampaignState

REVIEW_BUTTON = "_review"

START_AT, STARTED_AT, FINISHED_AT = (moment_of(Campaign, name) for name in ("start_at", "started_at", "finished_at"))


@admin.register(Campaign)
class CampaignAdmin(CampaignColumns, BaseAdmin):
    """A draft can be edited and reviewed; a started campaign can be watched, paused, resumed and cancelled."""

    form = CampaignForm
    formfield_overrides = {models.DateTimeField: {"form_class": MomentField, "widget": MomentWidget}}
    list_display = ["name", "state_badge", "progress", "sender", START_AT, "created_by"]
    list_filter = ["state"]
    search_fields = ["name"]
    ordering = ["-id"]
    list_per_page = 20
    list_select_related = ()  # a join would not reach users in another database
    fieldsets = [
        (None, {"fields": ["name", "groups"]}),
        (gettext_lazy("What the recipients get"), {"fields": ["sender", "type", "text"]}),
        (gettext_lazy("Picture and button"), {"fields": EXTRA_FIELDS}),
        (gettext_lazy("Time"), {"fields": ["start_at", "quiet_from", "quiet_until"]}),
    ]

    class Media:
        css = {"all": ["viber_messaging/campaign.css"]}
        js = ["viber_messaging/compose.js", "viber_messaging/groups.js", "viber_messaging/placeholders.js"]
        js += ["viber_messaging/sms.js"]

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of campaigns."""
        return [
            self.page("preview/", PreviewView, "preview"),
            self.page("picture/", PictureView, "picture"),
            self.page("stop-all/", StopAllView, "stop_all"),
            self.page("<path:object_id>/review/", ReviewView, "review"),
            self.page("<path:object_id>/retry/", RetryView, "retry"),
            self.page("<path:object_id>/act/", ActView, "act"),
            self.page("<path:object_id>/progress/", ProgressView, "progress"),
            self.page("<path:object_id>/export/", ExportView, "export"),
            *super().get_urls(),
        ]

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the *Stop all sending* button for users who may press it."""
        stop = {"viber_may_send": self.has_send_permission(request), "viber_is_stopped": holds.is_stopped()}
        return {**super().list_context(request), **stop}

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Return whether this user may start, pause and cancel campaigns."""
        return has(request, SEND_CAMPAIGN)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Campaign]":
        """Fetch users separately, because they may be in another database."""
        found: QuerySet[Campaign] = super().get_queryset(request).prefetch_related("created_by")
        return found

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Count the messages of a page's campaigns together."""
        shown = super().get_changelist_instance(request)
        measure(request, shown.result_list)
        return shown

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Return whether this user may edit this campaign; nobody may once it is started."""
        return super().has_change_permission(request, obj) and (obj is None or obj.state == CampaignState.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Return whether this user may delete this campaign; nobody may while it has messages."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.messages.exists())

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """Return the fields of a draft's form, or the content of a started campaign."""
        if obj is None or obj.state == CampaignState.DRAFT:
            return [*fieldsets_with_upload(self, request, obj, self.fieldsets), *sms_fieldset(request, obj)]
        names = [str(name) for _title, options in self.fieldsets for name in options["fields"]]
        names += FALLBACK_FIELDS if conf.SMS else ()
        written = [START_AT if name == "start_at" else name for name in names if getattr(obj, name)]
        return [(None, {"fields": [*written, "created_by", "approved_by", STARTED_AT, FINISHED_AT]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """Return all fields if the object cannot be edited."""
        if obj is None or obj.state == CampaignState.DRAFT:
            return sms_shown_only(request, obj)
        return [name for _title, options in self.get_fieldsets(request, obj) for name in options["fields"]]

    def get_form(self, request: HttpRequest, obj: Campaign | None = None, *args: Any, **kwargs: Any) -> Any:
        """Return the form, with the upload of a picture if it is offered."""
        return super().get_form(request, obj, *args, **{**form_with_upload(self, request, obj), **kwargs})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show or save the form of a draft; show the progress of a started campaign."""
        take_upload(self, request)
        campaign = self.get_object(request, unquote(object_id)) if object_id else None
        context = {"viber_may_send": self.has_send_permission(request), **(extra_context or {})}
        if campaign is not None and campaign.state != CampaignState.DRAFT:
            if request.method == "POST" and self.has_change_permission(request):
                return self._report_start(request, campaign)
            if self.has_view_permission(request, campaign):
                context |= {
                    "viber_figures": figures(campaign),
                    "viber_campaign": campaign,
                    "viber_phone": look(campaign, [])["viber_screen"],
                    "viber_sms_cost": so_far(campaign),
                    "viber_may_export": may_export_messages(request),
                }
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except CampaignChanged:
            return self._report_start(request, campaign)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the preview on a phone beside the form of a draft."""
        form = context["adminform"].form
        # The review is what comes next, and the preview needs no saving.
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        offer_new_sender(form, request, self.admin_site.name)
        if "text" in form.fields:
            context |= preview_context(self, request, form)
        return super().render_change_form(request, context, *args, **kwargs)

    def _report_start(self, request: HttpRequest, campaign: Any) -> HttpResponse:
        sentence = _(
            "Nothing was saved: the campaign was started in the meantime, and its content can no longer change."
        )
        self.message_user(request, sentence, messages.WARNING)
        return HttpResponseRedirect(self.url_to("change", campaign.pk))

    def save_model(self, request: HttpRequest, obj: Campaign, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        """Record who wrote it, because writers since the last approval may not approve it."""
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)
        if form.has_changed() or not change:
            approval.note_writer(obj, request.user)

    def response_add(self, request: HttpRequest, obj: Campaign, post_url_continue: str | None = None) -> HttpResponse:
        """Go on to the review where that was asked for."""
        return self._to_review(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        """Go on to the review where that was asked for."""
        return self._to_review(request, obj) or super().response_change(request, obj)

    def _to_review(self, request: HttpRequest, campaign: Campaign) -> HttpResponse | None:
        if REVIEW_BUTTON not in request.POST or not self.has_send_permission(request):
            return None
        return HttpResponseRedirect(self.url_to("review", campaign.pk))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill the form of a new campaign with the content of another one that this user may view, if requested."""
        initial = super().get_changeform_initial_data(request)
        source = self.get_object(request, request.GET.get("copy", ""))
        if source is not None and self.has_view_permission(request, source):
            initial |= {name: getattr(source, name) for name in WRITTEN_FIELDS if name != "start_at"}
            initial["groups"] = list(source.groups.values_list("pk", flat=True))
        return initial
