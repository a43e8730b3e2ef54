"""A message's links to the rest of the site: shown on its page, and used from the site's own admin."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth import get_permission_codename
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viber_messaging.admin.message.filters import ChosenFilter
from viber_messaging.admin.pages.base import NOTHING
from viber_messaging.admin.pages.links import linked, url_of
from viber_messaging.models import Message
from viber_messaging.models.mixins.linked import Linked, link_to

ABOUT = "about"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """An object of the site, as far as this user may view it."""

    name: str
    url: str = ""
    note: str = ""


def about_of(request: HttpRequest, linked: Linked, site: admin.AdminSite) -> About | None:
    """Return what this is about: name and link for users who may view it, model and key for others."""
    if not linked.about_model:
        return None
    model = linked.about_class
    if model is None:
        note = _("This site no longer keeps such records.")
        return About(name=f"{linked.about_model} {linked.about_id}", note=note)
    name = f"{capfirst(model._meta.verbose_name)} {linked.about_id}"
    related = linked.about
    if related is None:
        return About(name=name, note=_("It no longer exists; the message is kept."))
    ours = _admin_of(model, site)
    if not _may_see(request, related, ours):
        return About(name=name)
    return About(name=f"{capfirst(model._meta.verbose_name)}: {related}", url=_change_url(related, ours))


def metadata_rows(linked: Linked) -> Iterator[tuple[str, str]]:
    """Yield the site's own data as names and texts; data without names as one nameless text."""
    data = linked.metadata
    pairs = data.items() if isinstance(data, dict) else [("", data)] if data else []
    for name, value in pairs:
        is_text = isinstance(value, str)
        yield name, value if is_text else json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)


class AboutFilter(ChosenFilter):
    """Filter by the object in the URL; none are offered, because a shop may have very many orders."""

    title = gettext_lazy("what it is about")
    parameter_name = ABOUT

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Return the object in the URL."""
        link = self._link()
        if link is None:
            return []
        about = about_of(request, Message(about_model=link[0], about_id=link[1]), model_admin.admin_site)
        return [(":".join(link), about.name)] if about else []

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Message]") -> "QuerySet[Message]":
        """Narrow the list to messages about it."""
        if not self.value():
            return queryset
        link = self._link()
        return queryset.filter(about_model=link[0], about_id=link[1]) if link else queryset.none()

    def _link(self) -> tuple[str, str] | None:
        """Return the model's name and the key; None if there is no object in the URL."""
        chosen = str(self.value() or "")
        label, _colon, key = chosen.partition(":")
        return (label, key) if label and key else None


class ViberMessagesMixin:
    """For the site's own admin classes: adds ``viber_messages`` for ``readonly_fields`` or ``list_display``.

    It links to the list of the messages about the object.
    """

    admin_site: admin.AdminSite

    @admin.display(description=gettext_lazy("Viber messages"))
    def viber_messages(self, obj: models.Model) -> str:
        """Return the link; empty if the object is not saved, or if the admin site has no messages."""
        if obj._state.adding or not self.admin_site.is_registered(Message):
            return NOTHING
        return linked(messages_url(obj, self.admin_site), _("Show the messages"))


def messages_url(related: models.Model, site: admin.AdminSite = admin.site) -> str:
    """Return the URL of the list of messages about an object of the site."""
    fields = link_to(related)
    query = urlencode({ABOUT: f"{fields['about_model']}:{fields['about_id']}"})
    return f"{reverse('admin:viber_messaging_message_changelist', current_app=site.name)}?{query}"


def _admin_of(model: type[models.Model], site: admin.AdminSite) -> Any:
    """Return the admin class of this model, or of a proxy of it, on this site; None if there is none."""
    registered = site._registry
    proxies = (ours for found, ours in registered.items() if found._meta.concrete_model is model)
    return registered.get(model) or next(proxies, None)


def _may_see(request: HttpRequest, related: models.Model, ours: Any) -> bool:
    """Return whether the object's own admin shows it to this user or, without an admin, permissions allow it."""
    if ours is None:
        options = related._meta
        return bool(request.user.has_perm(f"{options.app_label}.{get_permission_codename('view', options)}"))
    shown = ours.get_object(request, str(related.pk))
    return shown is not None and bool(ours.has_view_or_change_permission(request, shown))


def _change_url(related: models.Model, ours: Any) -> str:
    if ours is None:
        return ""
    page = f"{ours.opts.app_label}_{ours.opts.model_name}_change"
    return url_of(page, ours.admin_site.name, quote(related.pk))
