"""The base of all our admins: the banner, the style, one way to render a page, and protection of error mails."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from viber_messaging.admin.pages import address
from viber_messaging.admin.pages.banner import read_banner, stop_url_of
from viber_messaging.admin.pages.changelist import CappedPaginator, List
from viber_messaging.admin.pages.error_privacy import discreet
from viber_messaging.admin.pages.form_recovery import typed_by
from viber_messaging.admin.pages.sentences import Sentence, in_own_words
from viber_messaging.admin.permissions import may_send
from viber_messaging.admin.titles import NEW, OBJECTS

if TYPE_CHECKING:
    from viber_messaging.admin.pages.view import AdminView

NOTHING = "–"
"""Shown if there is no value."""

AS_NEW = "_saveasnew"
"""Django's name of a button; if it is pressed for a missing object, Django shows the page for a new one."""

FORMS = ("_add", "_change", "_changelist", "_delete")
"""The endings of the names of Django's own pages, whose forms report errors in posted data."""


class BaseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin whose pages show if nothing can be sent."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    paginator = CappedPaginator

    class Media:
        css = {"all": ["viber_messaging/themes.css", "viber_messaging/admin.css"]}
        js = ["viber_messaging/typed.js"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[List]:
        """Return the list class that limits counting."""
        return List

    @property
    def urls(self) -> list[URLPattern]:
        """Return Django's URLs and ours, each protected so that error mails contain no phones or texts."""
        patterns = self.get_urls()
        for pattern in patterns:
            is_form = str(pattern.name).endswith(FORMS)
            pattern.callback = discreet(address.keepable(pattern.callback, is_form=is_form))
        return patterns

    def page(self, route: str, view: "type[AdminView]", name: str) -> URLPattern:
        """Return the URL of one of our pages, for ``get_urls``: the view gets this admin, and requires a login."""
        wrapped = self.admin_site.admin_view(view.as_view(model_admin=self))
        return path(route, wrapped, name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")

    def url_to(self, page: str, *args: object) -> str:
        """Return the URL of one of this model's pages in this admin."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=args, current_app=self.admin_site.name)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Allow only lookups used by this list's filters, because others may read every row."""
        named = {name for field in self.opts.get_fields() for name in (field.name, getattr(field, "attname", ""))}
        is_of_rows = lookup.partition("__")[0] in {*named, "pk"}
        is_asked = not is_of_rows or address.is_asked_by(self.get_list_filter(request), lookup)
        return is_asked and bool(super().lookup_allowed(lookup, value, request))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the object; an empty field name in the URL counts as none."""
        return super().get_object(request, object_id, from_field or None)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill a new form with values from the URL that its fields accept."""
        return address.initial_of(self.get_form(request), super().get_changeform_initial_data(request))

    def formfield_for_manytomany(self, *args: Any, **kwargs: Any) -> Any:
        """Return Django's field in a form that can handle any posted key."""
        return super().formfield_for_manytomany(*args, **{"form_class": address.KeysField, **kwargs})

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> dict[str, Any]:
        """Return the actions; those that delete, including our own, only if the site has not disabled that."""
        # Django 6.1 passes the place of the actions; earlier versions do not have the argument.
        where = {} if action_location is None else {"action_location": action_location}
        actions: dict[str, Any] = super().get_actions(request, **where)
        if "delete_selected" not in [name for name, _action in self.admin_site.actions]:
            actions.pop("delete_selected", None)
        return actions

    @property
    def new_title(self) -> str:
        """Return the title of the form for a new object, and of the link to it."""
        return str(NEW.get(str(self.opts.model_name), _("New")))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form for a new object, under our title."""
        return super().add_view(request, form_url, {"title": self.new_title, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show an object, under the name of its kind."""
        context = {"title": capfirst(self.opts.verbose_name), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before an object is deleted, in words that fit."""
        name = str(OBJECTS.get(str(self.opts.model_name)) or self.opts.verbose_name)
        return super().delete_view(request, object_id, {"object_name": name, **(extra_context or {})})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the history, with our entries in the reader's language."""
        response = super().history_view(request, object_id, extra_context)
        for entry in getattr(response, "context_data", {}).get("action_list", ()):
            if not entry.change_message.startswith("["):
                entry.get_change_message = partial(in_own_words, entry.change_message)
        return response

    def list_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return extra context for the list's template, for example for the buttons above it."""
        return {}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with the banner if there is one."""
        request.POST = address.with_possible_keys(self.model, request.POST)  # type: ignore[assignment]
        title = capfirst(self.opts.verbose_name_plural)
        context = {"title": title, **self.list_context(request), **(extra_context or {})}
        return super().changelist_view(request, self._with_banner(request, context))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form, with the banner if there is one."""
        if AS_NEW in request.POST and not self.save_as:
            request.POST = address.without(request.POST, AS_NEW)  # type: ignore[assignment]
        return super().changeform_view(request, object_id, form_url, self._with_banner(request, extra_context))

    def render_page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """Show one of our pages inside the admin, with the banner if there is one."""
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        request.current_app = self.admin_site.name
        name = f"admin/viber_messaging/{template}"
        return TemplateResponse(request, name, self._with_banner(request, {**shared, **context}))

    def render_gone(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say that the requested object does not exist, and redirect to the index, as Django's own pages do."""
        lead_home: Any = getattr(self, "_get_obj_does_not_exist_redirect")  # noqa: B009 (the stubs do not know it)
        response: HttpResponse = lead_home(request, self.opts, object_id)
        return response

    def say(self, request: HttpRequest, sentences: Iterable[Sentence]) -> None:
        """Show the result to the user on the next page."""
        for level, sentence in sentences:
            self.message_user(request, sentence, level)

    def _with_banner(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> dict[str, Any]:
        banner = read_banner(request, self.admin_site.name, may_try=may_send(request))
        shared = {"viber_banner": banner, "viber_typed": typed_by(request)}
        return {**shared, "viber_stop_url": stop_url_of(request, self.admin_site.name), **(extra_context or {})}
