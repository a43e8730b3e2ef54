"""The admin for senders: the names that messages are sent under, and whether the gateway accepts them."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viber_messaging.admin.pages.badges import badge
from viber_messaging.admin.pages.base import NOTHING, BaseAdmin
from viber_messaging.admin.pages.links import url_of
from viber_messaging.admin.permissions import ADD_SENDER, has
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models import Sender
from viber_messaging.statistics import last_answer, periods
from viber_messaging.statistics.periods import delivery_rate
from viber_messaging.words.explanations import explain_message_code


@admin.register(Sender)
class SenderAdmin(BaseAdmin):
    """Names as registered with the gateway; inactive ones are no longer offered."""

    list_display = ["name", "registration", "delivered", "mark", "is_active"]
    list_per_page = 20
    search_fields = ["name"]
    sortable_by = ["name"]
    fields = ["name", "is_active", "is_default", "registration", "advice", "delivered"]

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Allow the name too, by which forms choose a sender, so that their own window can add one."""
        return to_field == "name" or super().to_field_allowed(request, to_field)

    def get_fields(self, request: HttpRequest, obj: Sender | None = None) -> Any:
        """Show what is known about an existing sender."""
        return self.fields if obj is not None else ["name", "is_active", "is_default"]

    def get_readonly_fields(self, request: HttpRequest, obj: Sender | None = None) -> Any:
        """Return the computed fields."""
        return ["registration", "advice", "delivered"]

    @admin.display(description=gettext_lazy("at the gateway"))
    def registration(self, obj: Sender) -> SafeString:
        """Return what the gateway answered to the last conclusive message with this name."""
        answer = last_answer(obj.name)
        if answer is None:
            return badge("state-draft", _("not tried yet"))
        if answer == MessageCode.ACCEPTED:
            return badge("state-accepted", _("accepted by the gateway"))
        if answer == MessageCode.ERR_SENDER:
            return badge(
                "state-rejected", _("the gateway refuses it: not registered (%(code)s)") % {"code": int(answer)}
            )
        return badge("state-rejected", _("the operator refuses it: not approved (%(code)s)") % {"code": int(answer)})

    @admin.display(description=gettext_lazy("what to do"))
    def advice(self, obj: Sender) -> str:
        """Return what to do about the last answer."""
        answer = last_answer(obj.name)
        if answer is None:
            return _("Send yourself a test message with this sender: the answer shows whether the name is registered.")
        return NOTHING if answer == MessageCode.ACCEPTED else explain_message_code(answer)

    @admin.display(description=gettext_lazy("delivered (30 days)"))
    def delivered(self, obj: Sender) -> str:
        """Return the share of completed messages that were delivered, as counted for the dashboard."""
        _today, month = periods()
        rate = delivery_rate(month.senders.get(obj.name, {}))
        return NOTHING if rate is None else _("%(percent)s %%") % {"percent": round(rate * 100)}

    @admin.display(description=gettext_lazy("default"))
    def mark(self, obj: Sender) -> SafeString:
        """Mark the default sender; a cross for all the others would look like an error."""
        return badge("state-delivered", _("default")) if obj.is_default else SafeString(NOTHING)


def offer_new_sender(form: BaseForm, request: HttpRequest, site_name: str) -> None:
    """If a form has no sender to choose, link to the page for a new one: in its own window, so that nothing is lost."""
    field: Any = form.fields.get("sender")
    if field is None or any(value for value, _label in field.choices):
        return
    url = url_of("viber_messaging_sender_add", site_name) if has(request, ADD_SENDER) else ""
    if not url:
        field.help_text = _("There is no active sender yet. Ask somebody who may add senders.")
        return
    sentence = _("There is no active sender yet. {link}: what you have written here stays.")
    field.help_text = format_html(sentence, link=_window_link(f"{url}?{TO_FIELD_VAR}=name&{IS_POPUP_VAR}=1"))


def _window_link(url: str) -> SafeString:
    """Return a link that Django's script opens in a small window, which then chooses the new sender in the form."""
    shown = (
        '<a href="{}" id="add_id_sender" class="related-widget-wrapper-link" data-popup="yes" target="_blank">{}</a>'
    )
    return format_html(shown, url, _("Add one"))
