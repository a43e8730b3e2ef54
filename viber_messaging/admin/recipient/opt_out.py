"""Opting recipients out and in: many at once, one on their page, a pasted list. All of it is recorded."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.admin.pasted_numbers import PastingAdmin, Preview, Task
from viber_messaging.admin.recipient.consent_log import may_import_opt_outs
from viber_messaging.delivery import consent
from viber_messaging.models import ConsentSource, Recipient

NAMED = 20
"""People named on the page that asks whether to opt them in; the others are counted."""


class OptingAdmin(PastingAdmin):
    """Opts out and in, by those who may change recipients."""

    actions: Sequence[Any] = ("opt_out", "opt_in")

    def get_urls(self) -> list[URLPattern]:
        """Add the list to opt out, and the button on a recipient's page."""
        wrap = self.admin_site.admin_view
        return [
            path("opt-out-list/", wrap(self.opt_out_list_view), name="viber_messaging_recipient_opt_out_list"),
            path("<path:object_id>/consent/", wrap(self.consent_view), name="viber_messaging_recipient_consent"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Offer the list to opt out to those who may."""
        may = self.has_change_permission(request)
        return super().changelist_view(request, {"viber_may_opt_out": may, **(extra_context or {})})

    @admin.action(
        permissions=["change"], description=gettext_lazy("Opt out selected recipients: send them nothing more")
    )
    def opt_out(self, request: HttpRequest, queryset: "QuerySet[Recipient]") -> None:
        """Note that these people get nothing more."""
        self._require_change(request)
        phones = list(queryset.filter(opted_out_at=None).values_list("phone", flat=True))
        count = consent.opt_out(phones, source=ConsentSource.ADMIN, by=request.user)
        self._say(request, opted_out(count))

    @admin.action(
        permissions=["change"], description=gettext_lazy("Opt in selected recipients: they asked for messages again")
    )
    def opt_in(self, request: HttpRequest, queryset: "QuerySet[Recipient]") -> HttpResponse | None:
        """Ask first; then note that these people may be written to again."""
        self._require_change(request)
        people = queryset.filter(opted_out_at__isnull=False)
        total = people.count()
        if total and "post" not in request.POST:
            return self._ask_to_opt_in(request, people, total)
        phones = list(people.values_list("phone", flat=True))
        count = consent.opt_in(phones, source=ConsentSource.ADMIN, by=request.user)
        self._say(request, opted_in(count))
        return None

    def _ask_to_opt_in(self, request: HttpRequest, people: "QuerySet[Recipient]", total: int) -> HttpResponse:
        return self._page(
            request,
            "opt_in.html",
            title=_("Opt in again?"),
            total=total,
            people=people.order_by("pk")[:NAMED],
            hidden=max(0, total - NAMED),
            action="opt_in",
            select_across=request.POST.get("select_across", "0"),
            selected=request.POST.getlist(ACTION_CHECKBOX_NAME),
            action_checkbox_name=ACTION_CHECKBOX_NAME,
        )

    def consent_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Opt one recipient out or in, on POST; go back to the page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        recipient = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, recipient):
            raise PermissionDenied
        if recipient is None:
            return self._gone(request, object_id)
        self._say(request, self._change_consent(request, recipient))
        name = "admin:viber_messaging_recipient_change"
        return HttpResponseRedirect(reverse(name, args=[recipient.pk], current_app=self.admin_site.name))

    def _change_consent(self, request: HttpRequest, recipient: Recipient) -> Iterator[Sentence]:
        """Do what the button says; neither button pressed does nothing."""
        if "opt_out" in request.POST:
            yield from opted_out(consent.opt_out([recipient.phone], source=ConsentSource.ADMIN, by=request.user))
        elif "opt_in" in request.POST:
            yield from opted_in(consent.opt_in([recipient.phone], source=ConsentSource.ADMIN, by=request.user))

    def opt_out_list_view(self, request: HttpRequest) -> HttpResponse:
        """Opt out by a pasted list."""
        self._require_change(request)
        changelist = reverse("admin:viber_messaging_recipient_changelist", current_app=self.admin_site.name)

        def perform(phones: list[str]) -> Iterator[Sentence]:
            count = consent.opt_out(phones, source=ConsentSource.LIST, by=request.user)
            yield from opted_out(count)
            yield from _opted_out_before(len(phones) - count)

        explanation = _("These people are sent nothing more: no new message, and none that still waits here.")
        task = Task(
            title=_("Opt out by list"),
            explanation=explanation,
            back=changelist,
            preview=_preview,
            perform=perform,
            spreadsheet_url=self._spreadsheet_url(request),
        )
        return self._paste(request, task)

    def _spreadsheet_url(self, request: HttpRequest) -> str:
        page = "viber_messaging_consentchange_import"
        return url_of(page, self.admin_site.name) if may_import_opt_outs(request) else ""

    def _require_change(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied


def _preview(phones: list[str]) -> Preview:
    already = consent.count_opted_out(phones)
    count = len(phones) - already
    button = ngettext("Opt out %(count)s number", "Opt out %(count)s numbers", count) % {"count": count}
    return Preview(
        count=count, button=button, facts=[(_("Will be opted out"), count), (_("Opted out already"), already)]
    )


def opted_out(count: int) -> Iterator[Sentence]:
    """Tell how many people were opted out just now."""
    sentence = ngettext("%(count)s recipient is opted out now.", "%(count)s recipients are opted out now.", count)
    yield messages.SUCCESS, sentence % {"count": count}


def opted_in(count: int) -> Iterator[Sentence]:
    """Tell how many people may be written to again."""
    sentence = ngettext(
        "%(count)s recipient may be written to again.", "%(count)s recipients may be written to again.", count
    )
    yield messages.SUCCESS, sentence % {"count": count}


def _opted_out_before(count: int) -> Iterator[Sentence]:
    if count:
        sentence = ngettext(
            "%(count)s number had opted out already.", "%(count)s numbers had opted out already.", count
        )
        yield messages.INFO, sentence % {"count": count}
