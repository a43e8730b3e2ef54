"""The buttons on a message's page: the list's actions that make sense in its current state."""

from typing import Final

from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise

from viber_messaging.admin.message.actions.action import Action
from viber_messaging.admin.message.actions.execution import carry_out
from viber_messaging.admin.message.actions.table import BUTTONS
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.admin.permissions import may_send, may_send_sms
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message
from viber_messaging.states import RETRYABLE_STATES, MessageChannel

PERMISSIONS: Final = {"send": may_send, "send_sms": may_send_sms}
"""The permissions of the actions with a button."""


class ActView(AdminView):
    """Performs one of the list's actions on one message, and redirects back to its page."""

    is_outside_transactions = True

    def post(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Perform the button's action, which itself reports what is no longer possible."""
        message = self.model_admin.get_object(request, unquote(object_id))
        if message is None:
            raise Http404
        is_allowed = any(allows(request) for allows in PERMISSIONS.values())
        self.require(is_allowed and self.model_admin.has_view_permission(request, message))
        action = BUTTONS.get(request.POST.get("action", ""))
        if action is None:
            raise Http404
        carry_out(action, self.model_admin, request, self.model_admin.get_queryset(request).filter(pk=message.pk))
        return self.go_to("change", message.pk)


def buttons_of(request: HttpRequest, message: Message | None) -> dict[str, Promise]:
    """Return the names and labels of the buttons that this user may press."""
    if message is None:
        return {}
    allowed = [name for name, is_allowed in PERMISSIONS.items() if is_allowed(request)]
    actions = possible_actions(message).values() if allowed else []
    return {action.name: action.button.label for action in actions if action.button and action.permission in allowed}


def withheld_from(request: HttpRequest, message: Message | None) -> list[Promise]:
    """Return the labels of the buttons that only users who may send would see."""
    if message is None or may_send(request):
        return []
    actions = possible_actions(message).values()
    return [action.button.label for action in actions if action.button and action.permission == "send"]


def possible_actions(message: Message) -> dict[str, Action]:
    """Return the actions with a button that are possible in a message's current state, by name."""
    fitting = {name: action for name, action in BUTTONS.items() if action.button and action.button.fits(message)}
    repeating = {name for name, action in fitting.items() if action.sends and not action.is_new}
    left_out = repeating if repeating and _was_taken(message) else set()
    return {name: action for name, action in fitting.items() if name not in left_out}


def calls_for_a_copy(message: Message) -> bool:
    """Return whether an undelivered message can only be copied, because the gateway has had it."""
    return message.channel == MessageChannel.VIBER and message.state in RETRYABLE_STATES and _was_taken(message)


def _was_taken(message: Message) -> bool:
    return not message._state.adding and not tables.messages().filter(pk=message.pk).untaken().exists()
