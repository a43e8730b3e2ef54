"""The form of a message: *Save draft*, *Send*, and *Send me a test*."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from viber_messaging.admin.message.compose.addressee import phone_in
from viber_messaging.admin.message.compose.save import (
    SEND_BUTTON,
    TICKET,
    AlreadySaved,
    SavedRedirect,
    insert,
    lock_draft,
)
from viber_messaging.admin.message.compose.screen import sms_of
from viber_messaging.admin.message.compose.several_numbers import SeveralNumbers, edited_again, several_of
from viber_messaging.admin.message.compose.trial_send import TRIAL_BUTTON, TRIAL_PHONE, send_trial
from viber_messaging.admin.message.status_sentences import came_too_late, describe
from viber_messaging.admin.pages.base import BaseAdmin
from viber_messaging.admin.pages.sentences import Sentence, in_english
from viber_messaging.admin.pages.view import outside_transactions
from viber_messaging.admin.pasted_numbers.page import EDIT
from viber_messaging.admin.permissions import may_send, may_send_sms
from viber_messaging.admin.picture.field import form_with_upload
from viber_messaging.admin.picture.upload import take_upload
from viber_messaging.admin.sms_form import is_beyond
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Message, MessageChanged
from viber_messaging.models.mixins.content import CONTENT_FIELDS
from viber_messaging.models.mixins.fallback import FALLBACK_FIELDS
from viber_messaging.states import MessageChannel, MessageState


class ComposeAdmin(BaseAdmin):
    """Saves drafts, sends them after the commit, and reports the result."""

    @outside_transactions
    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write a message, which is sent after the form's own transaction commits."""
        return super().add_view(request, *args, **kwargs)

    @outside_transactions
    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Edit a draft, or view a message."""
        return super().change_view(request, *args, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show or save the form; for several phones, ask first, then send."""
        if {SEND_BUTTON, TRIAL_BUTTON} & request.POST.keys() and not may_send(request):
            raise PermissionDenied
        take_upload(self, request)
        form = several_of(self, request) if request.method == "POST" and object_id is None else None
        if form is not None and EDIT not in request.POST:
            return SeveralNumbers(self, request, form).answer()
        asked = request if form is None else edited_again(request, form)
        return self._show_or_save(asked, object_id, form_url, extra_context)

    def _show_or_save(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        """Show or save the form; after the commit, report the message's state, and send a test message if requested."""
        context = {**_form_context(request), **(extra_context or {})}
        try:
            response = super().changeform_view(request, object_id, form_url, context)
        except PermissionDenied:
            return self._explain_refusal(request, object_id)
        except AlreadySaved as error:
            return self._report_earlier(request, error.pk)
        except MessageChanged as error:
            self.message_user(request, str(error), messages.WARNING)
            return HttpResponseRedirect(request.path)
        if isinstance(response, SavedRedirect):
            if TRIAL_BUTTON in request.POST:
                self.say(request, [send_trial(request, response.saved_pk)])
            else:
                self._report(request, response.saved_pk)
        return response

    def _explain_refusal(self, request: HttpRequest, object_id: str | None) -> HttpResponse:
        """Report that a draft was sent meanwhile, if that is why it cannot be saved; else raise PermissionDenied."""
        if request.method == "POST" and object_id is not None and self.has_change_permission(request):
            message = self.get_object(request, unquote(object_id))
            if message is not None and message.state != MessageState.DRAFT:
                return self._report_earlier(request, message.pk)
        raise PermissionDenied

    def get_form(self, request: HttpRequest, obj: Message | None = None, *args: Any, **kwargs: Any) -> Any:
        """Return the form, which knows whether this user may send the draft."""
        kwargs = {**form_with_upload(self, request, obj), **kwargs}
        form: Any = super().get_form(request, obj, *args, **kwargs)
        form.is_beyond_user = is_beyond(request, obj)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill the form with the content being edited again, or of a message that this user may view and copies.

        An SMS is not copied: the form writes Viber messages.
        """
        initial = {**super().get_changeform_initial_data(request), **phone_in(request)}
        initial |= getattr(request, "viber_initial", {})
        source = self.get_object(request, request.GET.get("copy", ""))
        is_by_viber = source is not None and source.channel == MessageChannel.VIBER
        if is_by_viber and self.has_view_or_change_permission(request, source):
            copied = (*CONTENT_FIELDS, *(FALLBACK_FIELDS if may_send_sms(request) else ()), "phone")
            initial |= {name: getattr(source, name) for name in copied}
        return initial

    def save_model(self, request: HttpRequest, obj: Message, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        """Save as a draft, or as queued if *Send* was pressed. Raises AlreadySaved if the form was already saved."""
        obj.state = MessageState.QUEUED if SEND_BUTTON in request.POST else MessageState.DRAFT
        if change:
            lock_draft(obj)
            super().save_model(request, obj, form, change)
        else:
            obj.created_by_id = request.user.pk
            insert(obj, request.POST.get(TICKET, ""))

    def log_addition(self, request: HttpRequest, obj: Message, message: Any) -> LogEntry:
        """Record who wrote it, and who sent it."""
        entry: LogEntry = super().log_addition(request, obj, message)
        return self._log_sending(request, obj) or entry

    def log_change(self, request: HttpRequest, obj: Message, message: Any) -> LogEntry:
        """Record who changed it, and who sent it."""
        entry: LogEntry = super().log_change(request, obj, message)
        return self._log_sending(request, obj) or entry

    def _log_sending(self, request: HttpRequest, message: Message) -> LogEntry | None:
        if SEND_BUTTON not in request.POST:
            return None
        entry: LogEntry = super().log_change(request, message, in_english(lambda: _("Send was pressed")))
        entry.action_time = message.queued_at or message.created_at
        entry.save(update_fields=["action_time"])
        return entry

    def response_add(self, request: HttpRequest, obj: Message, post_url_continue: str | None = None) -> HttpResponse:
        """Lead to the message; what is said of it waits for the commit."""
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return SavedRedirect(self._page_of(request, obj), obj)

    def response_change(self, request: HttpRequest, obj: Message) -> HttpResponse:
        """Lead to the message; what is said of it waits for the commit."""
        if IS_POPUP_VAR in request.POST:
            return super().response_change(request, obj)
        return SavedRedirect(self._page_of(request, obj), obj)

    def _page_of(self, request: HttpRequest, message: Message) -> str:
        if not self.has_view_or_change_permission(request, message):
            return reverse("admin:index", current_app=self.admin_site.name)
        return self.url_to("change", message.pk)

    def _report(self, request: HttpRequest, pk: int) -> None:
        message = tables.messages().filter(pk=pk).first()
        if message is not None:
            self.say(request, [describe(message), *_sms_sentences(message)])
            if came_too_late(message):
                late = _("The chosen time has passed, so the message is sent immediately.")
                self.message_user(request, late, messages.WARNING)

    def _report_earlier(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = tables.messages().get(pk=pk)
        sentence = _("Nothing was saved or sent twice. This message already exists: %(state)s.")
        self.message_user(request, sentence % {"state": message.get_state_display()}, messages.WARNING)
        return HttpResponseRedirect(self._page_of(request, message))


def _sms_sentences(message: Message) -> Iterator[Sentence]:
    """Yield how many parts the SMS has, for users whose browser does not count them."""
    if (asked := sms_of(message)) is not None:
        yield messages.INFO, _("The SMS to send if Viber does not reach the recipient: parts: %(parts)s.") % asked


def _form_context(request: HttpRequest) -> dict[str, Any]:
    return {
        "viber_may_send": may_send(request),
        "viber_ticket": request.POST.get(TICKET) or get_random_string(22),
        "viber_trial_phone": request.POST.get(TRIAL_PHONE, ""),
    }
