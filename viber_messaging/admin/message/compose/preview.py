"""The preview of a message on a phone, and its errors, while it is written."""

from collections.abc import Mapping
from typing import Any

from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.lists.search import find_recipients
from viber_messaging.admin.message.compose.screen import screen_of
from viber_messaging.admin.pages.base import BaseAdmin
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.admin.permissions import may_see_people
from viber_messaging.models import Message, Recipient
from viber_messaging.models.mixins.content import EXTRA_FIELDS
from viber_messaging.models.mixins.fallback import FALLBACK_FIELDS
from viber_messaging.models.validators import BUTTON_MAX_LENGTH, TEXT_MAX_LENGTH

LIMITS: Mapping[str, int] = {"text": TEXT_MAX_LENGTH, "button": BUTTON_MAX_LENGTH}
NOTED_FIELDS = ("phone", "text", *EXTRA_FIELDS, "scheduled_at", *FALLBACK_FIELDS)
MOST_SUGGESTIONS = 8
SHORTEST_TERM = 2


class PreviewView(AdminView):
    """Returns the preview for the form while it is filled in. Saves nothing, and does not ask the gateway."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Return the phone's screen, a note for each field, and matching recipients."""
        ours = self.model_admin
        self.require(ours.has_add_permission(request) or ours.has_change_permission(request))
        form: Any = ours.get_form(request)(request.POST)
        form.takes_several = True
        form.is_valid()
        _show_what_fits(form)
        may_see = may_see_people(request)
        answer = {
            "screen": render_to_string("viber_messaging/phone.html", {"screen": screen_of(form.instance, form.errors)}),
            "notes": {name: _note(form, name, may_see=may_see) for name in NOTED_FIELDS if name in form.fields},
            "recipients": _recipients(str(form.data.get("phone", ""))) if may_see else [],
        }
        return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def preview_context(model_admin: BaseAdmin, form: "ModelForm[Message]") -> dict[str, Any]:
    """Return the context of the form's page: the screen and, if editable, the URL for the next one."""
    errors: Mapping[str, Any] = form.errors if form.is_bound else {}
    content = form.instance
    for name, value in form.initial.items():
        if content.pk is None and not form.is_bound:
            setattr(content, name, value)
    _show_what_fits(form)
    screen = screen_of(content, errors)
    if "text" in form.fields and "sms_text" not in form.fields:
        screen["sms"] = None  # the script asks for the screen of the form, which does not have it
    return {
        "viber_screen": screen,
        "viber_preview_url": model_admin.url_to("preview") if "text" in form.fields else "",
    }


def _show_what_fits(form: "ModelForm[Message]") -> None:
    """Show a caption that is too long as a phone would: cut off. The form is not saved."""
    if form.is_bound and form.has_error("button", "max_length"):
        form.instance.button = str(form.data["button"]).strip()[:BUTTON_MAX_LENGTH]


def _note(form: "ModelForm[Message]", name: str, *, may_see: bool) -> dict[str, str]:
    """Return the note below a filled field: what is wrong, or how it was understood."""
    value = form[name].value()
    typed = "".join(filter(None, value)) if isinstance(value, list) else str(value or "")
    errors = list(form.errors.get(name, [])) if typed else list[str]()
    if errors:
        return {"text": " ".join(map(str, errors)), "level": "bad"}
    said = " ".join(filter(None, [_measure(form, name), _reading(form, name, may_see=may_see)]))
    return {"text": said, "level": ""}


def _measure(form: "ModelForm[Message]", name: str) -> str:
    """Return the length used, counted as the gateway does; surrounding white space is not sent."""
    if name not in LIMITS:
        return ""
    count = len(str(form.data.get(name, "")).strip().replace("\r\n", "\n"))
    return _("%(count)s of %(limit)s characters.") % {"count": count, "limit": LIMITS[name]}


def _reading(form: "ModelForm[Message]", name: str, *, may_see: bool) -> str:
    """Return how a phone was understood and, for users who may view recipients, whose it is."""
    phones = getattr(form, "phones", [])
    if name == "phone" and len(phones) > 1:
        return ngettext("%(count)s number", "%(count)s numbers", len(phones)) % {"count": len(phones)}
    phone = form.instance.phone if "phone" in form.cleaned_data and not form.has_error("phone") else ""
    if name != "phone" or not phone:
        return ""
    recipient = Recipient.objects.filter(phone=phone).first()
    if recipient is None:
        return str(phone)
    if recipient.opted_out_at is not None:
        return _("%(phone)s has opted out: nothing will be sent.") % {"phone": phone}
    return str(recipient) if may_see else str(phone)


def _recipients(term: str) -> list[tuple[str, str]]:
    """Return the phones and names of recipients that match what was typed."""
    term = term.strip()
    if len(term) < SHORTEST_TERM:
        return []
    fitting = find_recipients(Recipient.objects.filter(opted_out_at=None), term)
    return list(fitting.order_by("-pk").values_list("phone", "name")[:MOST_SUGGESTIONS])
