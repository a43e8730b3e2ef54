"""The buttons on a message's page: the actions of the list that make sense for it as it stands."""

from collections.abc import Mapping
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from viber_messaging.admin.message.actions.actions import MessageActions
from viber_messaging.admin.pages.base import may_send, outside_transactions
from viber_messaging.delivery.connection import account
from viber_messaging.delivery.decisions.outcomes import REFERENCE_TAKEN
from viber_messaging.delivery.queue.claims import TOO_OLD_TO_RESEND
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message
from viber_messaging.states import RETRYABLE_STATES, MessageState

LABELS: Mapping[str, Promise] = {
    "cancel_selected": _("Cancel"),
    "refresh_selected": _("Ask the gateway now"),
    "retry_selected": _("Send again"),
    "mark_sent": _("It was sent"),
    "send_again": _("It was not sent: send again"),
    "trust_account": _("Same account: ask it again"),
}

_BY_STATE: Mapping[str, tuple[str, ...]] = {
    MessageState.QUEUED: ("cancel_selected",),
    MessageState.ACCEPTED: ("refresh_selected", "cancel_selected"),
    MessageState.DELIVERED: ("refresh_selected",),
    MessageState.UNCONFIRMED: ("refresh_selected",),
    MessageState.REJECTED: ("retry_selected",),
    MessageState.CANCELLED: ("retry_selected",),
    MessageState.FAILED: ("retry_selected",),
}

_DECISIONS: Mapping[str, tuple[str, ...]] = {
    TOO_OLD_TO_RESEND: ("mark_sent", "send_again"),
    account.OTHER_ACCOUNT: ("trust_account", "mark_sent", "send_again"),
}
"""What a person may decide, by why nothing is done without."""

_SENDING = frozenset({"retry_selected", "send_again"})


def possible_actions(message: Message) -> dict[str, Promise]:
    """Return the names and labels of what a person may do with a message as it stands."""
    names = _BY_STATE.get(message.state, ())
    if message.error == REFERENCE_TAKEN:
        names = ("refresh_selected", *names)
    names = (*names, *_DECISIONS.get(message.error, ()))
    if _SENDING.intersection(names) and _was_taken(message):
        names = tuple(name for name in names if name not in _SENDING)
    return {name: LABELS[name] for name in names}


def calls_for_a_copy(message: Message) -> bool:
    """Tell whether a message that its recipient did not get can only be copied: the gateway has had it."""
    return message.state in RETRYABLE_STATES and _was_taken(message)


def _was_taken(message: Message) -> bool:
    return not message._state.adding and not tables.messages().filter(pk=message.pk).untaken().exists()


class ActingAdmin(MessageActions):
    """Does one of the list's actions with one message, and leads back to its page."""

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons' address to Django's URLs."""
        view = self.admin_site.admin_view(self.act_view)
        return [path("<path:object_id>/act/", view, name="viber_messaging_message_act"), *super().get_urls()]

    def buttons_of(self, request: HttpRequest, message: Message | None) -> dict[str, Promise]:
        """Return the buttons that this person may press."""
        return possible_actions(message) if message is not None and may_send(request) else {}

    @outside_transactions
    def act_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Do what the button says, on POST; what is no longer possible the action tells by itself."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        message = self.get_object(request, unquote(object_id))
        if message is None:
            raise Http404
        if not may_send(request) or not self.has_view_permission(request, message):
            raise PermissionDenied
        name = request.POST.get("action", "")
        if name not in LABELS:
            raise Http404
        act: Any = getattr(self, name)
        act(request, self.get_queryset(request).filter(pk=message.pk))
        page = reverse("admin:viber_messaging_message_change", args=[message.pk], current_app=self.admin_site.name)
        return HttpResponseRedirect(page)
