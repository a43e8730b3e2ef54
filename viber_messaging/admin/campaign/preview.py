"""The preview of a campaign on a phone while it is written, as the first real recipient in its groups would see it."""

from collections.abc import Mapping
from typing import Any

from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.campaign.counts import number
from viber_messaging.admin.message.compose.preview import LIMITS
from viber_messaging.admin.message.compose.screen import screen_of
from viber_messaging.admin.pages.base import BaseAdmin
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.admin.permissions import SEND_CAMPAIGN, VIEW_RECIPIENT, has_any
from viber_messaging.delivery.campaign import audience
from viber_messaging.delivery.campaign.texts import Filled, Obstacle, Rendering
from viber_messaging.models import Campaign, Message
from viber_messaging.models.campaign import FILLED_FIELDS
from viber_messaging.models.mixins.content import EXTRA_FIELDS
from viber_messaging.models.mixins.fallback import FALLBACK_FIELDS
from viber_messaging.statistics.groups import count_reachable
from viber_messaging.text import placeholders, sms
from viber_messaging.text.placeholders import PlaceholderError

LOOKED_AT = 50
"""The number of people examined to find one who would get the campaign."""
MOST_OFFERED = 30
"""The most placeholders offered; a person may write any other."""
NOTED_FIELDS = ("text", *EXTRA_FIELDS, "start_at", "quiet_until", *FALLBACK_FIELDS)


class PreviewView(AdminView):
    """Returns the preview for the form of a campaign while it is filled in. Saves nothing."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Return the phone's screen and a note for each field."""
        ours = self.model_admin
        self.require(ours.has_add_permission(request) or ours.has_change_permission(request))
        form = ours.get_form(request)(request.POST)
        form.is_valid()
        may_see = _may_see(request)
        found = rehearse(form, may_see=may_see)
        screen = render_to_string("admin/viber_messaging/campaign/rehearsal.html", found)
        notes = {name: _note(form, name, found["filled"]) for name in NOTED_FIELDS if name in form.fields}
        notes["groups"] = _audience_note(form)
        answer = {"screen": screen, "notes": notes, "placeholders": _placeholders(form, may_see=may_see)}
        return JsonResponse({**answer, "recipients": []})


def preview_context(model_admin: BaseAdmin, request: HttpRequest, form: "ModelForm[Campaign]") -> dict[str, Any]:
    """Return the context of the form's page: the screen, and the URL for the next one."""
    if not form.is_bound:
        names = {name for name in form.initial if name in form.fields and name != "groups"}
        for name in names:
            setattr(form.instance, name, form.initial[name])
    return {"viber_preview_url": model_admin.url_to("preview"), **rehearse(form, may_see=_may_see(request))}


def rehearse(form: "ModelForm[Campaign]", *, may_see: bool) -> dict[str, Any]:
    """Return the content as one recipient would get it, who that is, and what is wrong with it."""
    errors = form.errors if form.is_bound else {}
    return look(form.instance, _chosen(form) if may_see else [], errors)


def look(campaign: Campaign, groups: list[int], errors: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the content as the first recipient in these groups gets it; without groups, with the placeholders."""
    try:
        filled, whose = _filled(Rendering(campaign), groups)
    except PlaceholderError:
        filled, whose = Filled(fields={name: getattr(campaign, name) for name in FILLED_FIELDS}), ""
    content = Message(**campaign.content_with(filled.fields), queued_at=campaign.started_at)
    return {"filled": filled, "viber_screen": screen_of(content, errors), "viber_whose": whose}


def _filled(rendering: Rendering, groups: list[int]) -> tuple[Filled, str]:
    """Return the content for the first person who would get it, or else who lacks a value, or else for nobody."""
    keys = audience.first_keys(groups, LOOKED_AT) if groups else []
    people = [found for found in audience.read(rendering, keys) if found.obstacle != Obstacle.OPTED_OUT]
    first = next((found for found in people if not found.filled.missing), None) or next(iter(people), None)
    if first is None:
        whose = (
            _("Choose a group to preview the message with a recipient's name.")
            if rendering.has_placeholders and not groups
            else ""
        )
        return rendering.with_names(), whose
    if first.filled.missing:
        names = ", ".join(first.filled.missing)
        return rendering.with_names(), _("The first recipients have no value for: %(placeholders)s") % {
            "placeholders": names
        }
    return first.filled, _("As %(phone)s would see it.") % {"phone": first.phone}


def _chosen(form: "ModelForm[Campaign]") -> list[int]:
    """Return the keys of the groups in the form."""
    if form.is_bound:
        return [group.pk for group in form.cleaned_data.get("groups", [])]
    keys = [str(getattr(group, "pk", group)) for group in form.initial.get("groups", [])]
    return [int(key) for key in keys if key.isdecimal()]


def _audience_note(form: "ModelForm[Campaign]") -> Mapping[str, str]:
    """Return the note below the groups: how many people can receive the campaign, counted as its review does."""
    groups = _chosen(form)
    count = count_reachable(groups) if groups else 0
    sentence = ngettext(
        "Together: %(count)s person who can receive messages.",
        "Together: %(count)s people who can receive messages, each counted once.",
        count,
    )
    return {
        "text": sentence % {"count": number(count)} if groups else "",
        "level": "" if count or not groups else "bad",
    }


def _placeholders(form: "ModelForm[Campaign]", *, may_see: bool) -> list[str]:
    """Return the placeholders that the first people in the groups have values for."""
    groups = _chosen(form) if may_see else []
    found = placeholders.offered(audience.columns(groups, LOOKED_AT) if groups else [])
    return found[:MOST_OFFERED]


def _may_see(request: HttpRequest) -> bool:
    return has_any(request, VIEW_RECIPIENT, SEND_CAMPAIGN)


def _note(form: "ModelForm[Campaign]", name: str, filled: Filled) -> Mapping[str, str]:
    """Return the note below a filled field: its length with values, and what is wrong."""
    value = form[name].value()
    typed = "".join(filter(None, value)) if isinstance(value, list) else str(value or "")
    errors = list(map(str, form.errors.get(name, []))) if typed else []
    length = len(filled.fields[name]) if name in LIMITS else 0
    measure = _("%(count)s of %(limit)s characters.") % {"count": length, "limit": LIMITS[name]} if length else ""
    if name == "sms_text" and "{" in typed and not errors:  # otherwise the page's script counts
        measure = _("Parts: %(parts)s.") % {"parts": sms.count_parts(filled.fields[name])}
    is_bad = bool(errors) or length > LIMITS.get(name, length)
    return {"text": " ".join(filter(None, [measure, *errors])), "level": "bad" if is_bad else ""}
