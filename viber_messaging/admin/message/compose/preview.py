"""What a message will look like on a phone, and what is still wrong with it, told while it is being written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.lists.search import find_recipients
from viber_messaging.admin.message.compose.markup import to_html
from viber_messaging.admin.pages.base import BaseAdmin
from viber_messaging.gateway.entities import is_tellable
from viber_messaging.models import Message, Recipient
from viber_messaging.models.validators import BUTTON_MAX_LENGTH, TEXT_MAX_LENGTH

LIMITS: Mapping[str, int] = {"text": TEXT_MAX_LENGTH, "button": BUTTON_MAX_LENGTH}
NOTED_FIELDS = ("phone", "text", "image", "button", "url", "scheduled_at")
MOST_SUGGESTIONS = 8
SHORTEST_TERM = 2


def screen_of(content: Any, errors: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what a phone's screen shows of a message; a browser that shows it opens no link that is wrong."""
    wrong = errors or {}
    return {
        "sender": content.sender,
        "type": content.type,
        "text": to_html(content.text[:TEXT_MAX_LENGTH]),
        "image": "" if "image" in wrong else _picture(content.image),
        "button": content.button,
        "moment": None if "scheduled_at" in wrong else _told(getattr(content, "scheduled_at", None)),
    }


def _picture(link: str) -> str:
    """Return the link of a picture that a message could be sent with; an empty text for any other link."""
    try:
        return str(Message._meta.get_field("image").clean(link, None))
    except ValidationError:
        return ""


def _told(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and is_tellable(moment) else None


class PreviewingAdmin(BaseAdmin):
    """Answers the form while it is being filled in. Nothing is saved, and nothing is asked of the gateway."""

    def get_urls(self) -> list[URLPattern]:
        """Add the preview to Django's URLs."""
        view = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", view, name="viber_messaging_message_preview"), *super().get_urls()]

    def preview_context(self, request: HttpRequest, form: "ModelForm[Message]") -> dict[str, Any]:
        """Return what the page needs: the screen, and where to ask for the next one while the form can be edited."""
        errors: Mapping[str, Any] = form.errors if form.is_bound else {}
        content = form.instance
        for name, value in form.initial.items():
            if content.pk is None and not form.is_bound:
                setattr(content, name, value)
        name = "admin:viber_messaging_message_preview"
        is_edited = "text" in form.fields
        return {
            "viber_screen": screen_of(content, errors),
            "viber_preview_url": reverse(name, current_app=self.admin_site.name) if is_edited else "",
        }

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Answer a form with the phone's screen, a note for each field, and recipients that fit."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        form: Any = self.get_form(request)(request.POST)
        form.takes_several = True
        form.is_valid()
        answer = {
            "screen": render_to_string("viber_messaging/phone.html", {"screen": screen_of(form.instance, form.errors)}),
            "notes": {name: _note(form, name, may_see=_may_see(request)) for name in NOTED_FIELDS},
            "recipients": _recipients(request, str(form.data.get("phone", ""))),
        }
        return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def _note(form: "ModelForm[Message]", name: str, *, may_see: bool) -> dict[str, str]:
    """Return what to say below a field that holds something: what is wrong, or how it was understood."""
    value = form[name].value()
    typed = "".join(filter(None, value)) if isinstance(value, list) else str(value or "")
    errors = list(form.errors.get(name, [])) if typed else list[str]()
    said = " ".join(filter(None, [_measure(form, name), *map(str, errors), _reading(form, name, may_see=may_see)]))
    return {"text": said, "level": "bad" if errors else ""}


def _measure(form: "ModelForm[Message]", name: str) -> str:
    """Return how much of the room is used, counted as the gateway does; what is around the text is not sent."""
    if name not in LIMITS:
        return ""
    count = len(str(form.data.get(name, "")).strip().replace("\r\n", "\n"))
    return _("%(count)s of %(limit)s characters.") % {"count": count, "limit": LIMITS[name]}


def _reading(form: "ModelForm[Message]", name: str, *, may_see: bool) -> str:
    """Return how a phone was understood, and to those who may see recipients whose it is."""
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


def _recipients(request: HttpRequest, term: str) -> list[tuple[str, str]]:
    """Return the phones and names of those whom this person may see and who fit what was typed."""
    term = term.strip()
    if len(term) < SHORTEST_TERM or not _may_see(request):
        return []
    fitting = find_recipients(Recipient.objects.filter(opted_out_at=None), term)
    return list(fitting.order_by("-pk").values_list("phone", "name")[:MOST_SUGGESTIONS])


def _may_see(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("viber_messaging.view_recipient"))
