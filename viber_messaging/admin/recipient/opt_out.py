"""Opt recipients out and in: many from the list, or one from the recipient's page. Everything is recorded."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.delivery import consent
from viber_messaging.models import ConsentSource, Recipient

NAMED = 20
"""The most people named on the page that asks whether to opt them in; the others are counted."""


@admin.action(permissions=["change"], description=gettext_lazy("Opt out selected recipients: send them nothing more"))
def opt_out_selected(model_admin: Any, request: HttpRequest, queryset: "QuerySet[Recipient]") -> None:
    """Record that these people opted out."""
    _require_change(model_admin, request)
    phones = list(queryset.filter(opted_out_at=None).values_list("phone", flat=True))
    model_admin.say(request, _opt_out(request, phones))


@admin.action(
    permissions=["change"], description=gettext_lazy("Opt in selected recipients: they asked for messages again")
)
def opt_in_selected(model_admin: Any, request: HttpRequest, queryset: "QuerySet[Recipient]") -> HttpResponse | None:
    """Ask first; then record that these people opted in again."""
    _require_change(model_admin, request)
    people = queryset.filter(opted_out_at__isnull=False)
    total = people.count()
    if total and "post" not in request.POST:
        return _ask_to_opt_in(model_admin, request, people, total)
    model_admin.say(request, _opt_in(request, list(people.values_list("phone", flat=True))))
    return None


class ConsentView(AdminView):
    """The button on a recipient's page: opts out or in, and redirects back to the page."""

    def post(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Perform the button's operation; without a button, do nothing."""
        recipient = self.model_admin.get_object(request, unquote(object_id))
        self.require(self.model_admin.has_change_permission(request, recipient))
        if recipient is None:
            gone: HttpResponse = self.model_admin.render_gone(request, object_id)
            return gone
        for button, change in (("opt_out", _opt_out), ("opt_in", _opt_in)):
            if button in request.POST:
                self.model_admin.say(request, change(request, [recipient.phone]))
                break
        return self.go_to("change", recipient.pk)


def _require_change(model_admin: Any, request: HttpRequest) -> None:
    if not model_admin.has_change_permission(request):
        raise PermissionDenied


def _ask_to_opt_in(model_admin: Any, request: HttpRequest, people: "QuerySet[Recipient]", total: int) -> HttpResponse:
    page: HttpResponse = model_admin.render_page(
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
    return page


def _opt_out(request: HttpRequest, phones: list[str]) -> Iterator[Sentence]:
    yield from opted_out(consent.opt_out(phones, source=ConsentSource.ADMIN, by=request.user))


def _opt_in(request: HttpRequest, phones: list[str]) -> Iterator[Sentence]:
    count = consent.opt_in(phones, source=ConsentSource.ADMIN, by=request.user)
    sentence = ngettext(
        "%(count)s recipient can receive messages again.", "%(count)s recipients can receive messages again.", count
    )
    yield messages.SUCCESS, sentence % {"count": count}


def opted_out(count: int) -> Iterator[Sentence]:
    """Report how many people were just opted out."""
    sentence = ngettext("%(count)s recipient is now opted out.", "%(count)s recipients are now opted out.", count)
    yield messages.SUCCESS, sentence % {"count": count}
