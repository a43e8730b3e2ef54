"""*Send* with several phones in the field: each gets a message, after the exact number is confirmed."""

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

from viber_messaging.admin.message.actions.counts import left_unsent, put_on_their_way
from viber_messaging.admin.message.compose.form import MessageForm
from viber_messaging.admin.message.compose.save import (
    SEND_BUTTON,
    TICKET,
    AlreadySaved,
    give_reference,
    insert,
)
from viber_messaging.admin.message.compose.screen import screen_of
from viber_messaging.admin.pages.sentences import in_english
from viber_messaging.admin.pasted_numbers.page import EDIT
from viber_messaging.admin.permissions import may_send
from viber_messaging.api import send_messages
from viber_messaging.delivery import consent
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.models import Message
from viber_messaging.models.save_rules import SENT_FIELDS
from viber_messaging.states import MessageState

CONFIRMED_COUNT = "several"
"""The field with the number of messages that the user confirmed."""
NOT_KEPT = ("csrfmiddlewaretoken", SEND_BUTTON, CONFIRMED_COUNT, EDIT)


class SeveralNumbers:
    """Sends a form's content to several phones: all or none, and only once, however often the button is pressed."""

    def __init__(self, model_admin: Any, request: HttpRequest, form: MessageForm) -> None:
        self.model_admin, self.request, self.form = model_admin, request, form

    def answer(self) -> HttpResponse:
        """Send if exactly this number was confirmed; otherwise ask."""
        is_confirmed = self.request.POST.get(CONFIRMED_COUNT) == str(len(self.form.phones))
        return self._send() if is_confirmed else self._ask()

    def _ask(self) -> HttpResponse:
        form, count, opted_out = self.form, len(self.form.phones), consent.count_opted_out(self.form.phones)
        button = ngettext("Send %(count)s message", "Send %(count)s messages", count - opted_out)
        posted = self.request.POST.lists()
        response: HttpResponse = self.model_admin.render_page(
            self.request,
            "message/several.html",
            title=_("Send to several numbers"),
            button=button % {"count": count - opted_out},
            count=count,
            reachable=count - opted_out,
            opted_out=opted_out,
            phones=form.phones,
            screen=screen_of(form.instance),
            kept=[(name, value) for name, values in posted if name not in NOT_KEPT for value in values],
        )
        return response

    def _send(self) -> HttpResponse:
        try:
            made = _save_several(self.form, self.request.POST.get(TICKET, ""), self.request.user.pk)
        except AlreadySaved:
            sentence = _("Nothing was sent twice: these messages already exist.")
            self.model_admin.message_user(self.request, sentence, messages.WARNING)
        else:
            self._report(made)
        may_see_list = self.model_admin.has_view_or_change_permission(self.request)
        page = "viber_messaging_message_changelist" if may_see_list else "index"
        return HttpResponseRedirect(reverse(f"admin:{page}", current_app=self.model_admin.admin_site.name))

    def _report(self, made: Sequence[Message]) -> None:
        sent = tables.messages().filter(reference__in=[message.reference for message in made]).order_by("pk")
        user_id: Any = self.request.user.pk
        entry = in_english(lambda: _("Sent to several numbers"))
        LogEntry.objects.log_actions(user_id, sent, ADDITION, change_message=entry)
        unwanted = sent.filter(state=MessageState.CANCELLED, error=consent.OPTED_OUT)
        pks = list(sent.exclude(pk__in=list(unwanted.values_list("pk", flat=True))).values_list("pk", flat=True))
        self.model_admin.say(self.request, put_on_their_way(pks) if pks else ())
        self.model_admin.say(self.request, left_unsent(unwanted.count()))


def several_of(model_admin: Any, request: HttpRequest) -> MessageForm | None:
    """Return the form if it is valid and has several phones. Raises PermissionDenied."""
    if SEND_BUTTON not in request.POST and EDIT not in request.POST:
        return None
    if not (may_send(request) and model_admin.has_add_permission(request)):
        raise PermissionDenied
    form: Any = model_admin.get_form(request)(request.POST)
    form.takes_several = True
    return form if form.is_valid() and len(form.phones) > 1 else None


def edited_again(request: HttpRequest, form: MessageForm) -> HttpRequest:
    """Return a request that shows the form as it was filled in, without saving."""
    asked = copy.copy(request)
    asked.method = "GET"
    asked.viber_initial = {**form.cleaned_data, "phone": form.data["phone"]}  # type: ignore[attr-defined]
    return asked


@retried
def _save_several(form: MessageForm, ticket: str, user_id: Any) -> list[Message]:
    """Save a message to each phone, all or none; raises AlreadySaved. MariaDB may abort one of two saves at once."""
    first, *others = made = [_message_to(phone, form.instance, user_id) for phone in form.phones]
    tickets = " ".join([ticket, *form.phones]) if ticket else ""
    with tables.atomic():
        # The references are derived from the form: the database accepts the first one once, and the gateway each of
        # them.
        insert(first, tickets)
        for message in others:
            give_reference(message, tickets)
        send_messages(others)
    return made


def _message_to(phone: str, content: Message, user_id: Any) -> Message:
    """Return an unsaved message with this content to this phone."""
    fields = {name: getattr(content, name) for name in SENT_FIELDS}
    return Message(**{**fields, "phone": phone}, created_by_id=user_id, state=MessageState.QUEUED)
