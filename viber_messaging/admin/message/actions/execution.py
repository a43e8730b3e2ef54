"""Carry out an action: record who did it in each message's history, and report the result."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from viber_messaging.admin.message.actions.action import Action, Done
from viber_messaging.admin.message.actions.confirmation import ask_first
from viber_messaging.admin.message.actions.counts import left
from viber_messaging.admin.message.actions.table import ACTIONS
from viber_messaging.admin.pages.sentences import in_english
from viber_messaging.admin.permissions import may_send_sms
from viber_messaging.conf import conf
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import batches
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageChannel

ListAction = Callable[[Any, HttpRequest, MessageQuerySet], HttpResponse | None]


def carry_out(action: Action, model_admin: Any, request: HttpRequest, queryset: MessageQuerySet) -> HttpResponse | None:
    """Perform the action and report the result, or return the page that asks first. Raises PermissionDenied."""
    if not getattr(model_admin, f"has_{action.permission}_permission")(request):
        raise PermissionDenied
    beyond = beyond_user(action, request)
    allowed = queryset.exclude(beyond)
    if question := ask_first(model_admin, request, allowed, action):
        return question
    _perform(action, model_admin, request, allowed)
    why = _("it carries an SMS, and you may not send SMS")
    model_admin.say(request, left(queryset.filter(beyond).count() if beyond else 0, why))
    return None


def beyond_user(action: Action, request: HttpRequest) -> Q:
    """Return the condition that this user may not send a message, because an SMS may follow it, or it is one."""
    if not action.sends or not conf.SMS or may_send_sms(request):
        return Q()
    return ~Q(sms_text="") | Q(channel=MessageChannel.SMS)


def _perform(action: Action, model_admin: Any, request: HttpRequest, queryset: MessageQuerySet) -> None:
    total, pressed_at = queryset.count(), timezone.now()
    pks, answer = action.deed(queryset)
    if action.note is not None:
        _keep(action, request, pks, pressed_at)
    if action.nudge is not None:
        action.nudge(pks)
    fitting = queryset.filter(action.question.possible) if action.question else queryset.none()
    model_admin.say(request, action.result(Done(fitting=fitting, total=total, pks=pks, answer=answer)))


def _keep(action: Action, request: HttpRequest, pks: Any, pressed_at: datetime) -> None:
    """Record who did this in each message's history, in batches, at the time of the press: before its effects."""
    user_id: Any = request.user.pk
    entry = in_english(lambda: action.note)
    for batch in batches(pks):
        done = tables.messages().filter(pk__in=batch, **action.noted)
        LogEntry.objects.log_actions(user_id, done, CHANGE, change_message=entry)
        entries = LogEntry.objects.filter(user_id=user_id, action_time__gte=pressed_at, change_message=entry)
        entries.filter(object_id__in=list(map(str, batch))).update(action_time=pressed_at)


def list_action(action: Action) -> ListAction:
    """Return the action as a function for Django's list."""

    def act(model_admin: Any, request: HttpRequest, queryset: MessageQuerySet) -> HttpResponse | None:
        return carry_out(action, model_admin, request, queryset)

    act.__name__ = action.name
    act.short_description = action.label  # type: ignore[attr-defined]
    act.allowed_permissions = [action.permission]  # type: ignore[attr-defined]
    return act


LIST_ACTIONS: Final = {action.name: list_action(action) for action in ACTIONS}
"""The actions by name, in the order of the list's menu."""
