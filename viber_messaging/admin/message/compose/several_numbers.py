"""*Send* with several numbers in the field of the phone: each gets a message, once the exact number is confirmed."""

import copy
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.message.actions.results import put_on_their_way
from viber_messaging.admin.message.compose.form import MessageForm
from viber_messaging.admin.message.compose.preview import screen_of
from viber_messaging.admin.message.compose.save import (
    SEND_BUTTON,
    TICKET,
    AlreadySaved,
    SavingAdmin,
    give_reference,
    insert,
)
from viber_messaging.admin.pages.base import may_send
from viber_messaging.admin.pasted_numbers import EDIT
from viber_messaging.api import send_messages
from viber_messaging.delivery import consent
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.models import Message
from viber_messaging.models.saved import SENT_FIELDS
from viber_messaging.states import MessageState

CONFIRMED_COUNT = "several"
"""How many messages the person has seen and agreed to."""
NOT_KEPT = ("csrfmiddlewaretoken", SEND_BUTTON, CONFIRMED_COUNT, EDIT)


class SeveralAdmin(SavingAdmin):
    """Sends one content to several numbers: all of them or none, and once however often the button is pressed."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show or save the form; with several numbers ask first, then send."""
        if request.method == "POST" and object_id is None:
            form = self._several_of(request)
            if form is not None and EDIT in request.POST:
                return self._edit_again(request, form, form_url, extra_context)
            if form is not None and request.POST.get(CONFIRMED_COUNT) == str(len(form.phones)):
                return self._send_several(request, form)
            if form is not None:
                return self._ask_about_all(request, form)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _several_of(self, request: HttpRequest) -> MessageForm | None:
        """Return the form where all of it is right and it names several numbers. Raises PermissionDenied."""
        if SEND_BUTTON not in request.POST and EDIT not in request.POST:
            return None
        if not (may_send(request) and self.has_add_permission(request)):
            raise PermissionDenied
        form: Any = self.get_form(request)(request.POST)
        form.takes_several = True
        return form if form.is_valid() and len(form.phones) > 1 else None

    def _ask_about_all(self, request: HttpRequest, form: MessageForm) -> HttpResponse:
        count, opted_out = len(form.phones), consent.count_opted_out(form.phones)
        button = ngettext("Send %(count)s message", "Send %(count)s messages", count - opted_out)
        return self._page(
            request,
            "message/several.html",
            title=_("Send to several numbers"),
            button=button % {"count": count - opted_out},
            count=count,
            reachable=count - opted_out,
            opted_out=opted_out,
            phones=form.phones,
            screen=screen_of(form.instance),
            kept=[(name, value) for name, values in request.POST.lists() if name not in NOT_KEPT for value in values],
        )

    def _edit_again(
        self, request: HttpRequest, form: MessageForm, form_url: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        """Show the form as it was filled in, and save nothing."""
        asked = copy.copy(request)
        asked.method = "GET"
        asked.viber_initial = {**form.cleaned_data, "phone": form.data["phone"]}  # type: ignore[attr-defined]
        return super().changeform_view(asked, None, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with what was filled in, where it is edited again."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        return {**initial, **getattr(request, "viber_initial", {})}

    def _send_several(self, request: HttpRequest, form: MessageForm) -> HttpResponse:
        try:
            made = _save_several(form, request.POST.get(TICKET, ""), request.user.pk)
        except AlreadySaved:
            sentence = _("Nothing was sent a second time: these messages are already here.")
            self.message_user(request, sentence, messages.WARNING)
        else:
            self._tell_several(request, made)
        page = "viber_messaging_message_changelist" if self.has_view_or_change_permission(request) else "index"
        return HttpResponseRedirect(reverse(f"admin:{page}", current_app=self.admin_site.name))

    def _tell_several(self, request: HttpRequest, made: Sequence[Message]) -> None:
        sent = tables.messages().filter(reference__in=[message.reference for message in made]).order_by("pk")
        user_id: Any = request.user.pk
        LogEntry.objects.log_actions(user_id, sent, ADDITION, change_message=_("Sent to several numbers"))
        self._say(request, put_on_their_way(list(sent.values_list("pk", flat=True))))


@retried
def _save_several(form: MessageForm, ticket: str, user_id: Any) -> list[Message]:
    """Save a message to each number, all or none; raises AlreadySaved. Of two presses at once MariaDB may end one."""
    first, *others = made = [_message_to(phone, form.instance, user_id) for phone in form.phones]
    tickets = " ".join([ticket, *form.phones]) if ticket else ""
    with tables.atomic():
        # The references are the form's own: the database takes the first once, the gateway each of them.
        insert(first, tickets)
        for message in others:
            give_reference(message, tickets)
        send_messages(others)
    return made


def _message_to(phone: str, content: Message, user_id: Any) -> Message:
    """Return an unsaved message of this content to this phone."""
    fields = {name: getattr(content, name) for name in SENT_FIELDS}
    return Message(**{**fields, "phone": phone}, created_by_id=user_id, state=MessageState.QUEUED)
