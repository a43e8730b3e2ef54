"""Merge groups: ask which one stays, then merge the others into it."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viber_messaging.admin.pages.sentences import Sentence, in_english
from viber_messaging.delivery.people.groups import GroupsChanged, GroupsInUse, merge
from viber_messaging.models import RecipientGroup
from viber_messaging.statistics.groups import measure


@admin.action(permissions=["merge"], description=gettext_lazy("Merge selected groups into one"))
def merge_groups(model_admin: Any, request: HttpRequest, queryset: "QuerySet[RecipientGroup]") -> HttpResponse | None:
    """Ask which group stays, then add all people to it and delete the others."""
    if not model_admin.has_merge_permission(request):
        raise PermissionDenied
    groups: list[Any] = list(queryset)
    into = next((group for group in groups if str(group.pk) == request.POST.get("into")), None)
    if len(groups) < 2:
        model_admin.message_user(request, _("Choose at least two groups to merge."), messages.WARNING)
    elif into is None:
        return _ask_to_merge(model_admin, request, groups)
    else:
        model_admin.say(request, _merge(model_admin, request, groups, into))
    return None


def _ask_to_merge(model_admin: Any, request: HttpRequest, groups: list[Any]) -> HttpResponse:
    measure(groups)
    page: HttpResponse = model_admin.render_page(
        request,
        "merge.html",
        title=_("Merge groups"),
        groups=sorted(groups, key=lambda group: (-group.people, group.name)),
        selected=[group.pk for group in groups],
        action="merge_selected",
        action_checkbox_name=ACTION_CHECKBOX_NAME,
    )
    return page


def _merge(
    model_admin: Any, request: HttpRequest, groups: list[RecipientGroup], into: RecipientGroup
) -> Iterator[Sentence]:
    try:
        merged = merge([group.pk for group in groups], into.pk)
    except GroupsChanged:
        yield messages.WARNING, _("Nothing was merged: these groups were merged or deleted in the meantime.")
        return
    except GroupsInUse as error:
        sentence = _("Nothing was merged: the campaign “%(campaign)s” is being sent to one of these groups.")
        yield messages.WARNING, sentence % {"campaign": error}
        return
    names = ", ".join(group.name for group in groups if group.pk in merged)
    entry = in_english(lambda: _("Merged into this group: %(groups)s") % {"groups": names})
    model_admin.log_change(request, into, entry)
    sentence = ngettext(
        "%(count)s group was merged into “%(group)s”.", "%(count)s groups were merged into “%(group)s”.", len(merged)
    )
    yield messages.SUCCESS, sentence % {"count": len(merged), "group": into}
